import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LevelMeasured } from '../../../src/machines/events.ts';
import type { FileLine } from '../../../src/io/event-log/log-line.ts';
import { LineDecoder, LineEncoder } from '../../../src/io/event-log/log-line.codec.ts';
import { findNotJson, isSame } from '../../../src/io/event-log/plain-json.ts';

const head: FileLine = {
  kind: 'head',
  version: 2,
  part: 1,
  rootId: 'house',
  startedAt: 1_790_000_000_000,
  agent: 'house-keeper',
  input: {},
  settings: { loudLevel: 0.5 },
  versions: { greenroom: '0.1.0' },
  fingerprints: { house: 'abc' },
};

const measured = (rms: number, at: number): LevelMeasured => ({
  type: 'audio.levelMeasured',
  rms,
  at,
});

const window = (seq: number, t: number, actor: number, rms: number, at: number): FileLine => ({
  kind: 'input',
  seq,
  t,
  actor,
  event: measured(rms, at),
});

function roundTrip(lines: readonly FileLine[]): { texts: string[]; decoded: FileLine[] } {
  const encoder = new LineEncoder();
  const decoder = new LineDecoder();
  const texts = lines.map((line) => encoder.encode(line));
  return { texts, decoded: texts.map((text) => decoder.decode(text)) };
}

it('[LOG-1] writes a window as actor, distance and level, once the actor is known', () => {
  const lines = [
    head,
    window(1, 100, 3, 0.0123, 5_100),
    window(2, 201, 3, 0.5, 5_200),
    window(3, 204, 4, 0, 9_000),
    window(4, 330, 3, 1, 5_330),
  ];
  const { texts, decoded } = roundTrip(lines);
  expect(texts.slice(2)).toEqual(['[3,101,5000]', JSON.stringify(lines[3]), '[3,126,10000,130]']);
  expect(decoded).toEqual(lines);
});

it.each([
  ['a level of more than four digits', window(2, 200, 3, 0.12345, 5_200)],
  ['a number that is left out', window(3, 200, 3, 0.5, 5_200)],
  [
    'a further field',
    {
      kind: 'input',
      seq: 2,
      t: 200,
      actor: 3,
      event: Object.assign(measured(0.5, 5_200), { trackSid: 'TR_a' }),
    } satisfies FileLine,
  ],
])('[LOG-1] writes a window with %s in full', (_, line) => {
  const { texts, decoded } = roundTrip([head, window(1, 100, 3, 0.5, 5_100), line]);
  expect(texts[2]).toBe(JSON.stringify(line));
  expect(decoded[2]).toEqual(line);
});

it('[LOG-1] can be read from any part: a head forgets the windows before', () => {
  const encoder = new LineEncoder();
  const before = [head, window(1, 100, 3, 0.5, 5_100), window(2, 200, 3, 0.5, 5_200)];
  for (const line of before) encoder.encode(line);
  const second = [
    { ...head, part: 2 },
    window(3, 300, 3, 0.5, 5_300),
    window(4, 400, 3, 0.5, 5_400),
  ];
  const texts = second.map((line) => encoder.encode(line));
  const decoder = new LineDecoder();
  expect(texts.map((text) => decoder.decode(text))).toEqual(second);
});

const sampled = (seq: number, packets: number, jitterMs: number) => {
  const tracks = ['TR_a', 'TR_b'].map((trackSid) => ({ trackSid, packets, jitterMs }));
  const event = { type: 'stats.sampled', at: 5_000 + 500 * seq, tracks, roundTripTimeMs: null };
  return { line: { kind: 'input', seq, t: 500 * seq, actor: 3, event }, event, tracks } as const;
};

it('[LOG-21] writes an input like the last of its actor as the differences of its numbers', () => {
  const lines = [sampled(1, 10, 3), sampled(2, 35, 2.75), sampled(3, 35, 3)].map(
    ({ line }) => line,
  );
  const { texts, decoded } = roundTrip([head, ...lines]);
  expect(texts.slice(2)).toEqual([
    '[3,500,[500,25,"2.75",25,"2.75"]]',
    '[3,500,[500,0,"3",0,"3"]]',
  ]);
  expect(decoded.slice(1)).toEqual(lines);
});

