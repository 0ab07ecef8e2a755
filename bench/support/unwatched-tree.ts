/** The actors of a log, driven by its stimuli from memory while nobody watches: what a replay is held against. */
import {
  createActor,
  fromCallback,
  SimulatedClock,
  type AnyActor,
  type AnyStateMachine,
  type EventObject,
} from 'xstate';
import { isStimulus, type LogHead, type Stimulus } from '../../src/io/event-log/log-line.ts';
import { actorPath } from '../../src/io/event-log/recorded-actors.ts';
import type { LogReader } from '../../src/io/event-log/reader.ts';
import { replacePorts } from '../../src/io/replay/replace-ports.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import { markAsPort, type PortLogic } from '../../src/machines/slots.ts';

/** A stimulus, and the path of the actor that it comes from or goes to. */
type Cue = { readonly line: Stimulus; readonly path: string };

/** What a log tells to its actors, ready in memory. */
export type Cues = { readonly head: LogHead; readonly cues: readonly Cue[] };

export async function readCues(log: LogReader): Promise<Cues> {
  let head: LogHead | undefined;
  const paths = new Map<number, string>();
  const cues: Cue[] = [];
  for await (const line of log) {
    if (line.kind === 'head') head = line;
    else if (line.kind === 'actor') paths.set(line.actor, line.path);
    else if (line.kind !== 'torn' && isStimulus(line)) {
      cues.push({ line, path: paths.get(line.actor) ?? '' });
    }
  }
  if (!head) throw new Error('the log has no head');
  return { head, cues };
}

/** The log says which timer fires when, as in a replay. */
export function playAsRecorded(machine: AnyStateMachine, { head, cues }: Cues): AnyActor {
  const clock = new VirtualClock();
  const tree = new Tree(machine, head, clock);
  for (const { line, path } of cues) {
    clock.setTime(line.t);
    if (line.kind === 'timer') clock.fire(line.timer);
    else tree.tell(line, path);
  }
  return tree.root;
}

/** Plain XState: its own clock fires the timers. */
export function playByClock(machine: AnyStateMachine, { head, cues }: Cues): AnyActor {
  const clock = new SimulatedClock();
  const tree = new Tree(machine, head, clock);
  for (const { line, path } of cues) {
    clock.set(line.t);
    if (line.kind !== 'timer') tree.tell(line, path);
  }
  return tree.root;
}

class Tree {
  readonly root: AnyActor;
  readonly #doors = new Map<string, (event: EventObject) => void>();

  constructor(machine: AnyStateMachine, head: LogHead, clock: VirtualClock | SimulatedClock) {
    const port = <TInput>(): PortLogic<TInput> =>
      markAsPort(
        fromCallback<EventObject, TInput>(({ self, sendBack }) => {
          this.#doors.set(actorPath(self), sendBack);
        }),
      );
    this.root = createActor(replacePorts(machine, port), {
      id: head.rootId,
      input: head.input,
      clock,
    });
    this.root.start();
  }

  tell(line: Exclude<Stimulus, { kind: 'timer' }>, path: string): void {
    if (line.kind === 'stop') this.root.stop();
    else if (line.kind === 'sent') this.root.send(line.event);
    else this.#doors.get(path)?.(line.event);
  }
}
