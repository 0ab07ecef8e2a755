import { signal, type ReadonlySignal } from '@preact/signals';
import type { Drawn } from './look.ts';

const SAMPLE_MS = 1_000;
/** Measuring keeps the screen awake, so it is done now and then. */
const EVERY_MS = 5_000;

/** How fast the browser draws this page, and whether it does. */
export function watchDrawn(): ReadonlySignal<Drawn> {
  const drawn = signal<Drawn>({ drawnHz: 60, isHidden: document.hidden });
  document.addEventListener('visibilitychange', () => {
    drawn.value = { ...drawn.peek(), isHidden: document.hidden };
  });
  const sample = (): void => {
    let frames = 0;
    const startedAt = performance.now();
    const count = (now: number): void => {
      const elapsedMs = now - startedAt;
      if (elapsedMs < SAMPLE_MS) {
        frames += 1;
        requestAnimationFrame(count);
        return;
      }
      // A tab that was hidden meanwhile drew nothing, however fast it is.
      if (elapsedMs < 2 * SAMPLE_MS || frames > 1) {
        drawn.value = { ...drawn.peek(), drawnHz: (frames * 1_000) / elapsedMs };
      }
      setTimeout(sample, EVERY_MS);
    };
    requestAnimationFrame(count);
  };
  sample();
  return drawn;
}
