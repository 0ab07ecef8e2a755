import type { MatcherState } from 'vitest';
import type { StateValue } from 'xstate';
import type { EndReason } from '../../machines/events.ts';
import { formatLogTime } from '../cli/step-text.ts';
import { AgentRun } from './agent-run.ts';
import { differenceOf, type Replayable } from './recorded-run.ts';
import { alertsText, firstIn, messagesText, nearestText, stateText, wayText } from './run-text.ts';

export type StateQuery = {
  /** Ids below the job: `agent/participant:alice`. `track:*` is any track; the job itself is `job`. */
  readonly path: string;
  /** As for `snapshot.matches`: `speaking`, `connected.speech.speaking`, or an object. */
  readonly state: StateValue;
};

export type MessageQuery = {
  /** The identity of a participant who got it. */
  readonly to: string;
  readonly topic: string;
  /** What it says at least. */
  readonly payload?: Readonly<Record<string, unknown>>;
};

type Result = { readonly pass: boolean; readonly message: () => string };

/** What vitest gives a matcher, as far as these use it. */
type Context = Pick<MatcherState, 'equals' | 'utils'>;

const resultOf = (pass: boolean, lines: () => readonly string[]): Result => ({
  pass,
  message: () => lines().join('\n'),
});

/** The agent, or the actor at a path, was in this state at any time. */
function toHaveReached(received: unknown, query: StateValue | StateQuery): Result {
  const run = asRun(received, 'toHaveReached');
  const { path, state } = isStateQuery(query) ? query : { path: 'agent', state: query };
  const way = run.statesOf(path);
  const atMs = firstIn(way, state);
  return resultOf(atMs !== undefined, () => [
    atMs === undefined
      ? `${path} did not reach ${stateText(state)}`
      : `${path} reached ${stateText(state)}, at ${formatLogTime(atMs)}`,
    ...nearestText(way, atMs === undefined ? state : ''),
    ...wayText(run, path),
  ]);
}

const isStateQuery = (query: StateValue | StateQuery): query is StateQuery =>
  typeof query === 'object' && typeof query['path'] === 'string' && 'state' in query;

/** Somebody got such a data message of the agent. */
function toHaveSent(this: Context, received: unknown, query: MessageQuery): Result {
  const { equals, utils } = this;
  const run = asRun(received, 'toHaveSent');
  const { to, topic, payload } = query;
  const onTopic = run.messages.filter((message) => message.to === to && message.topic === topic);
  const testers = [utils.iterableEquality, utils.subsetEquality];
  const found = onTopic.filter(
    (message) => payload === undefined || equals(message.payload, payload, testers),
  );
  return resultOf(found.length > 0, () => {
    const wanted = payload ? ` that says ${utils.stringify(payload, 10, { min: true })}` : '';
    const what = `${topic} to ${to}${wanted}`;
    if (found.length > 0) return [`${run.agent.name} sent ${what}`, ...messagesText('sent', found)];
    return [
      `${run.agent.name} did not send ${what}`,
      ...lostText(run, query, onTopic.length),
      ...messagesText('sent', onTopic.length > 0 ? onTopic : run.messages),
      ...wayText(run, 'agent'),
    ];
  });
}

/** Messages that the agent published for somebody who did not get them. */
function lostText({ story }: AgentRun, { to, topic }: MessageQuery, gotCount: number): string[] {
  const published = story.published.filter(
    (message) => message.topic === topic && message.to.includes(to),
  );
  const [first] = published;
  if (!first || published.length <= gotCount) return [];
  const lost = `${published.length - gotCount} of ${published.length}`;
  return [
    `${to} did not get ${lost} that were published, the first at ${formatLogTime(first.atMs)}: ` +
      'whoever is not inside, or not active yet, gets nothing',
  ];
}

/** An alert of this key was opened, whether or not it was resolved since. */
function toHaveOpenedAlert(received: unknown, key: string): Result {
  const run = asRun(received, 'toHaveOpenedAlert');
  const isOpened = run.alerts.some((alert) => alert.key === key);
  return resultOf(isOpened, () => [
    `${run.agent.name} ${isOpened ? 'opened' : 'did not open'} the alert ${key}`,
    ...alertsText(run),
    ...wayText(run, 'agent'),
  ]);
}

/** The job ended for this reason. */
function toHaveEndedWith(received: unknown, reason: EndReason): Result {
  const run = asRun(received, 'toHaveEndedWith');
  const { end } = run;
  return resultOf(end?.reason === reason, () => [
    end
      ? `the job ended with ${end.reason}${end.reason === reason ? '' : `, not with ${reason}`}`
      : `the job has not ended, neither with ${reason} nor otherwise`,
    ...(end?.error ? [`its error: ${end.error}`] : []),
    ...wayText(run, 'job'),
    ...wayText(run, 'agent'),
  ]);
}

/** Its event log leads the agent of now to the same states, messages and alerts. */
async function toReplay(received: unknown): Promise<Result> {
  if (!isReplayable(received)) throw wrongSubject('toReplay', ', or what recordedRun gave');
  const { source, agent } = received;
  const difference = await differenceOf(received);
  return resultOf(difference === null, () => [
    difference ?? `${source} replays with ${agent.name} as it was recorded`,
  ]);
}

const isReplayable = (received: unknown): received is Replayable =>
  received instanceof AgentRun ||
  (typeof received === 'object' && received !== null && 'log' in received);

function asRun(received: unknown, matcher: string): AgentRun {
  if (received instanceof AgentRun) return received;
  throw wrongSubject(matcher, '');
}

const wrongSubject = (matcher: string, more: string): TypeError =>
  new TypeError(
    `${matcher} looks at what runAgent or startAgent gave${more}: expect(run).${matcher}(...)`,
  );

/** Assertions for vitest: `expect.extend(greenroomMatchers)`. */
export const greenroomMatchers = {
  toHaveReached,
  toHaveSent,
  toHaveOpenedAlert,
  toHaveEndedWith,
  toReplay,
};

type OfRun<T, TMatcher> = T extends AgentRun ? TMatcher : never;

declare module 'vitest' {
  interface Assertion<T> {
    /** The agent, or the actor at a path below the job, was in this state at any time. */
    toHaveReached: OfRun<T, (query: StateValue | StateQuery) => void>;
    /** A participant got such a data message of the agent. */
    toHaveSent: OfRun<T, (query: MessageQuery) => void>;
    /** An alert of this key was opened, whether or not it was resolved since. */
    toHaveOpenedAlert: OfRun<T, (key: string) => void>;
    /** The job ended for this reason. */
    toHaveEndedWith: OfRun<T, (reason: EndReason) => void>;
    /** Its event log replays with the agent as it is now, without a difference. */
    toReplay: T extends Replayable ? () => Promise<void> : never;
  }
}
