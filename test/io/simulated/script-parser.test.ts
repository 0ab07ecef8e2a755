import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblems, parseScript } from '../../../src/io/simulated/script-parser.ts';
import { formatScript, formatStep, type Happening } from '../../../src/io/simulated/script.ts';
import { arbitraryScript } from '../../support/arbitrary-script.ts';

const alice = { identity: 'alice' };

/** What alice does, once she is inside with a microphone and a camera. */
const deeds: readonly (readonly [line: string, happening: Happening])[] = [
  ['alice leaves', { type: 'leave', ...alice }],
  ['alice drops', { type: 'drop', ...alice }],
  ['alice freezes for 4s', { type: 'freeze', ...alice, durationMs: 4_000 }],
  ['alice speaks', { type: 'speak', ...alice, level: 0.1, durationMs: null }],
  ['alice speaks for 3s at 0.2', { type: 'speak', ...alice, level: 0.2, durationMs: 3_000 }],
  ['alice speaks for 1.5s', { type: 'speak', ...alice, level: 0.1, durationMs: 1_500 }],
  ['alice stops speaking', { type: 'hush', ...alice }],
  ['alice mutes', { type: 'mute', ...alice, source: 'microphone' }],
  ['alice mutes camera', { type: 'mute', ...alice, source: 'camera' }],
  ['alice unmutes microphone', { type: 'unmute', ...alice, source: 'microphone' }],
  ['alice turns camera off', { type: 'turnCamera', ...alice, on: false }],
  [
    'alice publishes screen_share encrypted',
    { type: 'publish', ...alice, source: 'screen_share', encrypted: true },
  ],
  ['alice unpublishes camera', { type: 'unpublish', ...alice, source: 'camera' }],
  [
    'alice stalls camera for 2m',
    { type: 'stall', ...alice, source: 'camera', durationMs: 120_000 },
  ],
  [
    'alice has poor quality from loss',
    { type: 'changeQuality', ...alice, quality: 'poor', cause: 'loss' },
  ],
  [
    'alice sends data on topic chat: a: "b" # c',
    { type: 'sendData', ...alice, topic: 'chat', text: 'a: "b" # c' },
  ],
  [
    String.raw`alice sends text on topic "my topic": "two\nlines"`,
    { type: 'sendText', ...alice, topic: 'my topic', text: 'two\nlines' },
  ],
  [
    'alice sends 20000 bytes on topic blob',
    { type: 'sendBytes', ...alice, topic: 'blob', sizeBytes: 20_000 },
  ],
  ['alice sets metadata: vip', { type: 'setMetadata', ...alice, metadata: 'vip' }],
  ['alice sets attribute seat: 4', { type: 'setAttribute', ...alice, key: 'seat', value: '4' }],
  ['room sets metadata: {"a":1}', { type: 'setRoomMetadata', metadata: '{"a":1}' }],
  ['room deleted', { type: 'endRoom', how: 'deleted' }],
  ['agent removed', { type: 'endAgents', how: 'removed' }],
  ['own connection restarts', { type: 'ownConnection', course: 'restarts' }],
  ['server refuses joins for 20s', { type: 'refuse', what: 'joins', durationMs: 20_000 }],
  ['server refuses lists for 2s', { type: 'refuse', what: 'lists', durationMs: 2_000 }],
  ['server stops', { type: 'stopServer' }],
];

function problemsOf(text: string): string[] {
  const result = parseScript(text);
  return result.ok ? [] : formatProblems(result.problems).split('\n');
}

describe('reading a script', () => {
  it.each(deeds)('[SCR-1] reads "%s"', (line, happening) => {
    const text = `0:00 alice joins with microphone and camera\n1:02.5 ${line}\n`;
    const result = parseScript(text);
    expect(result.ok ? result.script[1] : result.problems).toEqual({ atMs: 62_500, happening });
  });

  it.each([
    ['alice joins', 'standard', ['microphone']],
    ['alice joins with nothing', 'standard', []],
    ['alice joins as sip', 'sip', ['microphone']],
    ['alice joins as agent with camera and microphone', 'agent', ['camera', 'microphone']],
  ])('[SCR-2] reads "%s"', (line, kind, sources) => {
    const result = parseScript(`0:00 ${line}`);
    const happening = { type: 'join', ...alice, kind, sources };
    expect(result).toEqual({ ok: true, script: [{ atMs: 0, happening }] });
  });

  it('[SCR-3] passes over comments and empty lines, in any line ending', () => {
    const result = parseScript('# a day\r\n\r\n  0:01   "agent"   joins  \r\n\t# end\n');
    expect(result).toMatchObject({ ok: true, script: [{ atMs: 1_000 }] });
  });
});

