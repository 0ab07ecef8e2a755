import { EventEmitter } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setup, enqueueActions } from 'xstate';
import { z } from 'zod';
import { expect, it, onTestFinished } from 'vitest';
import { defineAgent } from '../../../src/agents/define-agent.ts';
import { runReport, type ReportFilter } from '../../../src/io/report/run-report.ts';
import { Shutdown } from '../../../src/io/shutdown.ts';
import { startAgent } from '../../../src/testing.ts';
import type { AgentFact } from '../../../src/machines/events.ts';
import { inFile } from '../../support/command-world.ts';
import { plainAgent } from '../../support/plain-agent.ts';
import { roomFigures, roomSummary } from '../../support/room-figures.ts';
import { TextSink } from '../../support/text-sink.ts';

/** Says the figures of a room when it comes in, and sums up when it is to end. */
const counter = defineAgent({
  ...plainAgent,
  name: 'counter',
  view: ({ value }) => ({ state: value }),
  machine: () =>
    setup({
      types: {} as { events: AgentFact },
      actions: {
        report: enqueueActions(({ enqueue, self }) => {
          if (!self._parent) return;
          enqueue.sendTo(self._parent, { type: 'figures.reported', figures: roomFigures({}) });
        }),
        sumUp: enqueueActions(({ enqueue, self }) => {
          if (!self._parent) return;
          enqueue.sendTo(self._parent, {
            type: 'summary.made',
            summary: roomSummary({ joins: 4 }),
          });
        }),
      },
    }).createMachine({
      initial: 'counting',
      states: {
        counting: { on: { 'room.connected': { actions: 'report' }, 'job.ending': 'over' } },
        over: { entry: 'sumUp', type: 'final' },
      },
    }),
});

const goldenLogs = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `test/golden/${name}.1.jsonl`);

const everything: ReportFilter = { since: null, until: null, agent: null, room: null };

async function report(
  paths: readonly string[],
  { isJson = true, ...filter }: Partial<ReportFilter> & { isJson?: boolean } = {},
) {
  const [output, notices] = [new TextSink(), new TextSink()];
  output.columns = 100;
  const shutdown = new Shutdown(new EventEmitter());
  onTestFinished(() => shutdown.close());
  const { exitCode } = await runReport({
    ...{ paths, isJson, output, notices, shutdown },
    filter: { ...everything, ...filter },
  });
  return { exitCode, text: output.text };
}

/** The event logs of a room that was closed in order, and of one whose process was killed. */
async function recordTwo(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-report-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const whole = startAgent(counter);
  whole.happens('alice joins');
  await whole.pass('2s');
  whole.happens('room deleted');
  await whole.pass('5s');
  await whole.saveLog(join(folder, 'AJ_1.1.jsonl'));
  const cut = startAgent(counter);
  cut.happens('alice joins');
  await cut.pass('2s');
  await cut.saveLog(join(folder, 'AJ_2.1.jsonl'));
  await Promise.all([whole.close(), cut.close()]);
  return folder;
}

it('[RPT-20] sums up what the jobs of some logs came to, also of one that was cut off', async () => {
  const { exitCode, text } = await report([await recordTwo()]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(text)).toMatchObject({
    version: 1,
    jobs: 2,
    rooms: [
      { joins: 4, endReason: 'room_closed' },
      { joins: 1, endReason: null },
    ],
    totals: { rooms: 2, participants: 5 },
    unreadable: [],
  });
});

it('[RPT-21] prints sessions and rooms as tables, with the sums', async () => {
  const { text } = await report(
    [await recordTwo(), ...goldenLogs('basic', 'greeter', 'conversation-monitor')],
    { isJson: false },
  );
  expect(text).toMatch(/^participant +duration/m);
  expect(text).toMatch(/^support +1\.0s +1 \(1\) +4 +3 +0 +0ms +room_closed$/m);
  expect(text).toMatch(/^support .* \? +cut off$/m);
  expect(text).toMatch(/^In all: 2 rooms \(2 at once\), at least 1 different people in 5 joins/m);
  expect(text).toMatch(/^conversation in test-room: 35\.9s, 13 items/m);
  expect(text).toMatch(/^alice +4\.1s \(57 %\) +1 +1\.6s +0 +1$/m);
  expect(text).toMatch(/^greeter in .*"greeted":/m);
});

it('[RPT-22] looks only at the jobs that are asked for', async () => {
  const folder = await recordTwo();
  const jobsOf = async (filter: Partial<ReportFilter>): Promise<number> => {
    const { text } = await report([folder], filter);
    return z.object({ jobs: z.number() }).parse(JSON.parse(text)).jobs;
  };
  expect(await jobsOf({ agent: 'counter' })).toBe(2);
  expect(await jobsOf({ agent: 'greeter' })).toBe(0);
  expect(await jobsOf({ room: 'test-room' })).toBe(2);
  expect(await jobsOf({ room: 'elsewhere' })).toBe(0);
  expect(await jobsOf({ since: Date.UTC(2026, 0, 1) })).toBe(2);
  expect(await jobsOf({ since: Date.UTC(2026, 0, 2) })).toBe(0);
  expect(await jobsOf({ until: Date.UTC(2026, 0, 1) })).toBe(0);
});

it('[RPT-23] names what cannot be read, and reports the rest', async () => {
  const folder = await recordTwo();
  const broken = inFile('a.1.jsonl', 'no log at all\n');
  const { exitCode, text } = await report([folder, broken]);
  expect(exitCode).toBe(2);
  expect(JSON.parse(text)).toMatchObject({
    jobs: 2,
    unreadable: [{ path: broken, code: 'E_LOG_FORMAT' }],
  });
});

it('[RPT-26] says of how many jobs no figures are known', async () => {
  const folder = await recordTwo();
  const lines = (await readFile(join(folder, 'AJ_2.1.jsonl'), 'utf8')).split('\n');
  const early = lines.findIndex((line) => line.includes('figuresReported'));
  const cut = inFile('AJ_3.1.jsonl', `${lines.slice(0, early).join('\n')}\n`);
  const { exitCode, text } = await report([folder, cut], { isJson: false });
  expect(exitCode).toBe(0);
  expect(text).toMatch(/^3 jobs, 1 without any figures$/m);
  expect(text).toMatch(/^In all: 2 rooms/m);
});

it('[RPT-27] says that there are logs, and none of a job that was asked for', async () => {
  const { exitCode, text } = await report([await recordTwo()], { agent: 'conter', isJson: false });
  expect(exitCode).toBe(0);
  expect(text).toBe('0 jobs; logs of other jobs, or of a worker: 2\n');
});
