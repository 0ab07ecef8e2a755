import { EventEmitter } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { AgentDefinition } from '../../src/agents/define-agent.ts';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { machineOfLog } from '../../src/io/compose/log-machines.ts';
import { fingerprints } from '../../src/io/event-log/head.ts';
import { readMachineNotes } from '../../src/io/replay/machine-notes.ts';
import { runReplay } from '../../src/io/replay/run-replay.ts';
import { Shutdown } from '../../src/io/shutdown.ts';
import { resolveSettings } from '../../src/io/testing/agent-options.ts';
import { participantMonitorMachine } from '../../src/machines/monitor/participant-monitor.machine.ts';
import { audioTrackMachine } from '../../src/machines/session/audio-track.machine.ts';
import { participantSessionMachine } from '../../src/machines/session/participant-session.machine.ts';
import { readHead } from '../support/event-log/log-folder.ts';
import {
  goldenAgents,
  goldenCases,
  goldenFolder,
  recordGoldenLogs,
} from '../support/golden-cases.ts';
import { TextSink } from '../support/text-sink.ts';

const MAX_BYTES = 1.5 * 2 ** 20;

const goldenLogs = (await readdir(goldenFolder)).filter((name) => name.endsWith('.jsonl'));

/** What `greenroom replay` prints, and ends with. */
async function replayAll(paths: readonly string[], agents: readonly AgentDefinition[]) {
  const [output, notices] = [new TextSink(), new TextSink()];
  const shutdown = new Shutdown(new EventEmitter());
  onTestFinished(() => shutdown.close());
  const task = { type: 'compare', page: null } as const;
  const options = { paths, agents, task, isJson: false, output, notices, shutdown };
  const { exitCode } = await runReplay(options);
  return { exitCode, text: output.text };
}

const remedy =
  'Is the change meant? `npm run golden` writes the logs anew; review them with git diff.';

it('[GOLD-4] replays every golden log as it was recorded', async () => {
  const { exitCode, text } = await replayAll([goldenFolder], goldenAgents);
  if (exitCode !== 0) throw new Error(`${text}\n${remedy}`);
  expect(text).toContain(`${goldenCases.length + 1} logs: ${goldenCases.length + 1} same`);
}, 30_000);

/** A replay has the settings that were recorded, so it would say nothing of another default. */
it('[GOLD-5] was recorded with the settings that are the defaults now', async () => {
  for (const { name, play } of goldenCases) {
    const { settings } = await readHead(join(goldenFolder, `${name}.1.jsonl`));
    const now = resolveSettings(play.agent ?? participantMonitor, play.settings ?? {});
    expect(settings, `${name}: a default has changed. ${remedy}`).toEqual(now);
  }
});

it('[GOLD-6] is what the scripts play today, to the last line', async () => {
  const linesOf = async (path: string) => (await readFile(path, 'utf8')).split('\n');
  const names: string[] = [];
  await recordGoldenLogs(async (name, path) => {
    names.push(`${name}.1.jsonl`);
    // The head tells of versions too.
    const [head, ...played] = await linesOf(path);
    const [, ...kept] = await linesOf(join(goldenFolder, `${name}.1.jsonl`));
    if (played.join() === kept.join()) return;
    const line = played.findIndex((text, index) => text !== kept[index]) + 2;
    // What came then, under the settings of now.
    await writeFile(path, [head, ...kept].join('\n'));
    const { text } = await replayAll([path], goldenAgents);
    throw new Error(`${name}.1.jsonl:${line} is played differently now.\n${text}\n${remedy}`);
  });
  expect(names.sort()).toEqual(goldenLogs.sort());
}, 30_000);

it('[GOLD-7] has beside it the transitions of the machines that it was recorded with', async () => {
  const notes = await readMachineNotes(join(goldenFolder, goldenLogs[0] ?? ''));
  for (const name of goldenLogs) {
    const head = await readHead(join(goldenFolder, name));
    for (const [machine, fingerprint] of Object.entries(head.fingerprints)) {
      expect(notes[fingerprint]?.machine, `${name}: npm run golden`).toBe(machine);
      expect(notes[fingerprint]?.transitions.length).toBeGreaterThan(0);
    }
    // Without this a report would name machines that nobody has changed.
    expect(head.fingerprints).toEqual(fingerprints(machineOfLog(head, goldenAgents)));
  }
});

it('[GOLD-8] stays small enough to be read', async () => {
  const sizes = await Promise.all(
    (await readdir(goldenFolder)).map(async (name) => (await stat(join(goldenFolder, name))).size),
  );
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(MAX_BYTES);
});

it('[GOLD-9] names the first step at which a changed guard does something else', async () => {
  const changed: AgentDefinition = {
    ...participantMonitor,
    machine: ({ levels, stats }) => {
      const audioTrack = audioTrackMachine.provide({
        actors: { levels },
        guards: { isLoud: ({ context }, { rms }) => rms > 100 * context.config.speakingThreshold },
      });
      const participantSession = participantSessionMachine.provide({ actors: { audioTrack } });
      return participantMonitorMachine.provide({ actors: { stats, participantSession } });
    },
  };
  const log = join(goldenFolder, 'participant-monitor.1.jsonl');
  const { exitCode, text } = await replayAll([log], [changed]);
  expect(exitCode).toBe(1);
  expect(text).toMatch(/participant-monitor\.1\.jsonl:\d+ differs: the replay does not do this\n/);
  expect(text).toMatch(/^step \d+ at 0:04\.\d{3} \(2026-01-01 00:00:04\.\d{3} UTC\)$/m);
  expect(text).toMatch(/job\/agent\/participant:alice\/track:TR_\w+/);
  expect(text).toContain('- value.subscribed: "speaking"');
  expect(text).toMatch(/its way\n.*\n.*\n +0:02\.\d{3} {2}subscribed\.silent/);
  expect(text).toMatch(/stimulus\n +input: audio\.levelMeasured rms 0\.\d+/);
});
