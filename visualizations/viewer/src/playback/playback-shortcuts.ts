import { signal } from '@preact/signals';
import type { PanelProps } from '../model/panel.ts';
import type { Shortcut } from '../shell/shortcuts.ts';
import { nextAlert } from './playback-marks.ts';

/** For when it is played next; null: as fast as the last time. */
export const chosenSpeed = signal<number | null>(null);

type Controls = Pick<PanelProps, 'store' | 'send'>;

/** What the keys do with a recording; where none is opened they do nothing. */
export const playbackShortcuts = (controls: Controls): readonly Shortcut[] => [
  { keys: 'k', does: 'recording: play or pause (space, too)', run: () => togglePlay(controls) },
  { keys: ',', does: 'recording: a step back', run: () => stepBy(controls, -1) },
  { keys: '.', does: 'recording: a step on', run: () => stepBy(controls, 1) },
  { keys: 'n', does: 'recording: to the next alert', run: () => goToAlert(controls, 1) },
  { keys: 'p', does: 'recording: to the alert before', run: () => goToAlert(controls, -1) },
];

export function togglePlay({ store, send }: Controls): void {
  const playhead = store.playhead.peek();
  if (!playhead) return;
  const speed = chosenSpeed.peek() ?? playhead.speed;
  send(playhead.isPlaying ? { type: 'pause' } : { type: 'play', speed });
}

export function stepBy({ store, send }: Controls, by: 1 | -1): void {
  if (store.recording.peek()) send({ type: 'step', by });
}

export function goToAlert({ store, send }: Controls, direction: 1 | -1): void {
  const recording = store.recording.peek();
  const playhead = store.playhead.peek();
  const at = recording && playhead && nextAlert(recording, playhead.at, direction);
  if (typeof at === 'number') send({ type: 'goToTime', at });
}
