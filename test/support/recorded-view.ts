import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Keyframes } from '../../src/io/inspect/recording/keyframes.ts';
import {
  findRecording,
  openRecording,
  type OpenedRecording,
} from '../../src/io/inspect/recording/open-recording.ts';
import { RecordingView } from '../../src/io/inspect/recording/recording-view.ts';
import type { Look, RelayMessage, ViewerMessage } from '../../src/io/inspect/protocol.ts';
import { nextTurn } from '../../src/io/clock.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import { goldenAgents, goldenFolder } from './golden-cases.ts';

export const goldenLog = (name: string): string => join(goldenFolder, `${name}.1.jsonl`);

/** @param stepsApart how far keyframes are apart: few enough that a short log has some. */
export async function openGolden(name: string, stepsApart = 50): Promise<OpenedRecording> {
  const found = await findRecording(goldenLog(name), goldenAgents);
  return openRecording(found, { keyframes: new Keyframes({ stepsApart }) });
}

type Told<TType extends RelayMessage['type']> = Extract<RelayMessage, { readonly type: TType }>;

/** Somebody who looks at a recording, at a clock that the test moves. */
export class RecordingWatcher {
  readonly messages: RelayMessage[] = [];
  readonly #clock: VirtualClock;
  readonly #take: (message: ViewerMessage) => void;

  constructor(view: RecordingView, clock: VirtualClock) {
    this.#clock = clock;
    const viewing = view.open({
      send: (message) => this.messages.push(message),
      bufferedBytes: 0,
    });
    this.#take = (message) => viewing.take(message);
  }

  look(look: Partial<Look> = {}): Promise<void> {
    return this.ask({
      ...{ type: 'look', frameRateHz: 20, tree: true, actor: null, room: null, sessions: false },
      ...look,
    });
  }

  /** Asks for it, and lets the next frames be told. */
  async ask(message: ViewerMessage): Promise<void> {
    this.#take(message);
    await new Promise<void>(nextTurn);
    this.#clock.advanceBy(200);
  }

  /** The last message of a type. */
  last<TType extends RelayMessage['type']>(type: TType): Told<TType> {
    const isOfType = (message: RelayMessage): message is Told<TType> => message.type === type;
    const found = this.messages.findLast(isOfType);
    if (!found) throw new Error(`nothing was said of the type ${type}`);
    return found;
  }
}

/** A golden log that is shown, and somebody who looks at it. */
export async function watchGolden(name: string, stepsApart?: number) {
  const recording = await openGolden(name, stepsApart);
  const clock = new VirtualClock(1_000_000);
  const view = new RecordingView(clock);
  onTestFinished(() => view.close());
  const watcher = new RecordingWatcher(view, clock);
  view.show(recording);
  await watcher.look();
  return { recording, clock, view, watcher };
}