it.each([
  ['another type', { type: 'stats.failed', at: 1, tracks: [] }],
  ['another text', { type: 'stats.sampled', at: 1, tracks: ['TR_b'] }],
  ['one more in a list', { type: 'stats.sampled', at: 1, tracks: ['TR_a', 'TR_b'] }],
  ['one more field', { type: 'stats.sampled', at: 1, tracks: ['TR_a'], path: 2 }],
  ['nothing in place of a number', { type: 'stats.sampled', at: null, tracks: ['TR_a'] }],
])('[LOG-21] writes an input with %s in full', (_, event) => {
  const first = { type: 'stats.sampled', at: 0, tracks: ['TR_a'] };
  const lines: FileLine[] = [first, event].map((event, index) => {
    return { kind: 'input', seq: index + 1, t: 0, actor: 3, event };
  });
  const { texts, decoded } = roundTrip([head, ...lines]);
  expect(texts[2]).toBe(JSON.stringify(lines[1]));
  expect(decoded[2]).toEqual(lines[1]);
});

it('[LOG-22] writes what was said before in the step, and parts of it, as their places', () => {
  const { line, event, tracks } = sampled(1, 10, 3);
  const polled = { type: 'track.polled', at: 1, stats: tracks[1] };
  const about = { seq: 1, actor: 5 };
  const lines: FileLine[] = [
    line,
    { kind: 'message', ...about, event },
    { kind: 'message', ...about, event: polled },
    { kind: 'command', ...about, event: polled },
    { kind: 'emitted', ...about, event: { all: tracks } },
    { kind: 'emitted', ...about, event: [tracks[1]] },
    { kind: 'emitted', ...about, event: 7 },
    { kind: 'message', seq: 2, actor: 5, event },
  ];
  const { texts, decoded } = roundTrip([head, ...lines]);
  expect(texts.slice(2)).toEqual([
    '{"kind":"message","seq":1,"actor":5,"same":0}',
    '{"kind":"message","seq":1,"actor":5,"event":{"type":"track.polled","at":1},"parts":{"stats":["tracks",1]}}',
    '{"kind":"command","seq":1,"actor":5,"same":1}',
    '{"kind":"emitted","seq":1,"actor":5,"event":{},"parts":{"all":["tracks"]}}',
    JSON.stringify(lines[5]),
    JSON.stringify(lines[6]),
    JSON.stringify(lines[7]),
  ]);
  expect(decoded.slice(1)).toEqual(lines);
});

it('[LOG-22] remembers a few things of a step that says very much', () => {
  const lines = Array.from({ length: 100 }, (_, index): FileLine => {
    return { kind: 'message', seq: 1, actor: 5, event: { type: `said.${index % 50}` } };
  });
  const again = lines.map((line, index) => lines[index % 50] ?? line);
  const { texts, decoded } = roundTrip([head, ...again]);
  expect(texts.filter((text) => text.includes('same'))).toHaveLength(16);
  expect(decoded.slice(1)).toEqual(lines);
});

it('[LOG-22] can be read from a checkpoint on: it forgets what was before', () => {
  const encoder = new LineEncoder();
  const checkpoint: FileLine = {
    ...{ kind: 'checkpoint', seq: 2, t: 1_000, actor: 1, snapshot: {}, timers: [] },
    ...{ timerCount: 0, actors: [], actorCount: 1 },
  };
  const { line, event } = sampled(3, 35, 3);
  const said: FileLine = { kind: 'message', seq: 2, actor: 5, event };
  const before = [head, sampled(1, 10, 3).line, window(2, 900, 4, 0, 5_100), said];
  for (const each of before) encoder.encode(each);
  const rest: FileLine[] = [
    checkpoint,
    said,
    line,
    window(4, 1_600, 4, 0, 5_200),
    window(5, 1_700, 4, 0, 5_300),
  ];
  const decoder = new LineDecoder();
  expect(rest.map((line) => decoder.decode(encoder.encode(line)))).toEqual(rest);
});

/** Any values that JSON holds as they are. */
const plain = fc.jsonValue().filter((value) => findNotJson(value) === undefined);
const event = fc
  .tuple(
    fc.string(),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      plain,
    ),
  )
  .map(([type, rest]) => ({ ...rest, type }));
const count = fc.nat({ max: 1e9 });
const actor = fc.integer({ min: 1, max: 4 });
const someWindow = fc
  .record({ t: count, actor, rms: fc.double({ min: 0, max: 1, noNaN: true }), at: fc.maxSafeNat() })
  .map(({ t, actor, rms, at }) => window(0, t, actor, Math.round(rms * 1e4) / 1e4, at));