describe('mistakes in a script', () => {
  it('[SCR-5] are told all at once, with place, finding and expectation', () => {
    const text = [
      '0:01 alice joins',
      '7 alice speaks',
      '0:02 alice speaks for 3 s',
      '0:03 alice muts',
      '0:04 alice has bad quality',
    ].join('\n');
    const verbs =
      'joins, leaves, drops, returns, freezes, speaks, stops, mutes, unmutes, turns, publishes, unpublishes, stalls, has, sends, sets';
    expect(problemsOf(text)).toEqual([
      '2:1: found "7", expected a time such as 0:07 or 1:02.500, up to 9999:59',
      '3:23: found "3", expected a duration such as 400ms, 1.5s or 2m, at most a day',
      `4:12: found "muts", expected one of ${verbs}`,
      '5:16: found "bad", expected one of excellent, good, poor, lost',
    ]);
  });

  it.each([
    ['0:60 alice joins', '1:1: found "0:60", expected a time such as'],
    ['0:01', '1:5: found the end of the line, expected the name of a participant'],
    ['0:01 alice', '1:11: found the end of the line, expected one of joins'],
    ['0:01 "" joins', '1:6: found "", expected a name that is not empty'],
    ['0:01 "alice joins', '1:6: found "alice joins, expected a JSON string'],
    [String.raw`0:01 "al\ice" joins`, String.raw`1:6: found "al\ice", expected a JSON string`],
    ['0:01 alice joins now', '1:18: found "now", expected the end of the line'],
    ['0:01 alice joins: hello', '1:17: found a colon, expected the end of the line'],
    ['0:01 alice joins with camera and camera', '1:34: found "camera", expected one of microphone'],
    ['0:01 alice joins with', '1:22: found the end of the line, expected one of microphone'],
    ['0:01 alice sends data on topic x', '1:33: found the end of the line, expected a colon'],
    ['0:01 alice sends data on topic x: "y', '1:35: found "y, expected a JSON string'],
    ['0:01 alice sends 0 bytes on topic x', '1:18: found "0", expected a number of bytes from 1'],
    ['0:01 alice sends 70000 bytes on topic x', '1:18: found "70000", expected a number of bytes'],
    ['0:01 alice speaks at 0.9', '1:22: found "0.9", expected a level over 0 and up to 0.7'],
    ['0:01 alice freezes for 0s', '1:24: found "0s", expected a duration'],
    ['0:01 own connection', '1:20: found the end of the line, expected one of resumes'],
    ['0:01 room "deleted"', '1:11: found "deleted", expected one of deleted, closed, sets'],
    [`0:01 ${'a'.repeat(100)}b cd`, '1:108: found "cd", expected one of joins'],
  ])('[SCR-6] "%s"', (line, problem) => {
    expect(problemsOf(line)[0]).toContain(problem);
  });

  it.each([
    ['0:02 alice speaks', '1:1: found alice never joined, expected somebody inside'],
    ['0:02 alice returns', '1:1: found alice never joined, expected somebody dropped or gone'],
    ['0:02 alice joins\n0:03 alice joins', '2:1: found alice inside, expected somebody outside'],
    ['0:02 alice joins\n0:01 alice leaves', '2:1: found 0:01, expected a time not before 0:02'],
    ['0:01 alice joins\n0:02 alice drops\n0:03 alice speaks', '3:1: found alice dropped'],
    ['0:01 alice joins\n0:02 room deleted\n0:03 alice leaves', '3:1: found alice gone'],
    ['0:01 alice joins\n0:02 alice mutes camera', '2:1: found alice without camera'],
    ['0:01 alice joins\n0:02 alice publishes microphone', '2:1: found alice with microphone'],
    [
      '0:01 alice joins\n0:02 alice freezes for 4s\n0:05 alice speaks',
      '3:1: found alice frozen, expected nothing of this participant before 0:07',
    ],
    ['0:01 server stops\n0:02 alice joins', '2:1: found a step, expected nothing after'],
  ])('[SCR-7] what cannot happen where it stands: %j', (text, problem) => {
    expect(problemsOf(text)[0]).toContain(problem);
  });

  it('[SCR-8] a script that nobody wrote by hand is refused as a whole', () => {
    expect(problemsOf('\n'.repeat(20_000))).toEqual([
      '10001:1: found 20001 lines, expected at most 10000',
    ]);
  });

  it('[SCR-9] any text gives a script or problems with a place', () => {
    const words = fc.constantFrom(
      '0:01',
      'alice',
      'joins',
      '"',
      ':',
      'sends',
      '\\',
      '__proto__',
      'own',
    );
    const lines = fc.array(fc.oneof(words, fc.string()), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 5 }), (texts) => {
        const text = texts.map((line) => line.join(' ')).join('\n');
        for (const problem of problemsOf(text)) expect(problem).toMatch(/^\d+:\d+: found /);
      }),
      { seed: 9 },
    );
  });
});

describe('writing a script', () => {
  it('[SCR-10] gives what the parser reads as the same script', () => {
    fc.assert(
      fc.property(arbitraryScript, (script) => {
        expect(parseScript(formatScript(script))).toEqual({ ok: true, script });
      }),
      { seed: 10, numRuns: 300 },
    );
  });

  it('[SCR-11] is plain where it can be', () => {
    const happening: Happening = {
      type: 'sendData',
      identity: 'agent',
      topic: 'x',
      text: 'hi: you',
    };
    expect(formatStep({ atMs: 4_507_250, happening })).toBe(
      '75:07.250 "agent" sends data on topic x: hi: you',
    );
  });
});
