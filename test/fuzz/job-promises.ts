import { isDeepStrictEqual } from 'node:util';
import type { FileLine } from '../../src/io/event-log/log-line.ts';
import type { TornLine } from '../../src/io/event-log/reader.ts';
import type { EndReason, RoomFact } from '../../src/machines/events.ts';
import { breachesIn } from '../contracts/orderly-facts.ts';
import { dueMessages, type Message } from './due-messages.ts';
import { fragile } from './fragile.agent.ts';
import type { FuzzJob, FuzzWorld } from './fuzz-world.ts';
import type { StoryLine } from './job-story.ts';

/** A job that was assigned and has ended, as its log and the world know it. */
export type EndedJob = {
  readonly world: FuzzWorld;
  readonly job: FuzzJob;
  readonly lines: readonly (FileLine | TornLine)[];
  readonly story: readonly StoryLine[];
};

/** Something that was not kept: what, and when where that is known (epoch milliseconds). */
export type Breach = { readonly at?: number; readonly what: string };
type KeptBy = (ended: EndedJob) => readonly Breach[];

const breach = (what: string, at?: number): Breach => (at === undefined ? { what } : { at, what });

type Emission = Extract<StoryLine, { type: 'said' }>['emission'];
type Said<TType extends Emission['type']> = Extract<Emission, { type: TType }>;

function said<TType extends Emission['type']>(
  { story }: EndedJob,
  type: TType,
): readonly (Said<TType> & { readonly at: number })[] {
  const isOfType = (emission: Emission): emission is Said<TType> => emission.type === type;
  return story.flatMap((line) =>
    line.type === 'said' && isOfType(line.emission) ? [{ ...line.emission, at: line.at }] : [],
  );
}

const heard = ({ story }: EndedJob): readonly RoomFact[] =>
  story.flatMap((line) => (line.type === 'heard' ? [line.fact] : []));

/** The final status of each end reason, as the product's table has it. */
const statuses: Readonly<Record<EndReason, 'success' | 'failed'>> = {
  participant_left: 'success',
  participant_never_connected: 'failed',
  room_deleted: 'success',
  room_closed: 'success',
  agent_removed: 'success',
  duplicate_identity: 'failed',
  dispatch_deleted: 'success',
  connection_lost: 'failed',
  join_failed: 'failed',
  drained: 'success',
  max_duration: 'success',
  duplicate: 'success',
  agent_error: 'failed',
};

/** What the worker said of the end; a job whose root broke says nothing itself. */
export const endOf = ({ world, job }: EndedJob) =>
  world.worker.emitted.flatMap((fact) =>
    fact.type === 'job.ended' && fact.jobId === job.jobId ? [fact.reason] : [],
  );

const endsOnce: KeptBy = (ended) => {
  const reasons = endOf(ended);
  const own = said(ended, 'job.ending').map(({ reason }) => reason);
  if (reasons.length !== 1) return [breach(`ended ${reasons.length} times: ${reasons.join(', ')}`)];
  if (own.length > 1) return [breach(`decided on its end ${own.length} times`)];
  if (own.length === 1 && own[0] !== reasons[0])
    return [breach(`ends as ${own[0]}, and as ${reasons[0]}`)];
  return reasons[0] !== undefined && reasons[0] in statuses ? [] : [breach('no known reason')];
};

const endsForWhatHappened: KeptBy = (ended) => {
  const { world, job } = ended;
  const reason = endOf(ended)[0];
  const facts = heard(ended);
  const isOut = (how: string): boolean =>
    facts.some((fact) => fact.type === 'room.disconnected' && fact.reason === how);
  const target = job.dispatch.wishes?.target;
  const isTargetMet = target !== undefined && isMetByAgent(ended.story, target);
  const isOtherRoom = facts.some(
    (fact) => fact.type === 'room.connected' && fact.sid !== job.dispatch.roomSid,
  );
  const evidence: Readonly<Record<EndReason, boolean>> = {
    participant_left: isTargetMet,
    participant_never_connected: !isTargetMet,
    room_deleted: isOut('room_deleted') || isOtherRoom,
    room_closed: isOut('room_closed'),
    agent_removed: isOut('participant_removed'),
    duplicate_identity: isOut('duplicate_identity'),
    dispatch_deleted: world.terminated.has(job.jobId),
    connection_lost: isOut('server_shutdown') || isOut('connection_timeout'),
    join_failed: facts.filter(({ type }) => type === 'room.joinFailed').length === 3,
    drained: world.drainedAt !== null,
    max_duration: world.character.maxDurationMs !== null,
    // One worker never stands by for itself; a second one beside it would.
    duplicate: false,
    agent_error: job.dispatch.agent === fragile.name,
  };
  return reason && !evidence[reason] ? [breach(`ended as ${reason}, which did not happen`)] : [];
};

