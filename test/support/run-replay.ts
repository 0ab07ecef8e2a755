import { EventEmitter } from 'node:events';
import { onTestFinished } from 'vitest';
import { runReplay } from '../../src/io/replay/run-replay.ts';
import type { ReplayTask } from '../../src/io/replay/replay-options.ts';
import { Shutdown } from '../../src/io/shutdown.ts';
import { goldenAgents } from './golden-cases.ts';
import { TextSink } from './text-sink.ts';

export type RunOptions = {
  readonly task?: ReplayTask;
  readonly isJson?: boolean;
  readonly isTty?: boolean;
  readonly signals?: EventEmitter;
};

/** Does with logs what `greenroom replay` does, and returns what it prints. */
export async function runTask(paths: readonly string[], options: RunOptions = {}) {
  const { task = { type: 'compare', page: null }, isJson = false, isTty = false } = options;
  const [output, notices] = [new TextSink(), new TextSink()];
  output.isTTY = isTty;
  notices.isTTY = isTty;
  output.columns = 100;
  const shutdown = new Shutdown(options.signals ?? new EventEmitter());
  onTestFinished(() => shutdown.close());
  const agents = goldenAgents;
  const { exitCode } = await runReplay({
    ...{ paths, agents, task, isJson, output, notices, shutdown },
  });
  return { exitCode, text: output.text, notices: notices.text };
}
