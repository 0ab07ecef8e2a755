import type { Happening } from '../../src/io/simulated/script.ts';
import type { SimulatedParticipant } from '../../src/io/simulated/participant.ts';
import type { SimulatedRoom } from '../../src/io/simulated/room.ts';
import type { TrackSource } from '../../src/machines/events.ts';
import type { Chance } from './chance.ts';

export const identities: readonly string[] = ['alice', 'bob', 'zoë: "z"'];
const sources: readonly TrackSource[] = ['microphone', 'camera', 'screen_share'];
/** Around the threshold, at which nobody speaks yet, and well above it. */
const levels = [0.01, 0.011, 0.1, 0.3];

type Draw = (chance: Chance, identity: string, who: SimulatedParticipant) => Happening | undefined;

const heldSource = (chance: Chance, { tracks }: SimulatedParticipant): TrackSource | undefined =>
  chance.anyOf([...tracks.keys()]);

/** What somebody inside may do, and how likely it is. */
const deeds: readonly (readonly [weight: number, draw: Draw])[] = [
  [
    24,
    (chance, identity, { tracks }) =>
      tracks.has('microphone')
        ? {
            type: 'speak',
            identity,
            level: chance.oneOf(levels),
            // Short words too: two turns within two seconds are not both told of.
            durationMs: chance.oneOf([null, chance.between(50, 4_000), chance.between(50, 400)]),
          }
        : undefined,
  ],
  [
    4,
    (_, identity, { tracks }) =>
      tracks.has('microphone') ? { type: 'hush', identity } : undefined,
  ],
  [5, (_, identity) => ({ type: 'leave', identity })],
  [2, (_, identity) => ({ type: 'drop', identity })],
  [
    3,
    (chance, identity) => ({
      type: 'freeze',
      identity,
      durationMs: chance.oneOf([1_000, 8_000, 14_000, 25_000]),
    }),
  ],
  [
    7,
    (chance, identity, { tracks }) => {
      const source = chance.anyOf(sources.filter((free) => !tracks.has(free)));
      return source && { type: 'publish', identity, source, encrypted: chance.happens(0.1) };
    },
  ],
  [
    4,
    (chance, identity, who) => {
      const source = heldSource(chance, who);
      return source && { type: 'unpublish', identity, source };
    },
  ],
  [
    10,
    (chance, identity, who) => {
      const source = heldSource(chance, who);
      return (
        source && { type: chance.oneOf(['mute', 'unmute', 'unmute'] as const), identity, source }
      );
    },
  ],
  [
    4,
    (chance, identity, who) => {
      const source = heldSource(chance, who);
      return source && { type: 'stall', identity, source, durationMs: chance.between(200, 6_000) };
    },
  ],
  [5, (chance, identity) => ({ type: 'turnCamera', identity, on: chance.happens(0.7) })],
  [
    8,
    (chance, identity) => ({
      type: 'changeQuality',
      identity,
      quality: chance.oneOf(['excellent', 'good', 'poor', 'lost'] as const),
      cause: chance.oneOf([null, 'loss', 'jitter', 'delay', 'bandwidth'] as const),
    }),
  ],
  [2, (_, identity) => ({ type: 'sendData', identity, topic: 'chat', text: 'hello' })],
  [1, (_, identity) => ({ type: 'sendBytes', identity, topic: 'blob', sizeBytes: 20_000 })],
  [1, (_, identity) => ({ type: 'sendText', identity, topic: 'lk.transcription', text: 'a word' })],
  [1, (_, identity) => ({ type: 'setMetadata', identity, metadata: '{"vip":true}' })],
  [1, (_, identity) => ({ type: 'setAttribute', identity, key: 'seat', value: '4' })],
];

const worldly: readonly (readonly [weight: number, draw: (chance: Chance) => Happening])[] = [
  [3, () => ({ type: 'setRoomMetadata', metadata: '{"language":"en"}' })],
  [2, (chance) => ({ type: 'endRoom', how: chance.oneOf(['deleted', 'closed'] as const) })],
  [1, (chance) => ({ type: 'endAgents', how: chance.oneOf(['removed', 'replaced'] as const) })],
  [
    8,
    (chance) => ({
      type: 'ownConnection',
      course: chance.oneOf(['resumes', 'restarts', 'resumes', 'restarts', 'fails'] as const),
    }),
  ],
  [
    3,
    (chance) => ({
      type: 'refuse',
      what: chance.oneOf(['joins', 'commands', 'lists'] as const),
      durationMs: chance.between(500, 6_000),
    }),
  ],
];

/** Something that can happen in the room as it is now. */
export function randomHappening(
  chance: Chance,
  room: SimulatedRoom,
  known: ReadonlySet<string>,
): Happening | undefined {
  if (chance.happens(0.08)) return chance.weighed(worldly)(chance);
  const identity = chance.oneOf(identities);
  const who = room.find(identity);
  if (who) return chance.weighed(deeds)(chance, identity, who);
  if (known.has(identity) && chance.happens(0.6)) return { type: 'return', identity };
  return {
    type: 'join',
    identity,
    kind: chance.oneOf(['standard', 'standard', 'standard', 'sip', 'agent'] as const),
    sources: sources.filter(() => chance.happens(0.5)),
  };
}