/** Said again and again, whole and in parts, as one object. */
const shared = { type: 'shared', one: { a: 1 }, many: [{ b: 2 }, { b: 3 }] };
const sharing = fc.constantFrom(
  shared,
  { type: 'part', one: shared.one },
  { type: 'parts', of: shared.many[1], other: shared.many },
);
/** Of one shape, so that only the numbers of one and the next differ. */
const sample = fc
  .record({ at: fc.maxSafeInteger(), share: fc.double({ noNaN: true, noDefaultInfinity: true }) })
  .filter(({ share }) => !Object.is(share, -0))
  .map(({ at, share }) => ({ type: 'sampled', at, of: [{ share }] }));
const someLine: fc.Arbitrary<FileLine> = fc.oneof(
  { arbitrary: someWindow, weight: 5 },
  fc.record({ kind: fc.constant('input'), seq: count, t: count, actor, event }),
  fc.record({
    kind: fc.constant('input'),
    seq: count,
    t: count,
    actor,
    event: fc.oneof(sample, sharing),
  }),
  fc.record({ kind: fc.constant('message'), seq: fc.nat({ max: 3 }), actor, event: sharing }),
  fc.record({ kind: fc.constant('sent'), seq: count, t: count, actor, event }),
  fc.record({ kind: fc.constant('message'), seq: count, actor, event }),
  fc.record({ kind: fc.constant('command'), seq: count, actor, event }),
  fc.record({ kind: fc.constant('emitted'), seq: count, actor, event: plain }),
  fc.record({ kind: fc.constant('actor'), seq: count, actor, path: fc.string() }),
  fc.record({ kind: fc.constant('ended'), seq: count, actor, status: fc.string(), context: plain }),
  fc.record({ kind: fc.constant('dropped'), count: fc.integer({ min: 1, max: 1e6 }) }),
);

it('[LOG-2] gives back exactly what was written, whatever follows whatever', () => {
  fc.assert(
    fc.property(fc.array(someLine), (lines) => {
      // As the recorder does it: stimuli are counted, and time never goes back.
      let seq = 0;
      let t = 0;
      const log = lines.map((line) => {
        if (!('t' in line)) return 'seq' in line && line.seq < 4 ? { ...line, seq } : line;
        seq += 1;
        t += line.t % 1_000;
        return { ...line, seq, t };
      });
      const { decoded } = roundTrip([head, ...log]);
      expect(isSame(decoded, [head, ...log])).toBe(true);
    }),
    { seed: 20_260_301, numRuns: 500 },
  );
});

it.each([
  ['{"kind":"sent","seq":1', /^not JSON: \{"kind":"sent","seq":1$/],
  ['{"kind":"confetti"}', /^kind: /],
  ['{"kind":"sent","seq":-1,"t":0,"actor":1,"event":{"type":"x"}}', /^seq: /],
  [
    '{"kind":"sent","seq":1,"t":0,"actor":1,"event":{}}',
    /^event: an event is an object with a type$/,
  ],
  ['{"kind":"message","seq":1,"actor":1}', /^event: an event with a type, or the place/],
  ['{"kind":"message","seq":1,"actor":1,"same":0}', /^event: an event with a type, or the place/],
  ['{"kind":"message","seq":1,"actor":1,"event":{},"parts":{"a":["b"]}}', /^parts\.a: its step/],
  ['[1,2,[3]]', /^1 differences to an input of actor 1 that does not fit them$/],
  ['[1,2,["x"]]', /./],
  ['{"kind":"actor","seq":1,"actor":1,"path":"a","more":1}', /more/],
  ['[1,2]', /./],
  ['[1,-2,3]', /^found \[1,-2,3\], expected an input in short: /],
  ['[1,2,3]', /^a window of actor 1, which had none before$/],
  ['null', /./],
  [
    JSON.stringify({ ...head, version: 1 }),
    /^version: the log is of version 1, and this greenroom reads version 2$/,
  ],
  [
    '{"kind":"head","version":3,"new":1}',
    /^version: the log is of version 3, and this greenroom reads version 2$/,
  ],
])('[LOG-3] says what is wrong with %s', (text, message) => {
  expect(() => new LineDecoder().decode(text)).toThrow(
    expect.objectContaining({
      code: 'E_LOG_FORMAT',
      message: expect.stringMatching(message) as unknown,
    }),
  );
});
