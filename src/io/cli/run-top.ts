import { systemClock, systemRandom } from '../clock.ts';
import { GreenroomError } from '../errors.ts';
import type { Look } from '../inspect/protocol.ts';
import { RelayLink, type LinkState } from '../inspect/relay-link.ts';
import type { RunTopOptions } from './commands.ts';
import { describeChanges } from './live-changes.ts';
import type { LiveFrame } from './live-frame.ts';
import { LiveModel } from './live-model.ts';
import { printable } from './format.ts';
import { screenOf } from './screen.ts';
import { TopSession } from './top-session.ts';
import { renderWhole } from './top-screen.ts';

/** How long everything that there is may take to come. */
const COMPLETE_MS = 15_000;
const LINES_MS = 200;
const FRAME_RATE_HZ = 5;

/**
 * Shows what a relay tells: on a terminal, as lines, or once.
 *
 * @returns the exit status: 0, or that of a signal.
 * @throws GreenroomError as `RelayClient.connect`; also later, where the relay refuses to be read again.
 */
export async function runTop(options: RunTopOptions): Promise<{ exitCode: number }> {
  const model = new LiveModel();
  const run = new TopRun(model, options);
  try {
    await run.open();
    if (options.isOnce) return await run.once();
    return options.terminal ? await run.onTerminal(options.terminal) : await run.asLines();
  } finally {
    await run.close();
  }
}

type Ended = { readonly exitCode: number };

class TopRun {
  readonly #model: LiveModel;
  readonly #options: RunTopOptions;
  readonly #link: RelayLink;
  readonly #stop: () => void;
  readonly #ended: Promise<Ended>;
  #end: (ended: Ended) => void = () => {};
  #fail: (error: unknown) => void = () => {};
  #linkState: LinkState = { kind: 'open' };
  #onLink: (state: LinkState) => void = () => {};
  #onMessage: () => void = () => {};
  #timer: unknown;

  constructor(model: LiveModel, options: RunTopOptions) {
    this.#model = model;
    this.#options = options;
    this.#ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    // Nobody may be waiting yet when it fails.
    this.#ended.catch(() => {});
    this.#link = new RelayLink({
      url: options.url,
      token: options.token,
      clock: systemClock,
      random: systemRandom,
      onMessage: (message) => {
        model.apply(message);
        this.#onMessage();
      },
      onState: (state) => {
        this.#linkState = state;
        if (state.kind === 'refused') this.#fail(state.error);
        this.#onLink(state);
      },
    });
    this.#stop = options.shutdown.subscribe(({ exitCode }) => this.#end({ exitCode }));
  }

  async open(): Promise<void> {
    await Promise.race([this.#link.open(), this.#ended]);
  }

  /** Waits until everything has come, and prints it. */
  async once(): Promise<Ended> {
    const complete = new Promise<void>((resolve, reject) => {
      this.#onMessage = () => {
        if (this.#model.isComplete) resolve();
      };
      this.#onLink = ({ kind }) => {
        if (kind === 'lost') reject(new GreenroomError('E_RELAY_UNREACHABLE', 'it broke off'));
      };
      this.#timer = systemClock.setTimeout(() => {
        reject(new GreenroomError('E_RELAY_UNREACHABLE', 'it does not say all that there is'));
      }, COMPLETE_MS);
    });
    this.#link.look(this.#lookAt(null, false));
    const ended = await Promise.race([complete, this.#ended]);
    if (ended) return ended;
    const { output, isJson, state, hasColour } = this.#options;
    const screen = { ...screenOf(output), rows: Infinity, hasColour };
    const text = isJson ? this.#document() : renderWhole(state, this.#model, screen).join('\n');
    output.write(`${text}\n`);
    return { exitCode: 0 };
  }

  /** A line for each change, until a signal. */
  async asLines(): Promise<Ended> {
    const { output, state } = this.#options;
    let previous: LiveFrame | null = null;
    const show = (): void => {
      if (this.#model.isComplete) {
        const frame = inRoom(this.#model.frame, state.room);
        for (const change of describeChanges(previous, frame)) output.write(`${change}\n`);
        previous = frame;
      }
      this.#timer = systemClock.setTimeout(show, LINES_MS);
    };
    this.#onLink = (link) => {
      if (link.kind === 'lost') output.write(`not connected: ${printable(link.error.message)}\n`);
      if (link.kind === 'open') output.write('connected again\n');
    };
    this.#link.look(this.#lookAt(null, false));
    show();
    return this.#ended;
  }

  async onTerminal(terminal: NonNullable<RunTopOptions['terminal']>): Promise<Ended> {
    const { state, hasColour } = this.#options;
    const session = new TopSession({
      ...terminal,
      clock: systemClock,
      hasColour,
      state,
      model: this.#model,
      link: () => this.#linkState,
      onLook: (detail, isPaused) => this.#link.look(this.#lookAt(detail, isPaused)),
      onQuit: () => this.#end({ exitCode: 0 }),
      onFault: (cause) => this.#fail(cause),
    });
    try {
      session.start();
      return await this.#ended;
    } finally {
      session.stop();
    }
  }

  async close(): Promise<void> {
    systemClock.clearTimeout(this.#timer);
    this.#stop();
    await this.#link.close();
  }

  #lookAt(actor: Look['actor'], isPaused: boolean): Look {
    const isFollowed = !isPaused;
    const room = isFollowed ? this.#options.state.room : null;
    return {
      frameRateHz: FRAME_RATE_HZ,
      tree: isFollowed,
      actor,
      room,
      sessions: isFollowed,
    };
  }

  #document(): string {
    const { source, at, figures, sessions, sessionsTotal, alerts, actors } = this.#model;
    const { state } = this.#options;
    const tree = state.view === 'tree' ? { actors: actors.rows } : {};
    const document = { version: 1, source, at, ...figures, sessions, sessionsTotal, alerts };
    return JSON.stringify({ ...document, ...tree }, null, 2);
  }
}

/** Of a room alone, where one is chosen. */
function inRoom(frame: LiveFrame, room: string | null): LiveFrame {
  if (room === null) return frame;
  const sessions = frame.view.sessions.filter((session) => session.room === room);
  const jobs = new Set(sessions.map(({ jobId }) => jobId));
  const alerts = frame.alerts.filter(({ jobId }) => jobs.has(jobId));
  return { ...frame, view: { ...frame.view, sessions }, alerts };
}
