import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../../src/machines/conversation/conversation-item.ts';
import {
  MAX_MESSAGE_BYTES,
  SEAL_BYTES,
  readMessage,
  toMessages,
} from '../../../src/machines/conversation/item-message.logic.ts';
import {
  readReplayRequest,
  toReplayRequest,
} from '../../../src/machines/conversation/replay-request.logic.ts';
import { T0 } from '../../support/session-facts.ts';

const signer = { agent: 'conversation-monitor', jobId: 'AJ_1' };

const spoken: ConversationItem = {
  seq: 7,
  participant: 'alice',
  content: 'good morning',
  at: T0 + 1,
  type: 'transcription',
  metadata: { sender: 'alice', topic: 'transcription' },
};

const textsOf = (item: ConversationItem): readonly string[] =>
  toMessages(item, signer).map((payload) => JSON.stringify(payload));

const sizeOf = (text: string): number => new TextEncoder().encode(text).byteLength;

/** The texts of the parts of one item, each read again. */
const readAll = (item: ConversationItem) =>
  textsOf(item).map((text) => {
    expect(sizeOf(text) + SEAL_BYTES).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    const read = readMessage(text);
    if (!read.ok) throw new Error(read.problem);
    return read.message;
  });

describe('an item as data messages', () => {
  it('[CNV-1] is one JSON object that names its sender and its place', () => {
    expect(toMessages(spoken, signer)).toEqual([
      {
        participant: 'alice',
        content: 'good morning',
        timestamp: '2023-11-14T22:13:20.001Z',
        type: 'transcription',
        metadata: { sender: 'alice', topic: 'transcription' },
        version: 1,
        agent: 'conversation-monitor',
        job_id: 'AJ_1',
        seq: 7,
      },
    ]);
  });

  it('[CNV-1] is read as it was written', () => {
    expect(readAll(spoken)).toEqual([{ ...signer, item: spoken, part: 1, parts: 1 }]);
  });

  it('[CNV-2] is split where it is larger than a packet', () => {
    const parts = readAll({ ...spoken, content: 'a'.repeat(40_000) });
    expect(parts.map(({ part, parts: of }) => `${part}/${of}`)).toEqual(['1/3', '2/3', '3/3']);
    expect(new Set(parts.map(({ item }) => item.seq))).toEqual(new Set([7]));
  });

  it('[CNV-2] gives back any text from its parts, and cuts no character in two', () => {
    const character = fc.constantFrom('a', '"', '\\', '\n', '\u0000', 'ü', '€', '😀', '\ud800');
    const content = fc
      .array(character, { minLength: 1, maxLength: 40 })
      .chain((pattern) =>
        fc
          .integer({ min: 1, max: 16_000 })
          .map((length) => pattern.join('').repeat(16_000).slice(0, length)),
      );
    fc.assert(
      fc.property(content, (text) => {
        const parts = readAll({ ...spoken, content: text });
        expect(parts.map(({ item }) => item.content).join('')).toBe(text);
        for (const { item } of parts.slice(1)) {
          const previousEnd = parts[parts.findIndex((part) => part.item === item) - 1];
          const cut = `${previousEnd?.item.content.at(-1) ?? ''}${item.content.charAt(0)}`;
          expect(cut).not.toMatch(/^[\ud800-\udbff][\udc00-\udfff]$/);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['nothing', ''],
    ['no object', '[1]'],
    ['another version', { version: 2 }],
    ['no text', { content: 5 }],
    ['nobody', { participant: null }],
    ['no signature', { agent: undefined }],
    ['no place', { seq: 0 }],
    ['a place between two', { seq: 1.5 }],
    ['a part beyond its parts', { part: 3, parts: 2 }],
    ['too many parts', { part: 1, parts: 1_000 }],
    ['an unknown type', { type: 'gossip' }],
    ['a time in words', { timestamp: 'now' }],
    ['a time that is none', { timestamp: '2023-13-45T22:13:20.001Z' }],
    ['metadata that are nested', { metadata: { a: { b: 1 } } }],
    ['metadata that are a list', { metadata: [] }],
  ])('[CNV-3] is not read from %s', (_, change) => {
    const [whole] = toMessages(spoken, signer);
    const text = typeof change === 'string' ? change : JSON.stringify({ ...whole, ...change });
    expect(readMessage(text)).toMatchObject({ ok: false });
  });

  it('[CNV-3] is not read where a number is none that JSON can write again', () => {
    const [text = ''] = textsOf({ ...spoken, metadata: { score: 0 } });
    expect(readMessage(text)).toMatchObject({ ok: true });
    for (const number of ['1e999', '-0']) {
      const changed = text.replace('"score":0', `"score":${number}`);
      expect(readMessage(changed)).toEqual({ ok: false, problem: 'metadata is not flat' });
    }
  });
});

describe('a request for items', () => {
  const asked = { after: 12, replyTo: 'agent-AJ_2', jobId: 'AJ_1' };

  it.each([asked, { ...asked, jobId: null }])('[CNV-4] is read as it was written', (request) => {
    expect(readReplayRequest(JSON.stringify(toReplayRequest(request)))).toEqual(request);
  });

  it.each([
    { version: 2 },
    { after: -1 },
    { after: '1' },
    { reply_to: '' },
    { reply_to: 'x'.repeat(257) },
    { reply_to: undefined },
    { job_id: 5 },
  ])('[CNV-4] is none with %j', (change) => {
    expect(readReplayRequest(JSON.stringify({ ...toReplayRequest(asked), ...change }))).toBeNull();
  });
});
