import { expect, it } from 'vitest';
import { ChangeLimit } from '../../src/io/change-limit.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type {
  ParticipantInfo,
  ParticipantRef,
  RoomFact,
  RoomFactOf,
} from '../../src/machines/events.ts';

const T0 = 1_000;
const mallory: ParticipantRef = { identity: 'mallory', sid: 'PA_m' };
const alice: ParticipantRef = { identity: 'alice', sid: 'PA_a' };
const trackSid = 'TR_m';

const infoOf = (ref: ParticipantRef, attributes = {}): ParticipantInfo => ({
  ...ref,
  name: '',
  kind: 'standard',
  metadata: '',
  attributes,
  active: true,
  tracks: [],
});

class ChangeStage {
  readonly clock = new VirtualClock(T0);
  readonly said: RoomFact[] = [];
  readonly limit = new ChangeLimit({ clock: this.clock, say: (fact) => this.said.push(fact) });

  constructor() {
    for (const ref of [mallory, alice]) this.enter(infoOf(ref));
  }

  get at(): number {
    return this.clock.now();
  }

  enter(participant: ParticipantInfo): void {
    this.limit.pass({ type: 'participant.connected', at: this.at, participant });
  }

  leave(ref: ParticipantRef): void {
    this.limit.pass({ type: 'participant.disconnected', at: this.at, ...ref });
  }

  setMetadata(metadata: string, ref = mallory): void {
    this.limit.pass({ type: 'participant.metadataChanged', at: this.at, ...ref, metadata });
  }

  setAttributes(attributes: Readonly<Record<string, string>>): void {
    const type = 'participant.attributesChanged';
    this.limit.pass({ type, at: this.at, ...mallory, attributes });
  }

  mute(type: 'track.muted' | 'track.unmuted'): void {
    this.limit.pass({ type, at: this.at, ...mallory, trackSid });
  }

  /** As many changes of metadata as are let through at once. */
  exhaust(): void {
    for (let n = 0; n < 100; n += 1) this.setMetadata(`${n}`);
    this.said.length = 0;
  }

  told<TType extends RoomFact['type']>(type: TType): readonly RoomFactOf<TType>[] {
    const is = (fact: RoomFact): fact is RoomFactOf<TType> => fact.type === type;
    return this.said.filter(is);
  }

  /** Changes that were told to have given way. */
  get throttled(): number {
    return this.told('participant.throttled').reduce((sum, { changes }) => sum + changes, 0);
  }
}

it('[FLD-17] lets through what a participant may change at once, and of the others the latest', () => {
  const stage = new ChangeStage();
  for (let n = 1; n <= 150; n += 1) stage.setMetadata(`${n}`);
  expect(stage.told('participant.metadataChanged')).toHaveLength(100);
  stage.said.length = 0;
  stage.clock.advanceBy(1_000);
  const at = T0 + 1_000;
  expect(stage.said).toEqual([
    { type: 'participant.metadataChanged', at, ...mallory, metadata: '150' },
    { type: 'participant.throttled', at, ...mallory, changes: 49 },
  ]);
  stage.setMetadata('later');
  expect(stage.said.at(-1)).toMatchObject({ metadata: 'later' });
});

it('[FLD-18] tells little of a flood of mutes, ends with the truth, and counts all of it', () => {
  const stage = new ChangeStage();
  const muted = ['track.muted', 'track.unmuted'] as const;
  for (let n = 0; n < 10_001; n += 1) {
    stage.mute(muted[n % 2] ?? 'track.muted');
    stage.clock.advanceBy(1);
  }
  stage.clock.advanceBy(1_000);
  const told = stage.said.filter(({ type }) => type === 'track.muted' || type === 'track.unmuted');
  expect(told.length + stage.throttled).toBe(10_001);
  expect(told.length).toBeLessThanOrEqual(600);
  expect(told.at(-1)?.type).toBe('track.muted');
  expect(stage.clock.pendingCount).toBe(0);
});

it('[FLD-19] brings the attributes of several changes together', () => {
  const stage = new ChangeStage();
  stage.setAttributes({ role: 'guest', seat: '1' });
  stage.exhaust();
  stage.setAttributes({ seat: '2', hand: 'up' });
  stage.setAttributes({ role: '' });
  stage.setAttributes({ seat: '3', came: 'and' });
  stage.setAttributes({ came: '' });
  stage.clock.advanceBy(1_000);
  expect(stage.told('participant.attributesChanged')).toMatchObject([
    { attributes: { seat: '3', hand: 'up', role: '' } },
  ]);
  const [{ attributes } = { attributes: {} }] = stage.told('participant.attributesChanged');
  expect(attributes).not.toHaveProperty('came');
});

it('[FLD-20] takes the bytes of large changes for more than their number', () => {
  const stage = new ChangeStage();
  for (let n = 0; n < 100; n += 1) stage.setMetadata('x'.repeat(50_000));
  expect(stage.told('participant.metadataChanged')).toHaveLength(
    Math.floor((2 * 256 * 1024) / 50_000),
  );
});

it('[FLD-21] holds back nobody but those who change too much', () => {
  const stage = new ChangeStage();
  for (let n = 0; n < 1_000; n += 1) stage.setMetadata(`${n}`);
  stage.said.length = 0;
  for (let n = 0; n < 100; n += 1) stage.setMetadata(`${n}`, alice);
  expect(stage.said).toHaveLength(100);
});

it('[FLD-22] tells what it holds before its participant or track ends', () => {
  const stage = new ChangeStage();
  stage.exhaust();
  stage.mute('track.muted');
  stage.mute('track.unmuted');
  stage.setMetadata('last');
  stage.limit.pass({ type: 'track.unpublished', at: T0, ...mallory, trackSid });
  stage.leave(mallory);
  expect(stage.said).toMatchObject([
    { type: 'track.unmuted' },
    { type: 'track.unpublished' },
    { type: 'participant.metadataChanged', metadata: 'last' },
    { type: 'participant.throttled', changes: 1 },
    { type: 'participant.disconnected' },
  ]);
  stage.clock.advanceBy(2_000);
  expect(stage.said).toHaveLength(5);
});

it('[FLD-23] forgets what it holds of somebody who is told of anew with all that changed', () => {
  const stage = new ChangeStage();
  stage.exhaust();
  stage.setMetadata('held');
  stage.enter({ ...infoOf(mallory), metadata: 'newer' });
  stage.clock.advanceBy(2_000);
  expect(stage.told('participant.metadataChanged')).toEqual([]);
});

it('[FLD-24] keeps no timer after the room is left or the limit is closed', () => {
  const left = new ChangeStage();
  left.exhaust();
  left.setMetadata('held');
  left.limit.pass({ type: 'room.disconnected', at: T0, reason: 'client_initiated' });
  const closed = new ChangeStage();
  closed.exhaust();
  closed.setMetadata('held');
  closed.limit.close();
  expect([left.clock.pendingCount, closed.clock.pendingCount]).toEqual([0, 0]);
});
