import { describe, expect, test } from 'vitest';
import { StreamClock } from '../../../../visualizations/viewer/src/model/stream-clock.ts';

const AT = 1_900_000_000_000;

describe('the clock of a stream', () => {
  test('[TLN-1] goes on between messages from the time of the last one', () => {
    const clock = new StreamClock();
    clock.hear(AT, 500);
    expect(clock.read(500)).toBe(AT);
    expect(clock.read(720)).toBe(AT + 220);
  });

  test('[TLN-1] a message that is late by chance moves it a little, and a jump moves it at once', () => {
    const clock = new StreamClock();
    clock.hear(AT, 0);
    clock.hear(AT + 100, 200);
    expect(clock.read(200)).toBeCloseTo(AT + 190, 3);
    clock.hear(AT - 3_600_000, 300);
    expect(clock.read(300)).toBe(AT - 3_600_000);
  });

  test('[TLN-1] stands still 5 s after the last message', () => {
    const clock = new StreamClock();
    clock.hear(AT, 0);
    expect(clock.read(60_000)).toBe(AT + 5_000);
  });
});
