import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LevelMeasured } from '../../../src/machines/events.ts';
import type { FileLine } from '../../../src/io/event-log/log-line.ts';
import { LineDecoder, LineEncoder } from '../../../src/io/event-log/log-line.codec.ts';
import { findNotJson, isSame } from '../../../src/io/event-log/plain-json.ts';

const head: FileLine = {
  kind: 'head',
  version: 1,
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
const someLine: fc.Arbitrary<FileLine> = fc.oneof(
  { arbitrary: someWindow, weight: 5 },
  fc.record({ kind: fc.constant('input'), seq: count, t: count, actor, event }),
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
        if (!('t' in line)) return line;
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
  ['{"kind":"sent","seq":1,"t":0,"actor":1,"event":{}}', /^event\.type: /],
  ['{"kind":"actor","seq":1,"actor":1,"path":"a","more":1}', /more/],
  ['[1,2]', /./],
  ['[1,-2,3]', /^1: /],
  ['[1,2,3]', /^a window of actor 1, which had none before$/],
  ['null', /./],
  [JSON.stringify({ ...head, version: 2 }), /^version: /],
])('[LOG-3] says what is wrong with %s', (text, message) => {
  expect(() => new LineDecoder().decode(text)).toThrow(
    expect.objectContaining({
      code: 'E_LOG_FORMAT',
      message: expect.stringMatching(message) as unknown,
    }),
  );
});
