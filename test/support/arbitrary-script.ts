import fc from 'fast-check';
import type { ParticipantKind, TrackSource } from '../../src/machines/events.ts';
import { mayFollow } from '../../src/io/simulated/script-order.ts';
import type { Happening, Script, ScriptStep } from '../../src/io/simulated/script.ts';

const identities = ['alice', 'agent', 'zoë: "z"'];
const sources: readonly TrackSource[] = ['microphone', 'camera', 'screen_share', 'unknown'];
const kinds: readonly ParticipantKind[] = ['standard', 'sip', 'agent'];

const identity = fc.constantFrom(...identities);
const source = fc.constantFrom(...sources);
const durationMs = fc.integer({ min: 1, max: 30_000 });
const level = fc.integer({ min: 1, max: 700 }).map((thousandths) => thousandths / 1000);
const topic = fc.oneof(fc.constantFrom('chat', 'lk.transcription'), fc.string({ minLength: 1 }));
const text = fc.string({ unit: 'grapheme' });

/** What happens often enough in a life to meet itself. */
const common: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    type: fc.constant('join' as const),
    identity,
    kind: fc.constantFrom(...kinds),
    sources: fc.uniqueArray(source, { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('return' as const), identity }),
  fc.record({
    type: fc.constantFrom('leave' as const, 'drop' as const, 'hush' as const),
    identity,
  }),
  fc.record({
    type: fc.constant('speak' as const),
    identity,
    level,
    durationMs: fc.option(durationMs),
  }),
  fc.record({ type: fc.constant('publish' as const), identity, source, encrypted: fc.boolean() }),
  fc.record({
    type: fc.constantFrom('unpublish' as const, 'mute' as const, 'unmute' as const),
    identity,
    source,
  }),
  fc.record({ type: fc.constant('turnCamera' as const), identity, on: fc.boolean() }),
);

const rare: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ type: fc.constant('freeze' as const), identity, durationMs }),
  fc.record({ type: fc.constant('stall' as const), identity, source, durationMs }),
  fc.record({
    type: fc.constant('changeQuality' as const),
    identity,
    quality: fc.constantFrom(
      'excellent' as const,
      'good' as const,
      'poor' as const,
      'lost' as const,
    ),
    cause: fc.option(fc.constantFrom('loss' as const, 'delay' as const)),
  }),
  fc.record({
    type: fc.constantFrom('sendData' as const, 'sendText' as const),
    identity,
    topic,
    text,
  }),
  fc.record({
    type: fc.constant('sendBytes' as const),
    identity,
    topic,
    sizeBytes: fc.integer({ min: 1, max: 65_536 }),
  }),
  fc.record({ type: fc.constant('setMetadata' as const), identity, metadata: text }),
  fc.record({ type: fc.constant('setAttribute' as const), identity, key: topic, value: text }),
  fc.record({ type: fc.constant('setRoomMetadata' as const), metadata: text }),
  fc.record({
    type: fc.constant('endRoom' as const),
    how: fc.constantFrom('deleted' as const, 'closed' as const),
  }),
  fc.record({
    type: fc.constant('endAgents' as const),
    how: fc.constantFrom('removed' as const, 'replaced' as const),
  }),
  fc.record({
    type: fc.constant('ownConnection' as const),
    course: fc.constantFrom('resumes' as const, 'restarts' as const, 'fails' as const),
  }),
  fc.record({
    type: fc.constant('refuse' as const),
    what: fc.constantFrom('joins' as const, 'commands' as const, 'lists' as const),
    durationMs,
  }),
);

const candidate = fc.record({
  afterMs: fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 5_000 })),
  happening: fc.oneof({ arbitrary: common, weight: 6 }, { arbitrary: rare, weight: 1 }),
});

/** Scripts in which everything can happen where it stands. */
export const arbitraryScript: fc.Arbitrary<Script> = fc
  .array(candidate, { maxLength: 120, size: 'max' })
  .map((candidates) => {
    const steps: ScriptStep[] = [];
    for (const { afterMs, happening } of candidates) {
      const step = { atMs: (steps.at(-1)?.atMs ?? 0) + afterMs, happening };
      if (mayFollow(steps, step)) steps.push(step);
    }
    return steps;
  });
