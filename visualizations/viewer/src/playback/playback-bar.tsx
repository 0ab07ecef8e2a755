import type { ComponentChildren } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import type { Playhead, Recording } from '../../../../src/io/inspect/protocol.ts';
import type { PanelProps } from '../model/panel.ts';
import { clockTime, exactTime, logTime, sinceStart } from '../timeline/time-format.ts';
import { ChooseLog } from './choose-log.tsx';
import { DivergenceNote } from './divergence-note.tsx';
import { nextAlert } from './playback-marks.ts';
import { chosenSpeed, goToAlert, stepBy, togglePlay } from './playback-shortcuts.ts';
import { Scrubber } from './scrubber.tsx';
import './playback.css';

const SPEEDS = [0.25, 0.5, 1, 2, 5, 10, 50, 100, 1_000] as const;

/** The playhead of a recording, for all who look at it. */
export function PlaybackBar(panel: PanelProps) {
  const { store } = panel;
  useSpaceBar(panel);
  const recording = store.recording.value;
  const playhead = store.playhead.value;
  const opening = store.opening.value;
  return (
    <section class="playback" aria-label="Playback">
      {opening ? (
        <Opening file={opening.file} share={opening.share} />
      ) : recording && playhead ? (
        <Controls {...{ panel, recording, playhead }} />
      ) : (
        <p class="playback-idle dim">No recording is opened.</p>
      )}
    </section>
  );
}

function Opening({ file, share }: { readonly file: string; readonly share: number }) {
  // Of a packed file nobody knows how much is in it.
  const isKnown = share > 0;
  return (
    <label class="playback-opening">
      Opening <span class="mono">{file}</span>
      <progress max={1} {...(isKnown && { value: share })} />
      {isKnown && <span class="numbers">{Math.floor(share * 100)} %</span>}
    </label>
  );
}

type ControlsProps = {
  readonly panel: PanelProps;
  readonly recording: Recording;
  readonly playhead: Playhead;
};

function Controls({ panel, recording, playhead }: ControlsProps) {
  const { send } = panel;
  const { divergence, firstAt, lastAt } = recording;
  const { step, at, isPlaying, speed, knownFrom } = playhead;
  const last = divergence ? Math.max(0, divergence.step - 1) : recording.steps;
  const isAtDivergence = divergence !== null && step === last;
  return (
    <>
      {isAtDivergence && <DivergenceNote divergence={divergence} />}
      <div class="playback-row">
        <div class="playback-group">
          <Control
            label="Alert before (p)"
            onClick={() => goToAlert(panel, -1)}
            isOff={nextAlert(recording, at, -1) === null}
          >
            <path d="M3 3h1.6v10H3zM13 3v10L5.4 8z" />
          </Control>
          <Control label="Step back (,)" onClick={() => stepBy(panel, -1)} isOff={step === 0}>
            <path d="M11.5 3v10L4 8z" />
          </Control>
          <button
            type="button"
            class="button is-main playback-play"
            onClick={() => togglePlay(panel)}
            aria-label={isPlaying ? 'Pause' : 'Play'}
            title={`${isPlaying ? 'Pause' : 'Play'} (space)`}
          >
            <Icon>
              <path d={isPlaying ? 'M4 3h3v10H4zM9 3h3v10H9z' : 'M4.5 2.5v11L13 8z'} />
            </Icon>
          </button>
          <Control label="Step on (.)" onClick={() => stepBy(panel, 1)} isOff={step >= last}>
            <path d="M4.5 3v10L12 8z" />
          </Control>
          <Control
            label="Next alert (n)"
            onClick={() => goToAlert(panel, 1)}
            isOff={nextAlert(recording, at, 1) === null}
          >
            <path d="M11.4 3H13v10h-1.6zM3 3v10l7.6-5z" />
          </Control>
        </div>
        <label class="playback-speed">
          <span class="unseen">Speed</span>
          <select
            class="input"
            value={String(isPlaying ? speed : (chosenSpeed.value ?? speed))}
            onChange={({ currentTarget }) => {
              const chosen = Number(currentTarget.value);
              chosenSpeed.value = chosen;
              if (isPlaying) send({ type: 'play', speed: chosen });
            }}
          >
            {SPEEDS.map((one) => (
              <option key={one} value={String(one)}>
                {one} ×
              </option>
            ))}
          </select>
        </label>
        <time class="playback-time mono numbers" dateTime={logTime(at)} title={logTime(at)}>
          <strong>{sinceStart(at, firstAt)}</strong>
          <span class="dim">{exactTime(at)}</span>
        </time>
        <Scrubber {...{ recording, playhead, send }} />
        <span class="playback-end mono numbers dim" title={`ends at ${clockTime(lastAt)}`}>
          {sinceStart(lastAt, firstAt)}
        </span>
        <span class="playback-step numbers">
          step {step.toLocaleString('en')}{' '}
          <span class="dim">of {recording.steps.toLocaleString('en')}</span>
        </span>
        {divergence && (
          <button
            type="button"
            class="button playback-divergence"
            onClick={() => send({ type: 'goTo', step: last })}
            title={divergence.reason}
          >
            ≠ step {divergence.step.toLocaleString('en')}
            <span class="unseen">: go to the divergence</span>
          </button>
        )}
        <ChooseLog {...panel} label="Open…" />
      </div>
      <Notes {...{ recording, knownFrom }} />
    </>
  );
}

/** What is not to be seen, and why. */
function Notes({
  recording,
  knownFrom,
}: {
  readonly recording: Recording;
  readonly knownFrom: number;
}) {
  const { firstAt, ending, isTimelineCut, divergence } = recording;
  const notes = [
    ...(knownFrom > firstAt
      ? [
          `After this jump events and counts are known from ${sinceStart(knownFrom, firstAt)} on; states, alerts and the timeline are complete.`,
        ]
      : []),
    ...(ending === 'torn' && !divergence
      ? ['The log breaks off within a line: its process was killed.']
      : []),
    ...(ending === 'open' && !divergence
      ? ['The log is not closed: its process was killed, or still writes it.']
      : []),
    ...(isTimelineCut
      ? ['There is more than the timeline shows: later rows, changes and messages are left out.']
      : []),
  ];
  if (notes.length === 0) return null;
  return <p class="playback-notes dim">{notes.join(' ')}</p>;
}

type ControlProps = {
  readonly label: string;
  readonly isOff: boolean;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
};

function Control({ label, isOff, onClick, children }: ControlProps) {
  return (
    <button
      type="button"
      class="button"
      onClick={onClick}
      aria-label={label}
      title={label}
      disabled={isOff}
    >
      <Icon>{children}</Icon>
    </button>
  );
}

function Icon({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg class="playback-icon" viewBox="0 0 16 16" aria-hidden="true">
      {children}
    </svg>
  );
}

/** The space bar plays, but not where it presses what has the focus. */
function useSpaceBar(panel: PanelProps): void {
  useLayoutEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (event.key !== ' ' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
      const { target } = event;
      const isPressed = target instanceof Element && target.closest(PRESSED_BY_SPACE) !== null;
      if (isPressed) return;
      event.preventDefault();
      togglePlay(panel);
    };
    document.addEventListener('keydown', hear);
    return () => document.removeEventListener('keydown', hear);
  }, [panel]);
}

const PRESSED_BY_SPACE =
  'a, button, input:not([type=range]), select, textarea, summary, [tabindex]:not([tabindex="-1"])';
