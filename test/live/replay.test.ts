import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { jobMachineOf } from '../../src/io/compose/log-machines.ts';
import type { FileLine } from '../../src/io/event-log/log-line.ts';
import type { TornLine } from '../../src/io/event-log/reader.ts';
import { disposeRtc, rtcRuntime } from '../../src/io/livekit/load-rtc.ts';
import { replay } from '../../src/io/replay/replayer.ts';
import { readEndedLog } from '../support/leak-check.ts';
import { withinDeadline } from '../support/monitored-room.ts';
import { ownRoom } from '../support/own-room.ts';
import { WatchedWorker } from '../support/watched-session.ts';

const runs = 100;
const { SimulateScenarioKind } = rtcRuntime().sdk;
let watched: WatchedWorker;

beforeAll(async () => {
  watched = await WatchedWorker.start(inject('livekit'));
});
afterAll(async () => {
  await watched.close();
  await disposeRtc();
});

/** Keeps the event loop busy, so that timers and facts are late. */
function block(durationMs: number): void {
  const until = performance.now() + durationMs;
  while (performance.now() < until);
}

/** The wall clock goes an hour ahead, and back. */
async function jumpWhile(run: () => Promise<void>): Promise<void> {
  const realNow = Date.now.bind(Date);
  const now = vi.spyOn(Date, 'now').mockImplementation(() => realNow() + 3_600_000);
  await run();
  now.mockRestore();
}

/** The longest that a timer fired after it was due. */
const latestTimerMs = (lines: readonly (FileLine | TornLine)[]): number =>
  Math.max(...lines.flatMap((line) => (line.kind === 'timer' ? [line.t - line.dueAt] : [])));

const heard = (lines: readonly (FileLine | TornLine)[]): readonly string[] =>
  lines.flatMap((line) => (line.kind === 'input' ? [line.event.type] : []));

it(
  `[LIVE-100] replays the same, ${runs} times of ${runs}: late timers, a clock jump, resumes and a rejoin`,
  { timeout: 120_000 },
  async (context) => {
    const { room, alice } = await watched.watchAlice(context);
    const reconnected = vi.fn();
    ownRoom().on('reconnected', reconnected);
    await jumpWhile(async () => {
      await alice.speak(500);
      await room.until({ turns: 2, speech: 'silent' });
    });
    await ownRoom().simulateScenario(SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT);
    await expect.poll(() => reconnected.mock.calls.length, withinDeadline).toBe(1);
    await ownRoom().simulateScenario(SimulateScenarioKind.SIMULATE_FULL_RECONNECT);
    await expect.poll(() => reconnected.mock.calls.length, withinDeadline).toBe(2);
    await alice.leave();
    await room.until({ presence: 'absent' });
    // Over the end of the 2 s that a leave may last.
    block(2_300);
    await room.until({ state: 'disconnected' });
    const again = await room.enter('alice');
    await room.until({ state: 'connected', reconnects: 1, tracks: [{ state: 'silent' }] });
    await again.speak(500);
    await room.until({ turns: 3, speech: 'silent' });
    const jobId = (await room.session())?.jobId ?? '';
    await room.close();

    const lines = await readEndedLog(watched.directory, jobId);
    expect(latestTimerMs(lines)).toBeGreaterThan(200);
    expect(heard(lines)).toEqual(
      expect.arrayContaining(['room.reconnecting', 'room.reconnected', 'participant.disconnected']),
    );
    const machine = jobMachineOf(participantMonitor);
    for (let run = 0; run < runs; run += 1) {
      const { divergence, ending } = await replay(lines, machine);
      expect({ run, divergence, ending }).toEqual({ run, divergence: undefined, ending: 'closed' });
    }
  },
);
