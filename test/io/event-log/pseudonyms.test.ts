import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { machineOfLog } from '../../../src/io/compose/log-machines.ts';
import type { FileLine, LogHead, LogLine } from '../../../src/io/event-log/log-line.ts';
import { LineEncoder } from '../../../src/io/event-log/log-line.codec.ts';
import { Pseudonyms } from '../../../src/io/event-log/pseudonyms.ts';
import { replay } from '../../../src/io/replay/replayer.ts';
import { readHead, readWholeLog } from '../../support/event-log/log-folder.ts';
import { goldenAgents, goldenFolder } from '../../support/golden-cases.ts';

const names = (await readdir(goldenFolder)).filter((name) => name.endsWith('.1.jsonl'));

const head: LogHead = {
  rootId: 'job',
  startedAt: 0,
  agent: 'greeter',
  input: { room: { name: 'ward 7', sid: '' }, metadata: { participant_identity: 'alice smith' } },
  settings: { LEVEL: 'alice smith' },
  versions: {},
  fingerprints: {},
};

const said = (event: { readonly type: string; readonly [field: string]: unknown }): LogLine => ({
  kind: 'input',
  seq: 1,
  t: 0,
  actor: 2,
  event,
});

/** What it does depends on what is said, and not only on who says it. */
const readers = ['conversation-monitor.1.jsonl', 'conversation-analyst.1.jsonl'];

it.each(names)('[LOG-24] replaces people in %s, which replays as it was', async (name) => {
  const path = join(goldenFolder, name);
  const pseudonyms = new Pseudonyms();
  const lines = (await readWholeLog(path)).map((line): FileLine => {
    if (line.kind === 'head') return { ...line, ...pseudonyms.head(line) };
    if (line.kind === 'torn') throw new Error('torn');
    if (line.kind === 'end' || line.kind === 'dropped' || line.kind === 'problem') return line;
    return pseudonyms.line(line);
  });
  const encoder = new LineEncoder();
  const text = lines.map((line) => encoder.encode(line)).join('\n');
  expect(/.{0,60}\b(alice|bob|carol|golden|good morning)\b.{0,20}/.exec(text)?.[0]).toBe(undefined);
  if (readers.includes(name)) return;
  const machine = machineOfLog(await readHead(path), goldenAgents);
  const { divergence } = await replay(lines, machine);
  expect(divergence).toBe(undefined);
});

it('[LOG-24] replaces names alone, in paths and in texts, and nothing that only looks like one', () => {
  const pseudonyms = new Pseudonyms();
  const { input, settings } = pseudonyms.head(head);
  const text = JSON.stringify(input);
  expect(text).not.toMatch(/alice|ward/);
  expect(settings).toBe(head.settings);
  const [, who = ''] = /"participant_identity":"(p_[0-9a-f]{16})"/.exec(text) ?? [];
  expect(
    pseudonyms.line(
      said({
        type: 'said',
        identity: 'alice smith',
        text: 'my secret',
        metadata: '',
        attributes: { mood: 'sad', 'lk.agent.state': 'idle' },
        note: 'Hello alice smith, not alice smithson',
      }),
    ),
  ).toMatchObject({
    event: {
      type: 'said',
      identity: who,
      text: expect.stringMatching(/^p_/) as unknown,
      metadata: '',
      attributes: { mood: expect.stringMatching(/^p_/) as unknown, 'lk.agent.state': 'idle' },
      note: `Hello ${who}, not alice smithson`,
    },
  });
  const path = 'job/agent/participant:alice smith/track:TR_1';
  expect(pseudonyms.line({ kind: 'actor', seq: 1, actor: 3, path })).toMatchObject({
    path: `job/agent/participant:${who}/track:TR_1`,
  });
});

it.each(['a-b', 'a.b+c', '(a|b)', '[a]', 'a^$', 'a\\\\b', '{a}', '50%'])(
  '[LOG-24] takes the identity %s as it is written',
  (identity) => {
    const pseudonyms = new Pseudonyms();
    pseudonyms.line(said({ type: 'came', identity }));
    const { event } = {
      event: {},
      ...pseudonyms.line(said({ type: 'x', note: `I am ${identity}!` })),
    };
    expect(event).toMatchObject({
      note: expect.stringMatching(/^I am p_[0-9a-f]{16}!$/) as unknown,
    });
  },
);

