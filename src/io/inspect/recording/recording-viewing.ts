import type { Clock } from '../../../actors/ports.ts';
import type { Look, RelayMessage, ViewerMessage } from '../protocol.ts';
import type { ViewerLine, Viewing } from '../viewable.ts';

/** What a viewer may do with a recording, and is told of it. */
export type Shown = {
  /** Looks into the actors as they are behind the current step. */
  readonly open: (line: ViewerLine) => Viewing;
  /** What is told of all of it when it is first looked at. */
  readonly beginning: () => readonly RelayMessage[];
  /** Where it stands; null while nothing is opened. */
  readonly playhead: () => RelayMessage | null;
  readonly alerts: () => Extract<RelayMessage, { readonly type: 'alerts' }>;
  /** A message of the inspection, as the whole recording knows better. */
  readonly corrected: (message: RelayMessage) => RelayMessage;
};

type RecordingViewingOptions = {
  readonly line: ViewerLine;
  readonly shown: Shown;
  readonly frames: Clock;
  readonly control: (message: PlaybackMessage) => void;
  readonly onClosed: (viewing: RecordingViewing) => void;
};

export type PlaybackMessage = Exclude<ViewerMessage, { readonly type: 'look' | 'contexts' }>;

const DEFAULT_FRAME_RATE_HZ = 10;
/** A viewer that has so much still to take is told where the playhead is when it has taken it. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** One viewer's look at a recording: at what its inspection shows, and at the playhead. */
export class RecordingViewing implements Viewing {
  readonly #options: RecordingViewingOptions;
  #shown: Shown;
  #inner: Viewing;
  #look: Look | null = null;
  #timer: unknown = null;
  #isMoved = false;
  /** As JSON: the alerts change seldom, and the playhead always. */
  #toldAlerts = '';

  constructor(options: RecordingViewingOptions) {
    this.#options = options;
    this.#shown = options.shown;
    this.#inner = this.#shown.open(this.#line);
    for (const message of this.#shown.beginning()) this.say(message);
  }

  take(message: ViewerMessage): void {
    switch (message.type) {
      case 'look':
        this.#look = message;
        this.#inner.take(message);
        this.onMoved();
        break;
      case 'contexts':
        this.#inner.take(message);
        break;
      default:
        this.#options.control(message);
    }
  }

  say(message: RelayMessage): void {
    this.#options.line.send(message);
  }

  /** Something else is shown from now on. */
  show(shown: Shown): void {
    this.#shown = shown;
    this.#inner.close();
    this.#inner = shown.open(this.#line);
    this.#toldAlerts = '';
    for (const message of shown.beginning()) this.say(message);
    if (this.#look) this.#inner.take({ type: 'look', ...this.#look });
    this.onMoved();
  }

  /** The playhead is somewhere else: told at once, and then as often as the viewer draws. */
  onMoved(): void {
    this.#isMoved = true;
    if (this.#timer === null) this.#tell();
  }

  close(): void {
    this.#options.frames.clearTimeout(this.#timer);
    this.#inner.close();
    this.#options.onClosed(this);
  }

  readonly #line: ViewerLine = viewerLine(
    (message) => {
      // The inspection knows those that were opened since it began.
      if (message.type !== 'alerts') this.say(this.#shown.corrected(message));
      if (message.type === 'reset') this.#toldAlerts = '';
    },
    () => this.#options.line.bufferedBytes,
  );

  #tell(): void {
    const { line, frames } = this.#options;
    this.#timer = null;
    if (!this.#isMoved) return;
    if (line.bufferedBytes <= MAX_BUFFERED_BYTES) {
      this.#isMoved = false;
      const playhead = this.#shown.playhead();
      if (playhead) this.say(playhead);
      this.#tellAlerts();
    }
    const frameRateHz = this.#look?.frameRateHz ?? DEFAULT_FRAME_RATE_HZ;
    this.#timer = frames.setTimeout(() => this.#tell(), 1_000 / frameRateHz);
  }

  #tellAlerts(): void {
    const alerts = this.#shown.alerts();
    const text = JSON.stringify(alerts);
    if (text === this.#toldAlerts) return;
    this.#toldAlerts = text;
    this.say(alerts);
  }
}

const viewerLine = (send: ViewerLine['send'], bufferedBytes: () => number): ViewerLine => ({
  send,
  get bufferedBytes() {
    return bufferedBytes();
  },
});
