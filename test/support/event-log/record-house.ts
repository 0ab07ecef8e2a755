import { createActor, type AnyStateMachine } from 'xstate';
import type { Clock } from '../../../src/actors/ports.ts';
import { createHead } from '../../../src/io/event-log/head.ts';
import type { LogHead, LogLine, LogProblem } from '../../../src/io/event-log/log-line.ts';
import { Recorder } from '../../../src/io/event-log/recorder.ts';
import { houseConfig } from './house-simulation.ts';

const houseInput = { street: 'main', config: houseConfig };

export const houseHead = (machine: AnyStateMachine, startedAt: number): LogHead =>
  createHead({
    rootId: 'house',
    startedAt,
    agent: 'house-keeper',
    machine,
    input: houseInput,
    inputKeys: ['street', 'config'],
    settings: {},
    settingKeys: [],
    versions: {},
  });

type RecordOptions = {
  readonly clock: Clock;
  readonly write: (line: LogLine) => void;
  readonly onProblem?: (problem: LogProblem) => void;
  readonly input?: unknown;
  readonly checkpointEveryMs?: number;
};

/** Starts a recorded root actor, as composition does it. */
export function startRecorded(machine: AnyStateMachine, options: RecordOptions) {
  const { clock, write, input = houseInput, checkpointEveryMs = Infinity } = options;
  const onProblem =
    options.onProblem ??
    ((problem) => {
      throw new Error(`${problem.code}: ${problem.message} ${problem.where ?? ''}`);
    });
  const recorder = new Recorder({ clock, write, onProblem, checkpointEveryMs });
  const root = createActor(machine, {
    id: 'house',
    input,
    clock: recorder.clock,
  });
  recorder.watch(root);
  root.subscribe({ error: () => {} });
  root.start();
  return { root, recorder };
}
