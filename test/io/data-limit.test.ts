import { expect, it } from 'vitest';
import { participantAllowance } from '../../src/io/allowance.ts';
import { crowdAllowance, DataLimit, MAX_SENDERS } from '../../src/io/data-limit.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { ParticipantInfo, ParticipantRef, RoomFact } from '../../src/machines/events.ts';

const T0 = 1_000;
const mallory: ParticipantRef = { identity: 'mallory', sid: 'PA_m' };
const alice: ParticipantRef = { identity: 'alice', sid: 'PA_a' };

const infoOf = (ref: ParticipantRef): ParticipantInfo => ({
  ...ref,
  name: '',
  kind: 'standard',
  metadata: '',
  attributes: {},
  active: true,
  tracks: [],
});

class LimitStage {
  readonly clock = new VirtualClock(T0);
  readonly said: RoomFact[] = [];
  readonly limit = new DataLimit({ clock: this.clock, say: (fact) => this.said.push(fact) });

  constructor() {
    this.enter(mallory);
    this.enter(alice);
    this.said.length = 0;
  }

  enter(ref: ParticipantRef): void {
    const participant = infoOf(ref);
    this.limit.pass({ type: 'participant.connected', at: this.clock.now(), participant });
  }

  leave(ref: ParticipantRef): void {
    this.limit.pass({ type: 'participant.disconnected', at: this.clock.now(), ...ref });
  }

  sendData(sender: ParticipantRef | null, count = 1, sizeBytes = 2): void {
    const about = { topic: 'chat', sizeBytes, text: '{}', truncated: false };
    for (let sent = 0; sent < count; sent += 1) {
      this.limit.pass({ type: 'data.received', at: this.clock.now(), sender, ...about });
    }
  }

  sendText(senderIdentity: string, count: number, text = 'hello'): void {
    const about = { topic: 'lk.transcription', text, truncated: false, attributes: {} };
    for (let sent = 0; sent < count; sent += 1) {
      this.limit.pass({ type: 'text.received', at: this.clock.now(), senderIdentity, ...about });
    }
  }

  get letThrough(): number {
    return this.said.filter(({ type }) => type === 'data.received' || type === 'text.received')
      .length;
  }

  get throttled() {
    return this.said.flatMap((fact) => (fact.type === 'data.throttled' ? [fact] : []));
  }

  /** What was not let through, as it was told. */
  get throttledCount(): number {
    return this.throttled.reduce((sum, { messages }) => sum + messages, 0);
  }
}

it('[FLD-1] lets through what a participant may send at once, and counts the rest', () => {
  const stage = new LimitStage();
  stage.sendData(mallory, 150);
  expect(stage.letThrough).toBe(100);
  expect(stage.throttled).toEqual([]);
  stage.clock.advanceBy(1_000);
  expect(stage.throttled).toEqual([
    { type: 'data.throttled', at: T0 + 1_000, sender: mallory, messages: 50, sizeBytes: 100 },
  ]);
});

it('[FLD-2] lets 50 messages a second through of a flood, and tells of the others once a second', () => {
  const stage = new LimitStage();
  for (let ms = 0; ms < 10_000; ms += 1) {
    stage.sendData(mallory, 10);
    stage.clock.advanceBy(1);
  }
  stage.clock.advanceBy(1_000);
  const atOnce = 100;
  expect(stage.letThrough).toBeGreaterThanOrEqual(10 * participantAllowance.rateHz + atOnce - 1);
  expect(stage.letThrough).toBeLessThanOrEqual(10 * participantAllowance.rateHz + atOnce);
  expect(stage.letThrough + stage.throttledCount).toBe(100_000);
  const times = stage.throttled.map(({ at }) => at);
  expect(times).toHaveLength(10);
  times.slice(1).forEach((at, index) => {
    expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(1_000);
  });
});

it('[FLD-3] takes the bytes of large messages for more than their number', () => {
  const stage = new LimitStage();
  stage.sendData(mallory, 100, 15_000);
  expect(stage.letThrough).toBe(Math.floor((2 * participantAllowance.bytesPerS) / 15_000));
});

it('[FLD-4] holds back nobody but those who send too much', () => {
  const stage = new LimitStage();
  stage.sendData(mallory, 10_000);
  stage.said.length = 0;
  stage.sendData(alice, 100);
  stage.sendData(null, 200);
  stage.sendText('alice', 200);
  expect(stage.letThrough).toBe(500);
});

