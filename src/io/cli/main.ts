#!/usr/bin/env node
import { builtInAgents } from '../../agents/built-in-agents.ts';
import { systemClock } from '../clock.ts';
import { readSources } from '../config.ts';
import { openServerApi } from '../doctor/livekit-server-api.ts';
import { createDispatch } from './dispatch-client.ts';
import { watchDispatch } from './dispatch-outcome.ts';
import { runCommandLine } from './program.ts';

// A reader that has gone, as `| head` does, is no reason to fail: what it did not read is lost.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const exitCode = await runCommandLine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
  readSources,
  builtInAgents,
  createDispatch,
  watchDispatch: (settings, dispatch) =>
    watchDispatch(openServerApi(settings), systemClock, dispatch),
  // Loaded when needed: the native media stack takes its time, and `--help` should not.
  runWorker: async (options) => (await import('../compose/run-worker.ts')).runWorker(options),
  runDemo: async (options) => (await import('../demo/run-demo.ts')).runDemo(options),
  runConnection: async (options) =>
    (await import('../compose/run-connection.ts')).runConnection(options),
  runSimulation: async (options) =>
    (await import('../demo/run-simulation.ts')).runSimulation(options),
  runReplay: async (options) => (await import('../replay/run-replay.ts')).runReplay(options),
  runInspect: async (options) =>
    (await import('../inspect/recording/run-inspect.ts')).runInspect(options),
  runReport: async (options) => (await import('../report/run-report.ts')).runReport(options),
  runTop: async (options) => (await import('./run-top.ts')).runTop(options),
  runDoctor: async (options) => {
    const [{ runDoctor }, { doctorWorld }] = await Promise.all([
      import('../doctor/run-doctor.ts'),
      import('../doctor/doctor-world.ts'),
    ]);
    return runDoctor(options, doctorWorld);
  },
});
// Native handles may keep the process alive after everything has ended.
process.exit(exitCode);
