import type { FileLine } from '../../src/io/event-log/log-line.ts';
import type { TornLine } from '../../src/io/event-log/reader.ts';
import type { RoomFact } from '../../src/machines/events.ts';
import { storyOf, type StoryLine } from './job-story.ts';

/** One session of participant-monitor, from its beginning to its end. */
export type Life = {
  readonly target: string;
  readonly lines: readonly (FileLine | TornLine)[];
  readonly story: readonly StoryLine[];
};

export const lifeOf = (target: string, lines: Life['lines']): Life => ({
  target,
  lines,
  story: storyOf(lines),
});

/** Says what was not kept; empty where it was. */
type KeptBy = (life: Life) => string;

type Emission = Extract<StoryLine, { type: 'said' }>['emission'];

function said<TType extends Emission['type']>({ story }: Life, type: TType) {
  const isOfType = (emission: Emission): emission is Extract<Emission, { type: TType }> =>
    emission.type === type;
  return story.flatMap((line) =>
    line.type === 'said' && isOfType(line.emission) ? [line.emission] : [],
  );
}

const endsOnceForAReason: KeptBy = (life) => {
  const reasons = said(life, 'job.ending').map(({ reason }) => reason);
  return reasons.length === 1 ? '' : `ended ${reasons.length} times: ${reasons.join(', ')}`;
};

const opensAlertsAndResolvesThem: KeptBy = (life) => {
  const opened = said(life, 'job.alertOpened').map(({ alert }) => alert.key);
  const resolved = said(life, 'job.alertResolved').map(({ alert }) => alert.key);
  const [summary] = said(life, 'job.summaryMade');
  // Who never began to watch has nothing to sum up.
  if (!summary) return opened.length === 0 ? '' : `${opened.join(', ')} opened, and no summary`;
  if (opened.toSorted().join() !== resolved.toSorted().join()) {
    return `opened ${opened.join(', ')}, and resolved ${resolved.join(', ')}`;
  }
  const counted = summary.summary['alerts'];
  return counted === opened.length
    ? ''
    : `its summary has ${String(counted)} alerts, ${opened.length} opened`;
};

const speaksNoLongerThanItIsThere: KeptBy = (life) => {
  const [made] = said(life, 'job.summaryMade');
  if (!made) return '';
  const figure = (name: string): number => Number(made.summary[name]);
  const isRight =
    figure('speakingMs') >= 0 &&
    figure('speakingMs') <= figure('connectedMs') &&
    figure('connectedMs') <= figure('durationMs');
  return isRight ? '' : `its summary is ${JSON.stringify(made.summary)}`;
};

const leavesNoActor: KeptBy = ({ lines }) => {
  const live = new Set<number>();
  for (const line of lines) {
    if (line.kind === 'actor') live.add(line.actor);
    if (line.kind === 'ended') live.delete(line.actor);
  }
  const paths = lines.flatMap((line) =>
    line.kind === 'actor' && live.has(line.actor) ? [line.path] : [],
  );
  return paths.length === 0 ? '' : `still runs: ${paths.join(', ')}`;
};

/** Between two steps a session has one actor for each published track of its participant, and no other. */
const hasAnActorForEachTrack: KeptBy = ({ target, lines, story }) => {
  const live = new Map<number, string>();
  const published = new Set<string>();
  const facts = story.flatMap((line) => (line.type === 'heard' ? [line] : []));
  let seq = 0;
  for (const line of lines) {
    if (!('seq' in line)) continue;
    if (line.seq !== seq) {
      while (facts[0] && facts[0].seq <= seq) followTracks(published, target, facts.shift()?.fact);
      const difference = compareTracks([...live.values()], published);
      if (difference !== '') return `after step ${seq}: ${difference}`;
      seq = line.seq;
    }
    if (line.kind === 'actor') live.set(line.actor, line.path);
    if (line.kind === 'ended') live.delete(line.actor);
  }
  return '';
};

function compareTracks(paths: readonly string[], published: ReadonlySet<string>): string {
  const sessions = paths.filter((path) => /^job\/agent\/participant:[^/]+$/.test(path));
  if (sessions.length > 1) return `there are ${sessions.length} sessions`;
  const tracks = paths.flatMap((path) => /\/track:([^/]+)$/.exec(path)?.[1] ?? []);
  // A session that is over lets go of its tracks while they are still published.
  const due = sessions.length === 0 ? [] : [...published];
  return tracks.toSorted().join() === due.toSorted().join()
    ? ''
    : `actors for the tracks [${tracks.join()}], published are [${due.join()}]`;
}

function followTracks(published: Set<string>, target: string, fact: RoomFact | undefined): void {
  switch (fact?.type) {
    case 'room.connected':
      published.clear();
      for (const { identity, tracks } of fact.participants) {
        if (identity === target) for (const { sid } of tracks) published.add(sid);
      }
      break;
    case 'participant.connected':
      if (fact.participant.identity !== target) break;
      for (const { sid } of fact.participant.tracks) published.add(sid);
      break;
    case 'track.published':
      if (fact.identity === target) published.add(fact.track.sid);
      break;
    case 'track.unpublished':
      published.delete(fact.trackSid);
      break;
    default:
  }
}

/** What every life keeps, by the rule that it is. */
export const lifePromises: Readonly<Record<string, KeptBy>> = {
  'FUZZ-20': endsOnceForAReason,
  'FUZZ-21': opensAlertsAndResolvesThem,
  'FUZZ-22': speaksNoLongerThanItIsThere,
  'FUZZ-23': leavesNoActor,
  'FUZZ-24': hasAnActorForEachTrack,
};
