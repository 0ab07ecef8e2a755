import { findNotJson } from '../../src/io/event-log/plain-json.ts';
import type { SessionsView } from '../../src/io/http/sessions-view.ts';
import { maxJobs, type FuzzWorld } from './fuzz-world.ts';
import type { Breach } from './job-promises.ts';

/** What `/sessions` shows after a step. */
export type Sight = {
  readonly now: number;
  readonly jobs: number;
  readonly live: SessionsView['sessions'];
};

export function lookAtWorld({ worker }: FuzzWorld): Sight {
  const view = worker.system.view();
  const live = view.sessions.filter(({ endReason }) => endReason === null);
  return { now: worker.clock.now(), jobs: view.worker.jobs, live };
}

type KeptBy = (sight: Sight) => readonly Breach[];

const oneSessionForEachKey: KeptBy = ({ live }) => {
  const keys = live.map(({ jobId, dispatchId, identity }) =>
    identity === null ? jobId : `${identity} of ${dispatchId}`,
  );
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  return twice === undefined ? [] : [{ what: `two live sessions for ${twice}` }];
};

const noMoreJobsThanPlaces: KeptBy = ({ jobs }) =>
  jobs <= maxJobs ? [] : [{ what: `${jobs} jobs on ${maxJobs} places` }];

const showsPlainJson: KeptBy = ({ live }) => {
  const odd = findNotJson(live);
  return odd ? [{ what: `/sessions holds ${odd.found} at ${odd.path}` }] : [];
};

const speaksNoLongerThanItLasts: KeptBy = ({ live, now }) =>
  live
    .filter(({ speakingMs, startedAt }) => speakingMs > now - startedAt)
    .map(({ jobId, speakingMs }) => ({ what: `${jobId} speaks for ${speakingMs} ms` }));

/** What holds after every step. */
export const livePromises = {
  'FUZZ-11': oneSessionForEachKey,
  'FUZZ-12': noMoreJobsThanPlaces,
  'FUZZ-13': showsPlainJson,
  'FUZZ-14': speaksNoLongerThanItLasts,
} as const satisfies Record<string, KeptBy>;
