import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outgoingWebhook } from '../../support/outgoing-webhook.ts';
import { HOOK, WebhookStage } from '../../support/webhook-stage.ts';

const OTHER = 'https://other.example.com/';
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('order', () => {
  it('[WHK-10] brings those of a room one after the other, and rooms side by side', async () => {
    const stage = new WebhookStage(({ room }) => ({ afterMs: room === 'slow' ? 5 * SECOND : 0 }));
    for (const seq of range(1, 3)) {
      stage.send('slow', seq);
      stage.send('quick', seq);
    }
    await stage.pass(SECOND);
    expect(stage.seqs('slow')).toEqual([1]);
    expect(stage.seqs('quick')).toEqual([1, 2, 3]);
    await stage.pass(15 * SECOND);
    expect(stage.seqs('slow')).toEqual([1, 2, 3]);
    expect(stage.count('delivered')).toBe(6);
    expect(stage.dispatcher.queuedCount).toBe(0);
  });

  it('[WHK-11] tries again with longer and longer waits, and the room waits for it', async () => {
    const stage = new WebhookStage(({ nth }) => (nth < 4 ? 500 : 200));
    stage.send('support', 1);
    stage.send('support', 2);
    await stage.pass(60 * SECOND);
    expect(stage.seqs()).toEqual([1, 1, 1, 1, 2]);
    // Half of 1, 2 and 4 s, and half of that other half, since chance says 0.5.
    expect(stage.tries.map(({ atMs }) => atMs)).toEqual([0, 750, 2_250, 5_250, 5_250]);
    expect(new Set(stage.tries.slice(0, 4).map(({ id }) => id)).size).toBe(1);
    expect(stage.settled).toEqual(['delivered', 'delivered']);
    expect(stage.troubles).toEqual([]);
  });

  it('[WHK-12] gives one up after eight tries, and goes on with the next of its room', async () => {
    const stage = new WebhookStage(({ room, seq }) =>
      room === 'support' && seq === 1 ? 500 : 200,
    );
    stage.send('support', 1);
    stage.send('support', 2);
    for (const second of range(1, 600)) {
      // Another room shows that the target lives.
      stage.send('other', second);
      await stage.pass(SECOND);
    }
    expect(stage.seqs()).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2]);
    expect(stage.count('failed')).toBe(1);
    expect(stage.count('delivered')).toBe(601);
    expect(stage.troubles).toEqual([
      {
        target: 'https://hooks.example.com',
        reason: 'answered 500',
        lost: { failed: 1, refused: 0, dropped: 0 },
        queued: 1,
      },
    ]);
  });

  it('[WHK-10] keeps the order of each room and loses none, whatever fails', async () => {
    const outcomes = fc.constantFrom(200, 200, 200, 500, 503, 429, 408);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ room: fc.constantFrom('a', 'b', 'c'), gapMs: fc.nat(3_000) }), {
          maxLength: 40,
        }),
        fc.array(fc.record({ status: outcomes, afterMs: fc.nat(9_000) }), { minLength: 1 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        async (sends, answers, chance) => {
          const tries = new Map<string, number>();
          const stage = new WebhookStage(
            ({ id, nth }) => {
              tries.set(id, (tries.get(id) ?? 0) + 1);
              const { status = 200, afterMs = 0 } = answers[nth % answers.length] ?? {};
              // With its eighth try it would be given up.
              return { status: tries.get(id) === 8 ? 200 : status, afterMs };
            },
            { random: () => chance },
          );
          for (const [index, { room, gapMs }] of sends.entries()) {
            stage.send(room, index);
            await stage.pass(gapMs);
          }
          await stage.pass(2 * HOUR);
          for (const room of ['a', 'b', 'c']) {
            const sent = sends.flatMap((one, index) => (one.room === room ? [index] : []));
            const seen = stage.seqs(room);
            expect(seen.toSorted((one, other) => one - other)).toEqual(seen);
            expect([...new Set(seen)]).toEqual(sent);
          }
          expect(stage.count('delivered')).toBe(sends.length);
          expect(stage.clock.pendingCount).toBe(0);
        },
      ),
      { numRuns: 50, seed: 7 },
    );
  });
});

