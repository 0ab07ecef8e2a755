import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { builtInAgents } from '../../src/agents/built-in-agents.ts';
import type {
  CommandWorld,
  Dispatch,
  RunConnectionOptions,
  RunDemoOptions,
  RunSimulationOptions,
  RunTopOptions,
  RunWorkerOptions,
} from '../../src/io/cli/commands.ts';
import { runCommandLine } from '../../src/io/cli/program.ts';
import type { RunInspectOptions } from '../../src/io/inspect/recording/run-inspect.ts';
import type { RunReplayOptions } from '../../src/io/replay/replay-options.ts';
import type { RunReportOptions } from '../../src/io/report/run-report.ts';
import { TextSink } from './text-sink.ts';

export const keys = { LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret-nobody-may-see' };

/** A world in which a command line runs without a server, and remembers what it did. */
export function buildWorld(changes: Partial<CommandWorld> = {}) {
  const done = {
    workers: new Array<RunWorkerOptions>(),
    demos: new Array<RunDemoOptions>(),
    connections: new Array<RunConnectionOptions>(),
    simulations: new Array<RunSimulationOptions>(),
    replays: new Array<RunReplayOptions>(),
    inspections: new Array<RunInspectOptions>(),
    dispatches: new Array<Dispatch>(),
    reports: new Array<RunReportOptions>(),
    tops: new Array<RunTopOptions>(),
  };
  const [stdout, stderr, signals] = [new TextSink(), new TextSink(), new EventEmitter()];
  const world: CommandWorld = {
    stdin: new PassThrough(),
    stdout,
    stderr,
    signals,
    readSources: (flags) => ({ flags, environment: keys, dotenv: {} }),
    builtInAgents,
    runWorker: (options) => {
      done.workers.push(options);
      return Promise.resolve({ exitCode: 0 });
    },
    runDemo: (options) => {
      done.demos.push(options);
      return Promise.resolve({ exitCode: 0 });
    },
    runConnection: (options) => {
      done.connections.push(options);
      return Promise.resolve({ exitCode: 0 });
    },
    runSimulation: (options) => {
      done.simulations.push(options);
      return Promise.resolve({ exitCode: 0 });
    },
    runReplay: (options) => {
      done.replays.push(options);
      return Promise.resolve({ exitCode: 0 });
    },
    runInspect: (options) => {
      done.inspections.push(options);
      return Promise.resolve({ exitCode: 0 });
    },
    runReport: (options) => {
      done.reports.push(options);
      return Promise.resolve({ exitCode: 0 });
    },
    runTop: (options) => {
      done.tops.push(options);
      return Promise.resolve({ exitCode: 0 });
    },
    runDoctor: () => Promise.reject(new Error('doctor has its own tests')),
    createDispatch: (_settings, dispatch) => {
      done.dispatches.push(dispatch);
      return Promise.resolve('AD_1');
    },
    watchDispatch: () => Promise.resolve('taken'),
    ...changes,
  };
  const run = (...args: string[]) => runCommandLine(args, world);
  return { run, done, stdout, stderr, signals };
}

/** Until the end of the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Gives the path of a file that is there until the end of the test. */
export function inFile(name: string, content: string): string {
  const path = join(newFolder(), name);
  writeFileSync(path, content);
  return path;
}