it('[FLD-5] lets a sender send again once it has been quiet', () => {
  const stage = new LimitStage();
  stage.sendData(mallory, 10_000);
  stage.clock.advanceBy(500);
  stage.said.length = 0;
  stage.sendData(mallory, 100);
  expect(stage.letThrough).toBe(25);
});

it('[FLD-6] gives all hidden senders together, who look alike, what several agents need', () => {
  const stage = new LimitStage();
  stage.sendData(null, 2_000);
  expect(stage.letThrough).toBe(5 * crowdAllowance.rateHz);
  stage.clock.advanceBy(1_000);
  expect(stage.throttled).toMatchObject([{ sender: null, messages: 1_000 }]);
});

it('[FLD-7] limits text streams alike, by what somebody who transcribes a whole room needs', () => {
  const stage = new LimitStage();
  stage.sendText('mallory', 1_100, 'é');
  expect(stage.letThrough).toBe(1_000);
  stage.clock.advanceBy(1_000);
  expect(stage.throttled).toMatchObject([{ sender: mallory, messages: 100, sizeBytes: 200 }]);
  stage.sendText('', 1_100);
  stage.clock.advanceBy(1_000);
  expect(stage.throttled.at(-1)).toMatchObject({ sender: null, messages: 100 });
});

it('[FLD-8] tells the last count before the sender has left, and forgets the sender', () => {
  const stage = new LimitStage();
  stage.sendData(mallory, 101);
  stage.leave(mallory);
  expect(stage.said.slice(-2)).toMatchObject([
    { type: 'data.throttled', sender: mallory, messages: 1 },
    { type: 'participant.disconnected', ...mallory },
  ]);
  stage.clock.advanceBy(5_000);
  expect(stage.throttledCount).toBe(1);
  stage.enter({ ...mallory, sid: 'PA_n' });
  stage.sendText('mallory', 2_000);
  stage.clock.advanceBy(1_000);
  expect(stage.throttled.at(-1)?.sender?.sid).toBe('PA_n');
});

it('[FLD-9] tells the last counts before the room is left, and sets no timer afterwards', () => {
  const stage = new LimitStage();
  stage.sendData(mallory, 101);
  stage.sendData(null, 1_001);
  stage.limit.pass({ type: 'room.disconnected', at: T0, reason: 'client_initiated' });
  expect(stage.said.slice(-3).map(({ type }) => type)).toEqual([
    'data.throttled',
    'data.throttled',
    'room.disconnected',
  ]);
  expect(stage.clock.pendingCount).toBe(0);
});

it('[FLD-10] runs a timer while something is counted, and not otherwise', () => {
  const stage = new LimitStage();
  stage.sendData(mallory, 100);
  expect(stage.clock.pendingCount).toBe(0);
  stage.sendData(mallory, 1);
  expect(stage.clock.pendingCount).toBe(1);
  stage.clock.advanceBy(1_000);
  expect(stage.clock.pendingCount).toBe(0);
  stage.sendData(mallory, 1_000);
  stage.limit.close();
  expect(stage.clock.pendingCount).toBe(0);
});

it('[FLD-11] tells no more senders apart than it has room for, and loses no count of them', () => {
  const stage = new LimitStage();
  stage.sendData(mallory, 110);
  for (let other = 0; other < MAX_SENDERS; other += 1) {
    stage.sendData({ identity: `guest-${other}`, sid: `PA_${other}` });
  }
  expect(stage.throttled).toMatchObject([{ sender: mallory, messages: 10 }]);
  stage.said.length = 0;
  stage.sendData(mallory, 1);
  expect(stage.letThrough).toBe(1);
});

it('[FLD-12] refuses what it would not let through, before it is decoded, and takes nothing else for it', () => {
  const stage = new LimitStage();
  let refused = 0;
  for (let sent = 0; sent < 150; sent += 1) {
    if (stage.limit.refuses('mallory', 2)) refused += 1;
    else stage.sendData(mallory);
  }
  expect(refused).toBe(50);
  expect(stage.letThrough).toBe(100);
  expect(stage.limit.refuses('nobody-we-know', 2)).toBe(false);
  stage.clock.advanceBy(1_000);
  expect(stage.throttled).toMatchObject([{ sender: mallory, messages: 50, sizeBytes: 100 }]);
});
