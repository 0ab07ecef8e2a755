import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  giveUpAll,
  giveUpGap,
  hasGap,
  hear,
  noStream,
  SILENT_MS,
  type ItemStream,
} from '../../../src/machines/analysis/item-stream.logic.ts';
import {
  toMessages,
  readMessage,
  type ItemMessage,
} from '../../../src/machines/conversation/item-message.logic.ts';
import { conversationItem } from '../../support/analyst-stage.ts';
import { T0 } from '../../support/session-facts.ts';

const messagesOf = (seq: number, content = `item ${seq}`, jobId = 'AJ_mon'): ItemMessage[] =>
  toMessages(conversationItem(seq, content), { agent: 'conversation-monitor', jobId }).map(
    (payload) => {
      const read = readMessage(JSON.stringify(payload));
      if (!read.ok) throw new Error(read.problem);
      return read.message;
    },
  );

function hearAll(messages: readonly ItemMessage[], before: ItemStream = noStream, at = T0) {
  let stream = before;
  const items = messages.flatMap((message) => {
    const heard = hear(stream, message, at);
    stream = heard.stream;
    return heard.items;
  });
  return { stream, seqs: items.map(({ seq }) => seq), items };
}

describe('the items of a monitor', () => {
  it('[CAN-9] come in order and once each, however their messages come', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        fc.array(fc.integer({ min: 1, max: 30 })),
        (order, again) => {
          const { stream, seqs } = hearAll([...order, ...again].flatMap((seq) => messagesOf(seq)));
          expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1));
          const all = [...seqs, ...giveUpAll(stream).items.map(({ seq }) => seq)];
          const heard = [...new Set([...order, ...again])].toSorted((a, b) => a - b);
          expect(all).toEqual(heard);
          const { missing, items } = giveUpAll(stream).stream.counts;
          expect(missing).toBe((heard.at(-1) ?? 0) - heard.length);
          expect(items).toBe(heard.length);
        },
      ),
    );
  });

  it('[CAN-9] are put together from parts, in whatever order', () => {
    const content = 'é😀'.repeat(8_000);
    const parts = messagesOf(1, content);
    expect(parts.length).toBeGreaterThan(2);
    const { items, stream } = hearAll([...parts.toReversed(), ...parts]);
    expect(items.map((item) => item.content)).toEqual([content]);
    expect(stream.partial).toEqual([]);
  });

  it('[CAN-9] whose parts never all come are missing in the end', () => {
    const [first] = messagesOf(1, 'x'.repeat(20_000));
    const { stream } = hearAll(first ? [first] : []);
    expect(giveUpAll(stream)).toMatchObject({ items: [], stream: { counts: { missing: 1 } } });
  });

  it('[CAN-10] wait behind a gap until it is given up', () => {
    const { stream, seqs } = hearAll([1, 4, 6].flatMap((seq) => messagesOf(seq)));
    expect(seqs).toEqual([1]);
    expect(hasGap(stream)).toBe(true);
    const once = giveUpGap(stream);
    expect(once.items.map(({ seq }) => seq)).toEqual([4]);
    expect(once.stream.counts.missing).toBe(2);
    expect(giveUpGap(once.stream).stream.counts.missing).toBe(3);
  });

  it('[CAN-10] keep no more than 200 behind a gap, 1 MiB of text, and 20 in parts', () => {
    const many = Array.from({ length: 300 }, (_, index) => index + 2);
    const { stream, seqs } = hearAll(many.flatMap((seq) => messagesOf(seq)));
    expect(seqs).toHaveLength(300);
    expect(stream.counts.missing).toBe(1);
    const long = hearAll(many.slice(0, 80).flatMap((seq) => messagesOf(seq, 'x'.repeat(16_000))));
    expect(long.seqs.length).toBeGreaterThan(60);
    const halves = many
      .slice(0, 30)
      .flatMap((seq) => messagesOf(seq, 'x'.repeat(16_000)).slice(0, 1));
    expect(hearAll(halves).stream.partial).toHaveLength(20);
  });

  it('[CAN-11] are those of the first monitor, until it is silent', () => {
    const { stream } = hearAll([...messagesOf(1), ...messagesOf(1, 'other', 'AJ_b')]);
    expect(stream).toMatchObject({ jobId: 'AJ_mon', counts: { items: 1, ofOthers: 1 } });
    const later = hearAll(messagesOf(9, 'other', 'AJ_b'), stream, T0 + SILENT_MS);
    expect(later.seqs).toEqual([9]);
    expect(later.stream).toMatchObject({
      jobId: 'AJ_b',
      next: 10,
      counts: { changes: 1, missing: 0 },
    });
  });
});
