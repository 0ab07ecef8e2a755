import { basename } from 'node:path';
import type { AnyStateMachine, EventObject } from 'xstate';
import type { AgentDefinition } from '../../../agents/define-agent.ts';
import { isAlertEmission, JobAlerts } from '../../compose/job-alerts.ts';
import { machineOfLog } from '../../compose/log-machines.ts';
import { GreenroomError } from '../../errors.ts';
import { isStimulus, type HeadLine, type Stimulus } from '../../event-log/log-line.ts';
import { readHead } from '../../event-log/read-head.ts';
import { readLog, type ReadOptions } from '../../event-log/reader.ts';
import type { Recorder } from '../../event-log/recorder.ts';
import type { Divergence } from '../../replay/divergence.ts';
import { findLogs, type FoundLog } from '../../replay/find-logs.ts';
import { Replayer } from '../../replay/replayer.ts';
import type { RecordedDivergence, Recording } from '../protocol.ts';
import { Keyframes } from './keyframes.ts';
import { recordedSystem, type RecordedSystem } from './recorded-system.ts';
import { RecordingNotes, type RecordedLife } from './recording-notes.ts';

/** A log that was found, and is of an agent that is known here. */
export type FoundRecording = FoundLog & {
  readonly head: HeadLine;
  /** Of its root, as composition builds it. */
  readonly machine: AnyStateMachine;
  readonly system: RecordedSystem;
};

/** A log that has been run once, and can be shown at any of its steps. */
export type OpenedRecording = FoundRecording & {
  readonly about: Recording;
  /** In their order; those from a divergence on are not among them. */
  readonly stimuli: readonly Stimulus[];
  readonly keyframes: Keyframes;
  /** In the order in which they began. */
  readonly lives: readonly RecordedLife[];
};

type OpenOptions = ReadOptions & {
  readonly keyframes?: Keyframes;
  readonly maxSteps?: number;
  /** Of all parts, unpacked. */
  readonly maxTextBytes?: number;
};

/** Each takes some 200 bytes of memory: this is a session of more than 40 hours. */
const MAX_STEPS = 2_000_000;
/** Three times as much as so many steps have; a small file that is packed may be made to hold far more. */
const MAX_TEXT_BYTES = 2 ** 30;
const MAX_LINE_TEXT = 2_000;

/**
 * Finds the one log that a path stands for, of which any part stands for the whole.
 *
 * @throws GreenroomError `E_LOG_FORMAT` where there is none, `E_USAGE` where there are several,
 * `E_REPLAY_AGENT`.
 */
export async function findRecording(
  path: string,
  agents: readonly AgentDefinition[],
): Promise<FoundRecording> {
  const { logs, missing } = await findLogs([path]);
  const [log, another] = logs;
  if (!log) throw missing[0]?.problem ?? new GreenroomError('E_LOG_FORMAT', `no log in ${path}`);
  if (another) {
    throw new GreenroomError('E_USAGE', `there are ${logs.length} logs in ${path}`, {
      details: logs.slice(0, 10).map((one) => one.path),
      remedy: `Name the one to look at, such as ${log.path}.`,
    });
  }
  const head = await readHead(readLog(log.path));
  const machine = machineOfLog(head, agents);
  return { ...log, head, machine, system: recordedSystem(head, agents) };
}

/**
 * Runs a log once through fresh actors, and compares, as `replay` does, up to the first difference;
 * gathers on the way what a page shows of all of it, and keyframes for the jumps.
 *
 * @throws GreenroomError `E_LOG_FORMAT`, `E_USAGE` where it is too long; the reason of the signal.
 */
export async function openRecording(
  found: FoundRecording,
  {
    keyframes = new Keyframes(),
    maxSteps = MAX_STEPS,
    maxTextBytes = MAX_TEXT_BYTES,
    ...reading
  }: OpenOptions = {},
): Promise<OpenedRecording> {
  const pass = new Pass(found, { keyframes, maxSteps });
  let textBytes = 0;
  const onRead = (bytes: number): void => {
    textBytes += bytes;
    if (textBytes > maxTextBytes) throw tooLong(`${maxTextBytes} bytes of text`);
    reading.onRead?.(bytes);
  };
  const log = readLog(found.path, { ...reading, onRead });
  const replayer = new Replayer(found.machine, {}, () => log.position);
  for await (const lines of log.batches(replayer.foresee)) {
    for (let line = lines.next(); line; line = lines.next()) pass.take(line, replayer);
  }
  return pass.finish(replayer);
}

/** The one run of a log when it is opened. */
class Pass {
  readonly #found: FoundRecording;
  readonly #keyframes: Keyframes;
  readonly #maxSteps: number;
  readonly #notes: RecordingNotes;
  readonly #stimuli: Stimulus[] = [];
  #steps = 0;
  #lastAt: number;
  #divergence: Divergence | undefined;
  #ending: Recording['ending'] = 'open';
  #recorder: Recorder | undefined;
  #alerts: JobAlerts | undefined;

