import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { roomAnalytics } from '../../src/agents/room-analytics.agent.ts';
import type { TrackSource } from '../../src/machines/events.ts';
import { roomNames, type RoomsWorld } from './rooms-world.ts';

/** Longer than anything is told late, and than our own connection tries to come back. */
const quietMs = 14_000;
/** Somebody whose connection is cut is out after 20 s. */
const longestMs = 90_000;
const lookEveryMs = 500;

const sightSchema = z.object({
  state: z.string(),
  connection: z.string().nullable(),
  figures: z.object({ participants: z.number(), tracks: z.record(z.string(), z.number()) }),
  mutedTracks: z.number(),
  participants: z.array(
    z.object({
      identity: z.string(),
      sid: z.string(),
      kind: z.string(),
      active: z.boolean(),
      tracks: z.array(z.object({ sid: z.string(), source: z.string(), muted: z.boolean() })),
    }),
  ),
  removing: z.array(z.string()),
});

/** Lets nothing more be done until nobody has come, left or published for a while: false where that never is. */
export async function becomeQuiet(world: RoomsWorld): Promise<boolean> {
  let quietSince = world.now;
  let before = truthOf(world);
  for (const from = world.now; world.now < from + longestMs;) {
    await world.pass(lookEveryMs);
    const now = truthOf(world);
    if (!isDeepStrictEqual(now, before)) quietSince = world.now;
    before = now;
    if (world.now - quietSince >= quietMs) return true;
  }
  return false;
}

const truthOf = (world: RoomsWorld) => ({
  rooms: roomNames.map((name) => truthOfRoom(world, name)),
  // A new job has yet to find out.
  jobs: world.jobs.length,
});

function truthOfRoom({ worker }: RoomsWorld, name: string) {
  const participants = worker.rooms
    .room(name)
    .participants.filter(({ isHidden }) => !isHidden)
    .map(({ identity, sid, kind, isActive: active, publishedTracks }) => ({
      identity,
      sid,
      kind,
      active,
      tracks: publishedTracks
        .map((track) => ({ sid: track.sid, source: track.source, muted: track.isMuted }))
        .toSorted(bySid),
    }))
    .toSorted(bySid);
  const tracks = participants.flatMap((who) => who.tracks);
  const count = (source: TrackSource): number =>
    tracks.filter((track) => track.source === source).length;
  return {
    participants,
    counted: participants.filter(({ kind }) => kind !== 'agent' && kind !== 'egress').length,
    mutedTracks: tracks.filter(({ muted }) => muted).length,
    tracks: {
      unknown: count('unknown'),
      camera: count('camera'),
      microphone: count('microphone'),
      screen_share: count('screen_share'),
      screen_share_audio: count('screen_share_audio'),
    },
  };
}

const bySid = (one: { readonly sid: string }, other: { readonly sid: string }): number =>
  one.sid < other.sid ? -1 : 1;

/** Where a room-analytics sees another room than there is; empty where all see what there is. */
export function differsFromTruth(world: RoomsWorld): string {
  for (const { job, sight } of sightsOf(world)) {
    const truth = truthOfRoom(world, job.room);
    const seen = {
      participants: sight.participants
        .map((who) => ({ ...who, tracks: who.tracks.toSorted(bySid) }))
        .toSorted(bySid),
      counted: sight.figures.participants,
      mutedTracks: sight.mutedTracks,
      tracks: sight.figures.tracks,
    };
    if (!isDeepStrictEqual(seen, truth)) {
      return `${job.jobId} sees ${JSON.stringify(seen)}, there is ${JSON.stringify(truth)}`;
    }
  }
  return '';
}

/** Where a room has more participants than its limit, though nobody keeps coming back. */
export function exceedsLimit(world: RoomsWorld): string {
  const { participantLimit, isEnforced } = world.character;
  if (participantLimit === null || !isEnforced) return '';
  for (const { job, sight } of sightsOf(world)) {
    const { alerts = [] } = world.worker.session(job.jobId) ?? {};
    const isExcused = alerts.some(({ key }) => key === 'participant_limit_evaded');
    const { participants } = sight.figures;
    if (participants > participantLimit && !isExcused) {
      return `${job.room} has ${participants} participants, its limit is ${participantLimit}`;
    }
  }
  return '';
}

/** Of each room-analytics that is in the room as it is now. */
function sightsOf({ jobs, worker }: RoomsWorld) {
  return jobs.flatMap((job) => {
    if (job.agent !== roomAnalytics.name) return [];
    if (job.roomSid !== worker.rooms.room(job.room).sid) return [];
    const read = sightSchema.safeParse(worker.session(job.jobId));
    return read.success && read.data.state === 'watching' ? [{ job, sight: read.data }] : [];
  });
}