describe('limits', () => {
  it('[WHK-13] keeps a hundred of a room: the oldest go, and never the one under way', async () => {
    const stage = new WebhookStage(() => ({ afterMs: 9 * SECOND }));
    stage.send('support', 1);
    await stage.pass(1);
    for (const seq of range(2, 120)) stage.send('support', seq);
    expect(stage.dispatcher.queuedCount).toBe(100);
    expect(stage.count('dropped')).toBe(20);
    await stage.pass(HOUR);
    expect(stage.seqs()).toEqual([1, ...range(22, 120)]);
  });

  it('[WHK-13] keeps a thousand of a target, over all rooms', async () => {
    const stage = new WebhookStage(() => ({ afterMs: 9 * SECOND }));
    for (const seq of range(1, 1_500)) stage.send(`room-${seq % 50}`, seq);
    expect(stage.dispatcher.queuedCount).toBe(1_000);
    expect(stage.count('dropped')).toBe(500);
    await stage.pass(HOUR);
    expect(stage.count('delivered')).toBe(1_000);
    expect(Math.min(...stage.tries.map(({ seq }) => seq))).toBe(501);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it('[WHK-23] keeps 16 MB of a target: the oldest go, and one that is larger than all that', async () => {
    const stage = new WebhookStage(() => ({ afterMs: 9 * SECOND }));
    const send = (seq: number, sizeBytes: number): void =>
      stage.dispatcher.send(
        outgoingWebhook(`room-${seq}`, seq, { data: { text: 'x'.repeat(sizeBytes) } }),
      );
    for (const seq of range(1, 100)) send(seq, 200_000);
    expect(stage.count('dropped')).toBe(21);
    expect(stage.dispatcher.queuedCount).toBe(79);
    expect(stage.dispatcher.queuedBytes).toBeGreaterThan(15_800_000);
    expect(stage.dispatcher.queuedBytes).toBeLessThanOrEqual(16_000_000);
    await stage.pass(HOUR);
    expect(stage.count('delivered')).toBe(79);
    send(101, 17_000_000);
    expect(stage.settled.at(-1)).toBe('dropped');
    expect(stage.dispatcher.queuedBytes).toBe(0);
    expect(stage.clock.pendingCount).toBeLessThanOrEqual(1);
  });

  it('[WHK-14] has sixteen requests under way at most, which the rooms take in turn', async () => {
    const stage = new WebhookStage(() => ({ afterMs: SECOND }));
    for (const seq of range(1, 3)) {
      for (const room of range(1, 40)) stage.send(`room-${room}`, seq);
    }
    await stage.pass(60 * SECOND);
    expect(stage.most.get(HOOK)).toBe(16);
    expect(stage.count('delivered')).toBe(120);
    expect(stage.tries.slice(0, 40).map(({ seq }) => seq)).toEqual(range(1, 40).map(() => 1));
  });

  it('[WHK-15] gives way to a hundred addresses at most, and forgets those that are done', async () => {
    const stage = new WebhookStage(() => ({ afterMs: 9 * SECOND }));
    for (const index of range(1, 100)) stage.send('support', 1, `https://${index}.example.com/`);
    stage.send('support', 1, OTHER);
    stage.send('support', 1, OTHER);
    expect(stage.settled).toEqual(['dropped', 'dropped']);
    const trouble = { target: '', reason: '100 other addresses have webhooks waiting', queued: 0 };
    expect(stage.troubles).toMatchObject([{ ...trouble, lost: { dropped: 1 } }]);
    await stage.pass(10 * SECOND);
    stage.send('support', 1, OTHER);
    await stage.pass(10 * SECOND);
    expect(stage.count('delivered')).toBe(101);
  });
});

describe('a target that is down', () => {
  it('[WHK-16] costs one try in 30 s, has a bounded queue, and harms no other', async () => {
    const stage = new WebhookStage(({ url }) => (url === HOOK ? 500 : 200), {
      urls: [HOOK, OTHER],
    });
    const from = 60;
    for (const minute of range(1, 60)) {
      for (const room of range(1, 40)) stage.send(`room-${room}`, minute);
      await stage.pass(60 * SECOND);
    }
    const late = stage.tries.filter(({ url, atMs }) => url === HOOK && atMs > from * SECOND);
    expect(late.length).toBeLessThanOrEqual(120);
    expect(late.length).toBeGreaterThan(100);
    expect(stage.dispatcher.queuedCount).toBe(1_000);
    expect(stage.count('delivered')).toBe(2_400);
    // Once a minute, and not once for each that is lost.
    expect(stage.troubles.length).toBeLessThanOrEqual(61);
    expect(stage.troubles.at(-1)).toMatchObject({
      target: 'https://hooks.example.com',
      queued: 1_000,
    });

    stage.answering = () => 200;
    await stage.pass(60 * SECOND);
    expect(stage.dispatcher.queuedCount).toBe(0);
    for (const room of range(1, 40)) {
      const seen = stage.seqs(`room-${room}`);
      expect(seen.toSorted((one, other) => one - other)).toEqual(seen);
      expect(seen.at(-1)).toBe(60);
    }
    const lost = stage.count('dropped') + stage.count('failed');
    expect(stage.count('delivered') + lost).toBe(4_800);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it('[WHK-17] is left alone for as long as it asks', async () => {
    const stage = new WebhookStage(({ nth }) =>
      nth === 1 ? { status: 429, retryAfter: '20' } : 200,
    );
    stage.send('first', 1);
    await stage.pass(SECOND);
    stage.send('second', 1);
    await stage.pass(60 * SECOND);
    expect(stage.tries.map(({ atMs }) => atMs)).toEqual([0, 20_000, 20_000]);
  });

  it('[WHK-18] is not asked again where it refuses', async () => {
    const stage = new WebhookStage(({ seq }) => (seq === 1 ? 404 : 200));
    stage.send('support', 1);
    stage.send('support', 2);
    await stage.pass(SECOND);
    expect(stage.settled).toEqual(['refused', 'delivered']);
    expect(stage.troubles).toMatchObject([{ reason: 'answered 404', lost: { refused: 1 } }]);
  });
});

describe('sending', () => {
  it('[WHK-19] goes to all addresses with one id, or to its own alone', async () => {
    const own = 'https://own.example.com/';
    const stage = new WebhookStage(() => 200, { urls: [HOOK, OTHER] });
    stage.send('support', 1);
    stage.send('support', 2, own);
    await stage.pass(SECOND);
    expect(stage.tries.map(({ url, id }) => [url, id])).toEqual([
      [HOOK, 'id-1'],
      [OTHER, 'id-1'],
      [own, 'id-2'],
    ]);
  });

  it('[WHK-20] never throws: not for an address that is none, nor for data that is no JSON', async () => {
    const stage = new WebhookStage(() => 200);
    stage.send('support', 1, 'hooks.example.com');
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    stage.dispatcher.send(outgoingWebhook('support', 2, { data: loop }));
    stage.send('support', 3);
    await stage.pass(SECOND);
    expect(stage.settled).toEqual(['refused', 'refused', 'delivered']);
    expect(stage.seqs()).toEqual([3]);
    expect(stage.troubles.map(({ reason }) => reason)).toEqual([
      'no address for webhooks',
      expect.stringContaining('circular'),
    ]);
  });

  it('[WHK-24] tells of addresses that are none once a minute, with how many webhooks those were', async () => {
    const stage = new WebhookStage(() => 200);
    for (const seq of range(1, 90)) {
      stage.send('support', seq, 'hooks.example.com');
      await stage.pass(SECOND);
    }
    expect(stage.count('refused')).toBe(90);
    expect(stage.troubles.map(({ lost }) => lost.refused)).toEqual([1, 60]);
  });

  it('[WHK-21] makes each body once, for all its targets and tries', async () => {
    const stage = new WebhookStage(({ nth }) => (nth <= 40 ? 500 : 200), { urls: [HOOK, OTHER] });
    for (const room of range(1, 40)) stage.send(`room-${room}`);
    await stage.pass(HOUR);
    expect(stage.encodedCount).toBe(40);
    expect(stage.tries.length).toBeGreaterThan(80);
    expect(stage.count('delivered')).toBe(80);
  });
});

describe('the end', () => {
  it('[WHK-22] delivers what is queued, and takes no more', async () => {
    const stage = new WebhookStage(() => ({ afterMs: SECOND }));
    for (const seq of range(1, 3)) stage.send('support', seq);
    const closed = stage.dispatcher.close(5 * SECOND);
    stage.send('support', 4);
    await stage.pass(10 * SECOND);
    expect(await closed).toBe(0);
    expect(stage.seqs()).toEqual([1, 2, 3]);
    expect(stage.count('dropped')).toBe(1);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it('[WHK-22] drops what is not delivered in time, and says how many those are', async () => {
    const stage = new WebhookStage(({ room }) => (room === 'slow' ? { afterMs: HOUR } : 500));
    for (const seq of range(1, 3)) stage.send('slow', seq);
    stage.send('failing', 1);
    const closed = stage.dispatcher.close(5 * SECOND);
    await stage.pass(5 * SECOND);
    expect(await closed).toBe(4);
    expect(stage.count('dropped')).toBe(4);
    expect(stage.dispatcher.queuedCount).toBe(0);
    await stage.pass(2 * HOUR);
    expect(stage.settled).toHaveLength(4);
    expect(stage.seqs('slow')).toEqual([1]);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it('[WHK-22] is at once where nothing is queued', async () => {
    const stage = new WebhookStage(() => 200);
    expect(await stage.dispatcher.close(5 * SECOND)).toBe(0);
    expect(stage.clock.pendingCount).toBe(0);
  });
});