/** Whether somebody was inside while the agent ran; who had left before it began, it never met. */
function isMetByAgent(story: readonly StoryLine[], identity: string): boolean {
  const inside = new Map<string, boolean>();
  let hasBegun = false;
  return story.some((line) => {
    if (line.type === 'heard') followPeople(inside, line.fact);
    hasBegun ||= line.type === 'agentBegan';
    return hasBegun && inside.has(identity);
  });
}

const reportsOnceBeforeLeaving: KeptBy = ({ world, job, ...ended }) => {
  const { jobId } = job;
  const all = world.wire.of(jobId);
  // What an assignment is told that comes unasked before the offer is accepted is no word of the job.
  const begunAt = all.findIndex(
    (passage) => passage.type === 'reported' && passage.status === 'running',
  );
  const passages = all.slice(Math.max(0, begunAt));
  const leftAt = passages.findIndex(({ type }) => type === 'left');
  const before = leftAt < 0 ? passages : passages.slice(0, leftAt);
  const finals = before.flatMap((passage) =>
    passage.type === 'reported' && passage.status !== 'running' ? [passage.status] : [],
  );
  const reason = endOf({ world, job, ...ended })[0];
  const status = reason && statuses[reason];
  if (finals.length === 1) {
    return finals[0] === status ? [] : [breach(`reported ${finals[0]} for ${reason}`)];
  }
  if (finals.length > 1) return [breach(`reported ${finals.join(', ')}`)];
  return wasConnectedAtEnd(world, job) ? [breach('reported no final status before leaving')] : [];
};

/** Whether the server could have been told of the end. */
function wasConnectedAtEnd({ worker }: FuzzWorld, { jobId, dispatch }: FuzzJob): boolean {
  let isConnected = false;
  // An assignment may come unasked before, and is answered, too.
  let isAssigned = false;
  for (const fact of worker.emitted) {
    if (fact.type === 'connection.stateChanged' && fact.agent === dispatch.agent) {
      isConnected = fact.workerId !== null;
    }
    if (fact.type === 'job.assigned' && fact.jobId === jobId) isAssigned = true;
    if (isAssigned && fact.type === 'job.reported' && fact.jobId === jobId) return isConnected;
  }
  return true;
}

const opensAndResolvesAlertsInTurn: KeptBy = (ended) => {
  const open = new Set<string>();
  const breaches: Breach[] = [];
  for (const { at, ...line } of ended.story) {
    if (line.type !== 'said') continue;
    const { emission } = line;
    if (emission.type === 'job.alertOpened') {
      if (open.has(emission.alert.key)) breaches.push(breach(`${emission.alert.key} twice`, at));
      open.add(emission.alert.key);
    }
    if (emission.type !== 'job.alertResolved') continue;
    const { key, openedAt, resolvedAt } = emission.alert;
    if (!open.delete(key)) breaches.push(breach(`${key} resolved, but not open`, at));
    if (resolvedAt === undefined || resolvedAt < openedAt) {
      breaches.push(breach(`${key} resolved at ${resolvedAt}, opened at ${openedAt}`, at));
    }
  }
  const isSummed = said(ended, 'job.summaryMade').length > 0;
  return isSummed && open.size > 0
    ? [...breaches, breach(`never resolved: ${[...open].join(', ')}`)]
    : breaches;
};

const sumsUpOnce: KeptBy = (ended) => {
  const isMonitor = ended.job.dispatch.wishes !== null;
  const hasBegun = ended.story.some(({ type }) => type === 'agentBegan');
  const summaries = said(ended, 'job.summaryMade');
  const due = isMonitor && hasBegun ? 1 : 0;
  if (summaries.length !== due) return [breach(`${summaries.length} summaries, ${due} due`)];
  const summary = summaries[0]?.summary;
  if (!summary) return [];
  const figure = (name: string): number => Number(summary[name]);
  const turns = said(ended, 'job.healthChanged').filter(
    ({ health }, index, all) => health.speaking && !all[index - 1]?.health.speaking,
  ).length;
  const rightly: readonly (readonly [isRight: boolean, what: string])[] = [
    [figure('speakingMs') <= figure('connectedMs'), 'speaks longer than it is connected'],
    [figure('connectedMs') <= figure('durationMs'), 'is connected longer than it lasts'],
    [figure('speakingMs') >= 0, 'speaks for less than nothing'],
    [figure('turns') === turns, `has ${turns} turns`],
    [
      figure('alerts') === said(ended, 'job.alertOpened').length,
      `has ${said(ended, 'job.alertOpened').length} alerts`,
    ],
    [summary['endReason'] === endOf(ended)[0], `ended as ${endOf(ended)[0]}`],
  ];
  return rightly.flatMap(([isRight, what]) =>
    isRight ? [] : [breach(`${what}, by its summary ${JSON.stringify(summary)}`)],
  );
};