  constructor(
    found: FoundRecording,
    { keyframes, maxSteps }: Required<Pick<OpenOptions, 'keyframes' | 'maxSteps'>>,
  ) {
    const { startedAt } = found.head;
    this.#found = found;
    this.#keyframes = keyframes;
    this.#maxSteps = maxSteps;
    this.#notes = new RecordingNotes({
      about: found.system.about,
      startedAt,
      outgoing: (emitted) => this.#outgoing(emitted),
    });
    this.#lastAt = startedAt;
  }

  take(line: Parameters<Replayer['feed']>[0], replayer: Replayer): void {
    this.#recorder = replayer.stage?.recorder;
    const isStep = line.kind !== 'torn' && isStimulus(line);
    if (isStep) this.#countStep(line.t);
    // What comes behind a divergence is only counted.
    if (this.#divergence) {
      this.#noteEnding(line);
      return;
    }
    if (isStep) this.#beforeStep(replayer);
    this.#divergence = replayer.feed(line);
    this.#noteEnding(line);
    if (this.#divergence || line.kind === 'torn') return;
    if (isStep) this.#stimuli.push(line);
    this.#notes.take(line);
  }

  finish(replayer: Replayer): OpenedRecording {
    // It is no difference but the end of a log that breaks off within a step.
    const { divergence } = replayer.finish();
    const { startedAt, agent } = this.#found.head;
    const shown = divergence ? describe(divergence, startedAt) : null;
    // Of the step that differs, what was the same was taken, too.
    if (shown) this.#stimuli.length = Math.min(this.#stimuli.length, Math.max(0, shown.step - 1));
    return {
      ...this.#found,
      stimuli: this.#stimuli,
      keyframes: this.#keyframes,
      lives: this.#notes.lives,
      about: {
        file: basename(this.#found.path),
        agent,
        firstAt: startedAt,
        lastAt: this.#lastAt,
        steps: this.#steps,
        ending: this.#ending,
        divergence: shown,
        timeline: this.#notes.timeline(),
        isTimelineCut: this.#notes.isCut,
        alerts: this.#notes.alerts,
      },
    };
  }

  /** What the actors do now has been traced as when it was recorded. */
  #outgoing(emitted: EventObject): EventObject {
    if (!this.#recorder || !isAlertEmission(emitted)) return emitted;
    const { about } = this.#found.system;
    this.#alerts ??= new JobAlerts(
      {
        recorder: this.#recorder,
        log: about.id,
        startedAt: this.#found.head.startedAt,
        clock: { now: () => this.#notes.at },
      },
      [],
    );
    return this.#alerts.outgoing(emitted);
  }

  #countStep(t: number): void {
    this.#steps += 1;
    this.#lastAt = this.#found.head.startedAt + t;
    if (this.#steps > this.#maxSteps) throw tooLong(`${this.#maxSteps} steps`);
  }

  /** All that the step before led to is behind us. */
  #beforeStep({ stage }: Replayer): void {
    if (!stage) return;
    const behind = this.#stimuli.length;
    if (this.#keyframes.isDueBehind(behind)) {
      const checkpoint = stage.checkpoint();
      if (checkpoint) this.#keyframes.add(behind, checkpoint);
    }
    const { at, levels } = this.#notes;
    if (at < levels.dueAt) return;
    const session = this.#found.system.sessionOf(stage.root);
    // An agent of a whole room measures nobody.
    if (session && session.identity !== null)
      levels.add(at, session.audioLevel, session.frameRateHz);
  }

  #noteEnding({ kind }: Parameters<Replayer['feed']>[0]): void {
    if (kind === 'torn') this.#ending = 'torn';
    if (kind === 'end') this.#ending = 'closed';
  }
}

const tooLong = (most: string): GreenroomError =>
  new GreenroomError('E_USAGE', `the log has more than ${most}`, {
    remedy:
      'Cut it in front of what is to be seen: greenroom replay FILE --find alert:KEY --to part.1.jsonl',
  });

function describe(divergence: Divergence, startedAt: number): RecordedDivergence {
  const { seq, t, reason, path, recorded, replayed } = divergence;
  // Where the replay does more, the log goes on with the next step.
  const isOfStep = recorded && (!('seq' in recorded) || recorded.seq === seq);
  return {
    step: seq,
    at: startedAt + t,
    reason,
    path: path ?? null,
    recorded: textOf(isOfStep ? recorded : undefined),
    replayed: textOf(replayed),
  };
}

const textOf = (line: object | undefined): string | null =>
  line ? JSON.stringify(line).slice(0, MAX_LINE_TEXT) : null;
