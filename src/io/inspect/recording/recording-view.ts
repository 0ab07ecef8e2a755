import type { Clock } from '../../../actors/ports.ts';
import { nextTurn, systemClock } from '../../clock.ts';
import { Inspection } from '../inspection.ts';
import type { RelayMessage } from '../protocol.ts';
import type { Viewable, ViewerLine, Viewing } from '../viewable.ts';
import { greenroomVersion } from '../../version.ts';
import type { OpenedRecording } from './open-recording.ts';
import { Playback } from './playback.ts';
import { Player } from './player.ts';
import { RecordedPast } from './recorded-past.ts';
import { RecordingViewing, type PlaybackMessage, type Shown } from './recording-viewing.ts';

/**
 * Shows recordings, one at a time, as if they happened now, to any number of viewers.
 *
 * The playhead is one for all of them: who moves it moves it for everybody.
 */
export class RecordingView implements Viewable {
  readonly #frames: Clock;
  readonly #viewings = new Set<RecordingViewing>();
  #opened: Opened | null = null;
  #opening: Extract<RelayMessage, { readonly type: 'opening' }> | null = null;
  #shown: Shown;

  constructor(frames: Clock = systemClock) {
    this.#frames = frames;
    this.#shown = this.#nothing();
  }

  open(line: ViewerLine): Viewing {
    const viewing = new RecordingViewing({
      line,
      shown: this.#shown,
      frames: this.#frames,
      control: (message) => this.#control(message, line),
      onClosed: (closed) => this.#viewings.delete(closed),
    });
    if (this.#opening) viewing.say(this.#opening);
    this.#viewings.add(viewing);
    return viewing;
  }

  /** A log is being opened. @param share of it that is done, 0 to 1. */
  opening(file: string, share: number): void {
    this.#opening = { type: 'opening', file, share };
    this.#sayToAll(this.#opening);
  }

  /** It could not be opened; what was shown before stays. */
  refuse(code: string, message: string): void {
    this.#opening = null;
    this.#sayToAll({ type: 'refused', code, message });
  }

  /** From now on this one is shown, as it was behind so many steps. */
  show(recording: OpenedRecording, step = 0): void {
    this.#opening = null;
    this.#opened?.close();
    this.#opened = new Opened(recording, {
      step,
      frames: this.#frames,
      onMoved: () => {
        for (const viewing of this.#viewings) viewing.onMoved();
      },
    });
    this.#shown = this.#opened;
    for (const viewing of this.#viewings) viewing.show(this.#shown);
  }

  close(): void {
    this.#opened?.close();
    for (const viewing of this.#viewings) viewing.close();
  }

  #control(message: PlaybackMessage, line: ViewerLine): void {
    if (this.#opened) {
      this.#opened.control(message);
      return;
    }
    line.send({
      type: 'refused',
      code: 'E_NO_RECORDING',
      message: 'There is no recording yet: open an event log on the page first.',
    });
  }

  #sayToAll(message: RelayMessage): void {
    for (const viewing of this.#viewings) viewing.say(message);
  }

  /** Before a recording is opened there is nobody. */
  #nothing(): Shown {
    const startedAt = this.#frames.now();
    const inspection = new Inspection({
      source: { kind: 'recording', file: null, greenroom: greenroomVersion, startedAt },
      clock: this.#frames,
      frames: this.#frames,
    });
    return {
      open: (line) => inspection.open(line),
      beginning: () => [],
      playhead: () => null,
      alerts: () => ({ type: 'alerts', isAll: true, alerts: [] }),
      corrected: (message) => message,
    };
  }
}

type OpenedOptions = {
  readonly step: number;
  readonly frames: Clock;
  readonly onMoved: () => void;
};

/** A recording that is shown: its actors, and the time that passes for them. */
class Opened implements Shown {
  readonly #recording: OpenedRecording;
  readonly #past: RecordedPast;
  readonly #inspection: Inspection;
  readonly #playback: Playback;
  readonly #player: Player;
  readonly #onMoved: () => void;
  /** Where it shall go in the next turn: a viewer that scrubs asks more often than it can be done. */
  #wanted: { readonly step: number } | { readonly at: number } | null = null;

  constructor(recording: OpenedRecording, { step, frames, onMoved }: OpenedOptions) {
    const { about } = recording;
    this.#recording = recording;
    this.#past = new RecordedPast(recording);
    this.#onMoved = onMoved;
    this.#inspection = new Inspection({
      source: {
        kind: 'recording',
        file: about.file,
        greenroom: greenroomVersion,
        startedAt: about.firstAt,
      },
      clock: { now: () => this.#playback.at },
      frames,
    });
    this.#playback = new Playback({
      recording,
      onJump: (jump) => this.#inspection.clear(jump),
      onActors: (system, from) => this.#inspection.attach(system, this.#past.historyAt(from)),
    });
    this.#player = new Player({ playback: this.#playback, onMoved, clock: frames });
    this.#playback.goTo(step);
  }

  readonly open = (line: ViewerLine): Viewing => this.#inspection.open(line);

  readonly beginning = (): readonly RelayMessage[] => [
    { type: 'recording', ...this.#recording.about },
  ];

  readonly playhead = (): RelayMessage => ({
    type: 'playhead',
    step: this.#playback.step,
    at: this.#playback.at,
    isPlaying: this.#player.isPlaying,
    speed: this.#player.speed,
    knownFrom: this.#playback.knownFrom,
  });

  readonly alerts = () => ({
    type: 'alerts' as const,
    isAll: true,
    alerts: this.#past.alertsAt(this.#playback.at),
  });

  readonly corrected = (message: RelayMessage): RelayMessage => {
    const { at, knownFrom } = this.#playback;
    switch (message.type) {
      case 'actors':
        return {
          ...message,
          systems: message.systems.map((row) => this.#past.systemRow(row, at)),
          actors: message.actors.map((row) => this.#past.actorRow(row, knownFrom)),
        };
      case 'changes':
        return {
          ...message,
          systems: message.systems.map((row) => this.#past.systemRow(row, at)),
          added: message.added.map((row) => this.#past.actorRow(row, knownFrom)),
        };
      default:
        return message;
    }
  };

  control(message: PlaybackMessage): void {
    switch (message.type) {
      case 'play':
        this.#player.play(message.speed);
        break;
      case 'pause':
        this.#player.pause();
        break;
      case 'step':
        this.#player.pause();
        this.#want({ step: this.#step + message.by });
        break;
      case 'goTo':
        this.#want({ step: message.step });
        break;
      case 'goToTime':
        this.#want({ at: message.at });
        break;
    }
  }

  close(): void {
    this.#player.pause();
    this.#wanted = null;
    this.#inspection.close();
  }

  /** Where it stands, or will as soon as there is time. */
  get #step(): number {
    return this.#wanted && 'step' in this.#wanted ? this.#wanted.step : this.#playback.step;
  }

  #want(wanted: { readonly step: number } | { readonly at: number }): void {
    const isFirst = this.#wanted === null;
    this.#wanted = wanted;
    if (isFirst) nextTurn(() => this.#go());
  }

  #go(): void {
    const wanted = this.#wanted;
    this.#wanted = null;
    if (!wanted) return;
    if ('step' in wanted) this.#playback.goTo(wanted.step);
    else this.#playback.goToTime(wanted.at);
    this.#player.rebase();
    this.#onMoved();
  }
}