const sendsWhatIsDue: KeptBy = ({ world, job, story }) => {
  const { wishes } = job.dispatch;
  if (!wishes) return [];
  const { notifies } = world.character;
  const due = dueMessages(story, {
    target: wishes.target,
    welcomes: notifies,
    tellsSpeech: notifies && wishes.speakingAlerts,
    tellsQuality: notifies && wishes.qualityAlerts,
  });
  const sent = sentMessages(story);
  return [...new Set([...due, ...sent].map(({ topic }) => topic))].flatMap((topic) => {
    const [owed, done] = [due, sent].map((all) =>
      all.filter((message) => message.topic === topic).map(comparable),
    );
    const index = owed?.findIndex((message, at) => !isDeepStrictEqual(message, done?.[at])) ?? -1;
    const place = index < 0 ? (owed?.length ?? 0) : index;
    if (index < 0 && owed?.length === done?.length) return [];
    const show = (message: unknown): string => JSON.stringify(message ?? 'nothing');
    const at = done?.[place]?.at ?? owed?.[place]?.at;
    return [breach(`due: ${show(owed?.[place])}, sent: ${show(done?.[place])}`, at)];
  });
};

const comparable = ({ to, ...message }: Message): Message => ({ ...message, to: to.toSorted() });

const sentMessages = (story: readonly StoryLine[]): readonly Message[] =>
  story.flatMap((line) => {
    if (line.type !== 'sent') return [];
    const { topic, to, payload } = line.message;
    if (to === 'everybody') throw new Error('a monitor never tells everybody');
    const word = payload['action'] ?? payload['speaking'] ?? payload['quality'];
    return [{ at: line.at, topic, to, says: String(word) }];
  });

const tellsOnlyWhoIsInside: KeptBy = ({ story }) => {
  const inside = new Map<string, boolean>();
  const breaches: Breach[] = [];
  for (const line of story) {
    if (line.type === 'heard') followPeople(inside, line.fact);
    if (line.type !== 'sent') continue;
    const { to, topic } = line.message;
    if (to.length === 0) breaches.push(breach(`${topic} to nobody`, line.at));
    for (const identity of to) {
      if (!inside.has(identity))
        breaches.push(breach(`${topic} to ${identity}, who is out`, line.at));
      else if (topic === 'participant_monitoring' && inside.get(identity) !== true) {
        breaches.push(breach(`${topic} to ${identity}, who is not active`, line.at));
      }
    }
  }
  return breaches;
};

function followPeople(inside: Map<string, boolean>, fact: RoomFact): void {
  if (fact.type === 'room.connected') {
    for (const { identity, active } of fact.participants) inside.set(identity, active);
  } else if (fact.type === 'participant.connected') {
    inside.set(fact.participant.identity, fact.participant.active);
  } else if (fact.type === 'participant.active') {
    inside.set(fact.identity, true);
  } else if (fact.type === 'participant.disconnected') {
    inside.delete(fact.identity);
  }
}

const hearsFactsInOrder: KeptBy = (ended) =>
  breachesIn(heard(ended))
    .slice(0, 1)
    .map((what) => breach(what));

const keepsAWholeLog: KeptBy = ({ lines }) => {
  const odd = lines.filter(
    ({ kind }) => kind === 'problem' || kind === 'dropped' || kind === 'torn',
  );
  const end = lines.at(-1);
  const count = lines.length - 2;
  if (odd.length > 0) return [breach(`its log holds ${JSON.stringify(odd[0])}`)];
  if (end?.kind !== 'end') return [breach(`its log ends with ${JSON.stringify(end)}`)];
  return end.lines === count ? [] : [breach(`its log has ${count} lines, and says ${end.lines}`)];
};

/** What every job keeps, whatever happens. */
export const jobPromises = {
  'FUZZ-2': endsOnce,
  'FUZZ-3': endsForWhatHappened,
  'FUZZ-4': reportsOnceBeforeLeaving,
  'FUZZ-5': opensAndResolvesAlertsInTurn,
  'FUZZ-6': sumsUpOnce,
  'FUZZ-7': sendsWhatIsDue,
  'FUZZ-8': tellsOnlyWhoIsInside,
  'FUZZ-9': hearsFactsInOrder,
  'FUZZ-10': keepsAWholeLog,
} as const satisfies Record<string, KeptBy>;
