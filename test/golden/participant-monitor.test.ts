import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import type { FileLine } from '../../src/io/event-log/log-line.ts';
import { readLog } from '../../src/io/event-log/reader.ts';
import { jobMachineOf } from '../../src/io/compose/log-machines.ts';
import { replay } from '../../src/io/replay/replayer.ts';
import { goldenLog, goldenScript, playJob } from '../support/play-job.ts';

const machine: AnyStateMachine = jobMachineOf(participantMonitor);

/** Gives the recorded lines with one of them changed. */
async function* withHead(change: (text: string) => string) {
  for await (const line of readLog(goldenLog)) {
    if (line.kind === 'head') {
      const head = JSON.parse(change(JSON.stringify(line))) as FileLine;
      yield head;
    } else yield line;
  }
}

it('[GOLD-2] names the first step that differs where the session was another', async () => {
  const lines = withHead((head) =>
    head
      .replaceAll('"speakingThreshold":0.01', '"x":0')
      .replaceAll('"SPEAKING_THRESHOLD":0.01', '"SPEAKING_THRESHOLD":0.5'),
  );
  const result = await replay(lines, machine);
  expect(result.divergence).toMatchObject({
    recorded: { kind: 'state', value: { subscribed: 'speaking' } },
    path: expect.stringContaining('track:') as string,
  });
});

it('[GOLD-3] holds what can be read off its script by hand', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'greenroom-golden-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const script = await readFile(goldenScript, 'utf8');
  const run = await playJob({ script, directory, durationMs: 90_000 });
  expect(run.problems).toEqual([]);
  expect(run.view).toMatchObject({ state: 'ended', endReason: 'room_deleted', reconnects: 1 });

  expect(run.alerts.map(({ key }) => key).sort()).toEqual(
    ['video_frozen', 'poor_quality', 'video_frozen', 'suspect'].sort(),
  );
  expect(run.summary).toMatchObject({ turns: 4, reconnects: 1, freezes: 2, alerts: 4 });
  const topicsTo = (identity: string) => run.clientOf(identity).messages.map(({ topic }) => topic);
  expect(topicsTo('bob').filter((topic) => topic === 'speaking_detection')).toHaveLength(8);
  expect(topicsTo('alice')).toEqual([
    'participant_monitoring',
    'connection_quality',
    'connection_quality',
    'participant_monitoring',
  ]);
});
