import { describe, expect, it } from 'vitest';
import { excerptOf } from '../../../src/machines/room/excerpt.logic.ts';
import {
  countData,
  countStream,
  countThrottled,
  noMessages,
  tallyBy,
  type MessageTally,
} from '../../../src/machines/room/message-tally.logic.ts';
import { refOf } from '../../support/room-facts.ts';
import { T0 } from '../../support/session-facts.ts';

type Data = Parameters<typeof countData>[1];

const data = (text: string | null, more: Partial<Data> = {}): Data => ({
  type: 'data.received',
  at: T0,
  sender: refOf('alice'),
  topic: 'chat',
  sizeBytes: 10,
  text,
  truncated: false,
  ...more,
});

const countAll = (...facts: Data[]): MessageTally => facts.reduce(countData, noMessages);

const formatOf = (text: string | null, more: Partial<Data> = {}) =>
  countAll(data(text, more)).last[0]?.format;

describe('messages', () => {
  it.each([
    ['{"type":"chat"}', 'json'],
    [' [1, 2]', 'json'],
    ['hello', 'text'],
    ['', 'text'],
    // What people write in a chat.
    ['42', 'text'],
    ['"quoted"', 'text'],
    ['{not json', 'text'],
    ['['.repeat(16_000), 'text'],
    ['['.repeat(8_000) + ']'.repeat(8_000), 'json'],
    [null, 'binary'],
  ])('[RAN-9] tells the format of %j', (text, format) => {
    expect(formatOf(text)).toBe(format);
  });

  it('[RAN-9] does not guess what was cut', () => {
    expect(formatOf('{"a":', { truncated: true })).toBe('truncated');
  });

  it('[RAN-9] are counted by sender and topic', () => {
    const tally = countAll(
      data('hello'),
      data('{}'),
      data('{}', { topic: 'state', sender: null }),
      data(null, { sender: refOf('bob') }),
    );
    expect(tally).toMatchObject({ messages: 4, bytes: 40 });
    expect(tallyBy(tally, 'topic', 5)).toMatchObject([
      { name: 'chat', messages: 3, bytes: 30, formats: { json: 1, text: 1, binary: 1 } },
      { name: 'state', messages: 1, formats: { json: 1 } },
    ]);
    expect(tallyBy(tally, 'sender', 1)).toMatchObject([{ name: 'alice', messages: 2 }]);
    expect(tallyBy(tally, 'sender', 5)).toContainEqual(expect.objectContaining({ name: null }));
  });

  it('[RAN-9] that were throttled count too, without a topic; text streams by themselves', () => {
    const throttled = countThrottled(noMessages, {
      type: 'data.throttled',
      at: T0,
      sender: refOf('alice'),
      messages: 9_000,
      sizeBytes: 90_000,
    });
    const tally = countStream(throttled, {
      type: 'text.received',
      at: T0,
      senderIdentity: 'bob',
      topic: 'lk.transcription',
      text: 'hello',
      truncated: false,
      attributes: {},
    });
    expect(tally).toMatchObject({
      messages: 9_000,
      bytes: 90_000,
      throttled: 9_000,
      textStreams: 1,
      last: [{ sender: 'bob', format: 'stream', excerpt: 'hello' }],
    });
    expect(tallyBy(tally, 'topic', 5)).toMatchObject([
      { name: null, messages: 9_000 },
      { name: 'lk.transcription', messages: 1, formats: { stream: 1 } },
    ]);
  });

  it('[RAN-10] keep only the beginnings of the last 20', () => {
    const tally = countAll(
      ...Array.from({ length: 30 }, (_, n) => data(`${n} ${'x'.repeat(999)}`)),
    );
    expect(tally.last).toHaveLength(20);
    expect(tally.last[19]?.excerpt).toBe(`29 ${'x'.repeat(117)}…`);
  });

  it('[RAN-10] of more senders and topics than are kept are counted together, the fewest first', () => {
    const busy = [data('a', { topic: 'busy' }), data('b', { topic: 'busy' })];
    const noise = Array.from({ length: 3_000 }, (_, n) => data('c', { topic: `topic-${n}` }));
    const tally = countAll(...busy, ...noise);
    const kept = tally.bySenderTopic.flat();
    expect(kept.length).toBeLessThanOrEqual(1_024);
    expect(tallyBy(tally, 'topic', 1)).toMatchObject([{ name: 'busy', messages: 2 }]);
    const counted = kept.reduce((sum, { messages }) => sum + messages, tally.other.messages);
    expect(counted).toBe(3_002);
  });
});

it('[RAN-10] an excerpt ends with a whole character', () => {
  expect(excerptOf('abc', 3)).toBe('abc');
  expect(excerptOf('ab\u{1f600}', 3)).toBe('ab…');
  expect(excerptOf('ab\u{1f600}', 4)).toBe('ab\u{1f600}');
});
