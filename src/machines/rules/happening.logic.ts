import type { AgentReport, Alert, ParticipantInfo, ParticipantRef } from '../events.ts';
import type { JobInfo } from '../job/job.events.ts';
import type { RuleFact, RuleFactType } from './fact-paths.ts';
import { findConnection, findPerson, type People, type Person } from './people.logic.ts';
import type { AlertChange } from './rule.ts';

export type AlertReport = Extract<AgentReport, { readonly alert: Alert }>;

/** What happened, as rules look at it. */
export type Happening = {
  readonly type: RuleFactType | `alert.${AlertChange}`;
  readonly at: number;
  /** Whom it is about; null: nobody, or somebody who is not known, such as a hidden sender. */
  readonly person: Person | null;
  /** What the paths of conditions and texts are looked up in. */
  readonly values: Readonly<Record<string, unknown>>;
};

/**
 * What a fact brings about. Who is there when the room is joined came, to rules, at that moment, and the
 * tracks that somebody brings along were published then.
 *
 * @param people who was in the room before it, and who is after.
 */
export function happeningsOf(
  people: { readonly before: People; readonly after: People },
  fact: RuleFact,
  job: JobInfo,
): readonly Happening[] {
  const { before, after } = people;
  return [fact, ...arrivalsOf(fact)].map((each) => {
    const who = whoOf(each);
    // Who comes is known only after, who leaves only before.
    const person = who && (find(after, who) ?? find(before, who));
    const track =
      'trackSid' in each
        ? findConnection(before, each.sid)?.tracks.find(({ sid }) => sid === each.trackSid)
        : undefined;
    const { type, at } = each;
    const values = {
      ...commonValues(person && { ...person, ...who }, job),
      ...(track && { track }),
      ...withoutCrowd(each),
    };
    return { type, at, person, values };
  });
}

/** What the change of an alert is, to rules. It is about whom its evidence names, else whom the job is for. */
export function alertHappening(people: People, report: AlertReport, job: JobInfo): Happening {
  const { alert, type } = report;
  const { resolvedAt, updatedAt, openedAt, evidence } = alert;
  const named = evidence['identity'] ?? job.participant?.identity;
  const person = typeof named === 'string' ? findPerson(people, named) : null;
  const at = resolvedAt ?? updatedAt ?? openedAt;
  return { type, at, person, values: { type, at, alert, ...commonValues(person, job) } };
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
