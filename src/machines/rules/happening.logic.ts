import type { AgentReport, Alert, ParticipantInfo, ParticipantRef } from '../events.ts';
import { OVERFLOW_KEY } from '../alerts/alerts.machine.ts';
import type { JobInfo } from '../job/job.events.ts';
import type { RuleFact, RuleFactType } from './fact-paths.ts';
import { findConnection, findPerson, type People, type Person } from './people.logic.ts';
import { isAlertOfRule, type AlertChange } from './rule.ts';

export type AlertReport = Extract<AgentReport, { readonly alert: Alert }>;

/** What happened, as rules look at it. */
export type Happening = {
  readonly type: RuleFactType | `alert.${AlertChange}`;
  readonly at: number;
  /** Whom it is about; null: nobody, or somebody who is not known, such as a hidden sender. */
  readonly identity: string | null;
  /** The same as somebody in the room; null also where they have gone. */
  readonly person: Person | null;
  /** What the paths of conditions and texts are looked up in. */
  readonly values: Readonly<Record<string, unknown>>;
};

/**
 * A fact, and those that it implies: who is there when the room is joined came, to rules, at that moment,
 * and the tracks that somebody brings along were published then.
 */
export const impliedBy = (fact: RuleFact): readonly RuleFact[] => [fact, ...arrivalsOf(fact)];

/**
 * What a fact is, to rules.
 *
 * @param people who was in the room before it, and who is after.
 */
export function happeningOf(
  people: { readonly before: People; readonly after: People },
  fact: RuleFact,
  job: JobInfo,
): Happening {
  const { before, after } = people;
  const who = whoOf(fact);
  // Who comes is known only after, who leaves only before.
  const person = who && (find(after, who) ?? find(before, who));
  const track =
    'trackSid' in fact
      ? findConnection(before, fact.sid)?.tracks.find(({ sid }) => sid === fact.trackSid)
      : undefined;
  const { type, at } = fact;
  const values = {
    ...commonValues(person && { ...person, ...who }, job),
    ...(track && { track }),
    ...withoutCrowd(fact),
  };
  return { type, at, identity: who?.identity ?? null, person, values };
}

/**
 * What the change of an alert is, to rules.
 *
 * @param served whom the job is for, who need not be who triggered it; null: the whole room.
 */
export function alertHappening(
  people: People,
  { alert, type }: AlertReport,
  { job, served }: { readonly job: JobInfo; readonly served: string | null },
): Happening {
  const { resolvedAt, updatedAt, openedAt } = alert;
  const identity = identityIn(alert, served);
  const person = identity === null ? null : findPerson(people, identity);
  const at = resolvedAt ?? updatedAt ?? openedAt;
  const values = { type, at, alert, ...commonValues(person, job) };
  return { type, at, identity, person, values };
}

/** Whom the evidence names, else whom the job is for. What a rule or a job says of itself is not about them. */
function identityIn({ key, evidence }: Alert, served: string | null): string | null {
  const { identity } = evidence;
  if (typeof identity === 'string') return identity;
  return isAlertOfRule(key) || key === OVERFLOW_KEY ? null : served;
}

function arrivalsOf(fact: RuleFact): readonly RuleFact[] {
  if (fact.type === 'room.connected') {
    return fact.participants.flatMap((participant): readonly RuleFact[] => [
      { type: 'participant.connected', at: fact.at, participant },
      ...publicationsOf(participant, fact.at),
    ]);
  }
  return fact.type === 'participant.connected' ? publicationsOf(fact.participant, fact.at) : [];
}

const publicationsOf = (
  { identity, sid, tracks }: ParticipantInfo,
  at: number,
): readonly RuleFact[] =>
  tracks.map((track) => ({ type: 'track.published', at, identity, sid, track }));

/** Text streams name no connection. */
type Who = { readonly identity: string } & Partial<ParticipantRef>;

const find = (people: People, { identity, sid }: Who): Person | null =>
  sid === undefined ? findPerson(people, identity) : findConnection(people, sid);

/** Whom a fact is about, as it says itself. */
function whoOf(fact: RuleFact): Who | null {
  if ('participant' in fact) return refOf(fact.participant);
  if ('identity' in fact) return refOf(fact);
  if ('sender' in fact) return fact.sender && refOf(fact.sender);
  return 'senderIdentity' in fact ? { identity: fact.senderIdentity } : null;
}

const refOf = ({ identity, sid }: ParticipantRef): ParticipantRef => ({ identity, sid });

/** Each of those who are there is told of by a fact of their own. */
function withoutCrowd(fact: RuleFact): Readonly<Record<string, unknown>> {
  if (fact.type !== 'room.connected') return fact;
  const { type, at, sid, name, metadata, local } = fact;
  return { type, at, sid, name, metadata, local };
}

function commonValues(person: Person | null, { room }: JobInfo) {
  const common = { room: { name: room.name, sid: room.sid } };
  if (person === null) return common;
  const { identity, sid, name, kind } = person;
  return { ...common, participant: { identity, sid, name, kind } };
}
