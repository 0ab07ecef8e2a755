import { useSignal, type ReadonlySignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Box, Point } from '../../../../src/io/diagrams/chart-layout.ts';
import { fit, pan, reveal, zoom, type Size, type Viewport } from './viewport.ts';

/** What can be done with the view of a chart. */
export type ViewportControl = {
  readonly view: ReadonlySignal<Viewport>;
  readonly stage: RefObject<HTMLDivElement | null>;
  /** The whole chart, also after the stage changed its size. */
  readonly fitAll: () => void;
  readonly fitTo: (box: Box) => void;
  readonly show: (box: Box) => void;
  readonly panBy: (by: Point) => void;
  /** Around a point of the stage; its middle by default. */
  readonly zoomBy: (factor: number, at?: Point) => void;
};

/** Below this, the whole of a chart is no more than dust. */
const DUST_SCALE = 0.3;

/**
 * The view of a chart, which follows the size of its stage until somebody moves it.
 *
 * @param focus what is shown at first of a chart of which nothing could be seen as a whole.
 */
export function useViewport(chart: Size, focus: () => Box | undefined): ViewportControl {
  const view = useSignal<Viewport>({ x: 0, y: 0, scale: 1 });
  const stage = useRef<HTMLDivElement>(null);
  const isFitted = useRef(true);

  const size = (): Size => {
    const { clientWidth = 0, clientHeight = 0 } = stage.current ?? {};
    return { width: clientWidth, height: clientHeight };
  };
  const move = (next: Viewport): void => {
    isFitted.current = false;
    view.value = next;
  };
  const fitAll = (): void => {
    isFitted.current = true;
    view.value = fit({ x: 0, y: 0, width: chart.width, height: chart.height }, size());
  };

  useLayoutEffect(() => {
    fitAll();
    const first = view.peek().scale < DUST_SCALE ? focus() : undefined;
    if (first) move(fit(first, size()));
    const observer = new ResizeObserver(() => {
      if (isFitted.current) fitAll();
    });
    if (stage.current) observer.observe(stage.current);
    return () => observer.disconnect();
  }, [chart]);

  return {
    view,
    stage,
    fitAll,
    fitTo: (box) => move(fit(box, size())),
    show: (box) => {
      const next = reveal(view.peek(), box, size());
      if (next.x !== view.peek().x || next.y !== view.peek().y) move(next);
    },
    panBy: (by) => move(pan(view.peek(), by)),
    zoomBy: (factor, at) => {
      const { width, height } = size();
      move(zoom(view.peek(), factor, at ?? { x: width / 2, y: height / 2 }));
    },
  };
}
