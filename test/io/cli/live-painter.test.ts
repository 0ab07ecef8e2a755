import { expect, it } from 'vitest';
import type { LiveFrame } from '../../../src/io/cli/live-frame.ts';
import { LivePainter } from '../../../src/io/cli/live-painter.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { buildSession, buildView } from '../../support/sessions-view.ts';
import { TextSink } from '../../support/text-sink.ts';

function paint(isTty: boolean) {
  const clock = new VirtualClock();
  const output = new TextSink();
  const startedAt = clock.now();
  let frame: Pick<LiveFrame, 'view' | 'alerts'> = { view: buildView([buildSession()]), alerts: [] };
  const painter = new LivePainter({
    output,
    clock,
    read: () => ({ ...frame, startedAt, now: clock.now() }),
    isTty,
    hasColour: false,
  });
  /** What is written after the change, within one frame. */
  const show = (next: typeof frame): string => {
    frame = next;
    const before = output.text.length;
    clock.advanceBy(200);
    return output.text.slice(before);
  };
  return { clock, output, painter, show };
}

it('[CLI-33] redraws in place five times a second, and gives the cursor back', () => {
  const { clock, output, painter } = paint(true);
  painter.start();
  expect(output.text).toMatch(/^\x1b\[\?25l\rgreenroom/);
  clock.advanceBy(1_000);
  expect(output.text.split('\x1b[3A\r')).toHaveLength(6);
  painter.stop();
  painter.stop();
  expect(output.text.endsWith('\x1b[J\x1b[?25h')).toBe(true);
  const { length } = output.text;
  clock.advanceBy(1_000);
  expect(output.text).toHaveLength(length);
});

it('[CLI-34] writes a line for each change where nothing can be redrawn, and no control codes', () => {
  const { clock, output, painter, show } = paint(false);
  painter.start();
  expect(output.lines).toEqual([
    '00:00  worker: participant-monitor available',
    '00:00  alice: connected',
  ]);
  clock.advanceBy(2_000);
  expect(output.lines).toHaveLength(2);
  expect(show({ view: buildView([buildSession({ speech: 'speaking' })]), alerts: [] })).toBe(
    '00:02  alice: speech speaking\n',
  );
  const lost = buildSession({ state: 'disconnected', presence: null, speech: null, video: null });
  expect(show({ view: buildView([lost]), alerts: [] })).toBe(
    '00:02  alice: connected -> disconnected\n',
  );
  painter.stop();
  expect(output.text).not.toContain('\x1b');
});

it('[CLI-35] writes ends and alerts as they open and resolve', () => {
  const { painter, show } = paint(false);
  painter.start();
  const suspect = {
    key: 'suspect',
    severity: 'warning',
    message: 'no packets',
    openedAt: 1,
    evidence: {},
  } as const;
  const about = { jobId: 'AJ_1', identity: 'alice' };
  const view = buildView([buildSession()]);
  expect(show({ view, alerts: [{ ...about, alert: suspect }] })).toBe(
    '00:00  alice: alert suspect: no packets\n',
  );
  expect(show({ view, alerts: [{ ...about, alert: { ...suspect, resolvedAt: 2 } }] })).toBe(
    '00:00  alice: alert suspect resolved\n',
  );
  const ended = buildSession({ state: 'ended', endReason: 'room_closed' });
  expect(show({ view: buildView([ended]), alerts: [] })).toBe(
    '00:00  alice: connected -> ended\n00:00  alice: ended, room_closed\n',
  );
  painter.stop();
});

it('[CLI-42] says of which agent in which room, where nobody in particular is meant', () => {
  const { painter, show } = paint(false);
  painter.start();
  const alert = { severity: 'warning', openedAt: 1, evidence: {} } as const;
  const about = { jobId: 'AJ_2', identity: null };
  const session = buildSession({ ...about, agent: 'room-analytics', state: 'watching' });
  expect(
    show({
      view: buildView([session]),
      alerts: [{ ...about, alert: { ...alert, key: 'participant_limit', message: 'too many' } }],
    }),
  ).toBe(
    '00:00  room-analytics in support-42: watching\n' +
      '00:00  room-analytics in support-42: alert participant_limit: too many\n',
  );
  painter.stop();
});
