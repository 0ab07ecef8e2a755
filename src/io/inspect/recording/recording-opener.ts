import { basename } from 'node:path';
import type { AgentDefinition } from '../../../agents/define-agent.ts';
import { toGreenroomError, type GreenroomError } from '../../errors.ts';
import { PACKED } from '../../event-log/log-source.ts';
import { findRecording, openRecording, type FoundRecording } from './open-recording.ts';
import type { RecordingView } from './recording-view.ts';

type RecordingOpenerOptions = {
  /** Those that a log may be of. */
  readonly agents: readonly AgentDefinition[];
  readonly view: RecordingView;
};

type OpenOptions = {
  /** Is told of the bytes of text of each piece that is read. */
  readonly onRead?: (bytes: number) => void;
  /** Begins where a replay does something else, where it does. */
  readonly isAtDivergence?: boolean;
};

/** Viewers are told of every hundredth. */
const TOLD_SHARE = 0.01;

/** Opens one log after the other, and shows what was opened; one that is named meanwhile takes its place. */
export class RecordingOpener {
  readonly #options: RecordingOpenerOptions;
  #current = new AbortController();

  constructor(options: RecordingOpenerOptions) {
    this.#options = options;
  }

  /**
   * Opens a log that a viewer sent: what is wrong with it is for the viewers.
   *
   * @returns whether it is shown now.
   */
  async openForViewers(path: string): Promise<boolean> {
    const { agents, view } = this.#options;
    const { signal } = this.#begin();
    try {
      await this.#show(await findRecording(path, agents), { signal });
      return true;
    } catch (cause) {
      if (signal.aborted) return false;
      const error = toGreenroomError(cause);
      view.refuse(error.code, inWords(error));
      return false;
    }
  }

  /**
   * Opens a log that was named at the start.
   *
   * @throws GreenroomError as `openRecording`; the reason of the signal after `stop`.
   */
  open(found: FoundRecording, options: OpenOptions): Promise<void> {
    return this.#show(found, { ...this.#begin(), ...options });
  }

  /** Opens no further. */
  stop(): void {
    this.#current.abort();
  }

  #begin(): { readonly signal: AbortSignal } {
    this.#current.abort();
    this.#current = new AbortController();
    return { signal: this.#current.signal };
  }

  async #show(
    found: FoundRecording,
    { signal, onRead, isAtDivergence = false }: { readonly signal: AbortSignal } & OpenOptions,
  ): Promise<void> {
    const { view } = this.#options;
    const file = basename(found.path);
    let [readBytes, told] = [0, 0];
    view.opening(file, 0);
    const recording = await openRecording(found, {
      signal,
      onRead: (bytes) => {
        onRead?.(bytes);
        readBytes += bytes;
        // How much is in a packed file shows at its end.
        const share = file.endsWith(PACKED) ? 0 : Math.min(1, readBytes / found.bytes);
        if (share < told + TOLD_SHARE) return;
        told = share;
        view.opening(file, share);
      },
    });
    signal.throwIfAborted();
    const isOther = isAtDivergence && recording.about.divergence !== null;
    view.show(recording, isOther ? recording.stimuli.length : 0);
  }
}

const inWords = ({ message, details, remedy }: GreenroomError): string =>
  [message, ...details, remedy].join('\n');
