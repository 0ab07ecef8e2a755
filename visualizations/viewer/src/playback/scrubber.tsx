import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Playhead, Recording } from '../../../../src/io/inspect/protocol.ts';
import type { PanelProps } from '../model/panel.ts';
import { exactTime, sinceStart } from '../timeline/time-format.ts';
import { playbackSpots, shareOf, type PlaybackSpot } from './playback-marks.ts';

type ScrubberProps = Pick<PanelProps, 'send'> & {
  readonly recording: Recording;
  readonly playhead: Playhead;
};

/** Spots less than half a percent apart lie on each other. */
const PLACES = 200;
const PAGE_SHARE = 0.1;

/** All of a recording in one line: where the playhead is, and what is worth going to. */
export function Scrubber({ recording, playhead, send }: ScrubberProps) {
  const { firstAt, lastAt, divergence, steps } = recording;
  const spots = useMemo(() => playbackSpots(recording, PLACES), [recording]);
  const goTo = useOncePerFrame((at: number) => send({ type: 'goToTime', at }));
  const end = divergence ? shareOf(recording, divergence.at) : 1;
  const hear = (event: KeyboardEvent): void => {
    const go = keyed(event.key, recording, playhead);
    if (!go) return;
    event.preventDefault();
    send(go);
  };
  return (
    <div class="scrubber">
      <div class="scrubber-track" aria-hidden="true">
        <span class="scrubber-past" style={{ width: percent(shareOf(recording, playhead.at)) }} />
        {end < 1 && <span class="scrubber-unreachable" style={{ left: percent(end) }} />}
      </div>
      <input
        class="scrubber-input"
        type="range"
        min={firstAt}
        max={lastAt}
        step={1}
        value={playhead.at}
        aria-label="Moment"
        aria-valuetext={`${sinceStart(playhead.at, firstAt)}, step ${playhead.step} of ${steps}`}
        onInput={({ currentTarget }) => goTo(Number(currentTarget.value))}
        onKeyDown={hear}
      />
      {spots.map((spot) => (
        <Spot
          key={spot.at}
          {...{ spot, firstAt }}
          onChosen={() => send({ type: 'goToTime', at: spot.at })}
        />
      ))}
    </div>
  );
}

type SpotProps = {
  readonly spot: PlaybackSpot;
  readonly firstAt: number;
  readonly onChosen: () => void;
};

/** For the mouse; the keys n and p go there, too. */
function Spot({ spot, firstAt, onChosen }: SpotProps) {
  const { share, at, kind, texts } = spot;
  return (
    <button
      type="button"
      class={`scrubber-spot is-${kind}`}
      style={{ left: percent(share) }}
      tabIndex={-1}
      onClick={onChosen}
      aria-label={`${kind} at ${sinceStart(at, firstAt)}: ${texts.join('; ')}`}
      title={[`${kind} at ${sinceStart(at, firstAt)} (${exactTime(at)})`, ...texts].join('\n')}
    />
  );
}

/** What a key asks for: the browser's own steps of a millisecond would be no help. */
function keyed(
  key: string,
  { firstAt, lastAt }: Recording,
  { at }: Playhead,
): Parameters<PanelProps['send']>[0] | null {
  const page = (lastAt - firstAt) * PAGE_SHARE;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return { type: 'step', by: -1 };
    case 'ArrowRight':
    case 'ArrowUp':
      return { type: 'step', by: 1 };
    case 'PageDown':
      return { type: 'goToTime', at: Math.max(firstAt, at - page) };
    case 'PageUp':
      return { type: 'goToTime', at: Math.min(lastAt, at + page) };
    case 'Home':
      return { type: 'goTo', step: 0 };
    case 'End':
      return { type: 'goToTime', at: lastAt };
    default:
      return null;
  }
}

/** A mouse moves more often than can be drawn: the last place in each frame is the one that counts. */
function useOncePerFrame(act: (value: number) => void): (value: number) => void {
  const wanted = useRef<number | null>(null);
  const frame = useRef(0);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  return (value) => {
    const isWaiting = wanted.current !== null;
    wanted.current = value;
    if (isWaiting) return;
    frame.current = requestAnimationFrame(() => {
      if (wanted.current !== null) act(wanted.current);
      wanted.current = null;
    });
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;