it('[LOG-24] knows an identity with a slash in the path of its actor', () => {
  const pseudonyms = new Pseudonyms();
  const first = pseudonyms.line(said({ type: 'came', identity: 'a/b%' }));
  const path = 'job/participant:a%2Fb%25';
  const actor = pseudonyms.line({ kind: 'actor', seq: 1, actor: 3, path });
  const [word] = /p_[0-9a-f]{16}/.exec(JSON.stringify(first)) ?? [];
  expect(actor).toMatchObject({ path: `job/participant:${word ?? 'none'}` });
});

it('[LOG-24] replaces names in the keys of a checkpoint, where the actors of people stand', () => {
  const pseudonyms = new Pseudonyms();
  pseudonyms.head(head);
  const child = { snapshot: { context: { identity: 'alice smith' } } };
  const line = pseudonyms.line({
    kind: 'checkpoint',
    seq: 1,
    actor: 1,
    t: 0,
    snapshot: { children: { 'participant:alice smith': child } },
    timers: [],
    timerCount: 0,
    actors: [],
    actorCount: 0,
  });
  expect(JSON.stringify(line)).toMatch(
    /"children":\{"participant:(p_[\da-f]{16})":.*"identity":"\1"/,
  );
});

it('[LOG-24] leaves the words of the protocol, also where somebody says one', () => {
  const pseudonyms = new Pseudonyms();
  pseudonyms.line(said({ type: 'data.received', text: 'valid' }));
  const sealed = said({ type: 'data.received', text: '', seal: 'valid', kind: 'sip' });
  expect(pseudonyms.line(sealed)).toEqual(sealed);
});

it('[LOG-24] has other words in another log', () => {
  const [one, other] = [new Pseudonyms(), new Pseudonyms()].map((each) => each.head(head).input);
  expect(one).not.toEqual(other);
});

it('[LOG-24] keeps what is one object in a step one object', () => {
  const pseudonyms = new Pseudonyms();
  const event = { type: 'came', identity: 'alice' };
  const input = pseudonyms.line(said(event));
  const message = pseudonyms.line({ kind: 'message', seq: 1, actor: 3, event });
  expect('event' in input && 'event' in message && input.event === message.event).toBe(true);
});

it('[LOG-24] leaves agents their names', () => {
  const pseudonyms = new Pseudonyms();
  const agent = { identity: 'agent-7', kind: 'agent', name: 'greeter', attributes: {} };
  const event = { type: 'roster.listed', participants: [agent] };
  expect(pseudonyms.line(said(event))).toEqual(said(event));
});

it('[LOG-32] replaces whoever comes after thousands of others, and the room of the log to its end', () => {
  const pseudonyms = new Pseudonyms();
  pseudonyms.head(head);
  for (let seq = 1; seq <= 12_000; seq += 1) {
    const event = { type: 'came', identity: `guest-${seq}`, name: `Guest ${seq}` };
    pseudonyms.line({ ...said(event), seq });
  }
  const note = 'guest-12000 (Guest 12000) is in ward 7';
  const noted = pseudonyms.line({ ...said({ type: 'noted', note }), seq: 12_001 });
  expect(noted).toMatchObject({
    event: { note: expect.stringMatching(/^p_\w+ \(p_\w+\) is in p_\w+$/) as unknown },
  });
  const path = 'job/agent/participant:guest-1/track:TR_1';
  expect(pseudonyms.line({ kind: 'actor', seq: 12_001, actor: 3, path })).toMatchObject({
    path: expect.stringMatching(/^job\/agent\/participant:p_\w+\/track:TR_1$/) as unknown,
  });
});

it('[LOG-33] replaces everybody in a line that names more than are remembered', () => {
  const pseudonyms = new Pseudonyms();
  const people = Array.from({ length: 12_000 }, (_, index) => ({
    identity: `guest-${index}`,
    name: `Guest ${index}`,
  }));
  const line = pseudonyms.line(said({ type: 'listed', people, note: 'Guest 0 and Guest 11999' }));
  expect(JSON.stringify(line)).not.toMatch(/guest/i);
});
