import type { RefObject } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { AXIS_PX } from './draw-timeline.ts';
import { atOf } from './time-view.ts';
import type { ViewState } from './view-state.ts';

type PointerOptions = {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly plot: RefObject<HTMLElement | null>;
  readonly state: ViewState;
  readonly widthPx: () => number;
  /** From the top of the lines; null where the pointer left. */
  readonly hover: (y: number | null) => void;
  readonly click: () => void;
  readonly fit: () => void;
};

type PointerHandlers = Readonly<
  Record<
    'onPointerDown' | 'onPointerMove' | 'onPointerUp' | 'onPointerLeave',
    (event: PointerEvent) => void
  > & { onDblClick: () => void }
>;

/** Less is a click with a trembling hand. */
const DRAG_PX = 4;
const WHEEL_ZOOM = 1.0015;

/** Drag to pan, wheel to zoom, click to choose, double click for all. */
export function usePointer(options: PointerOptions): PointerHandlers {
  const { plot, state, widthPx } = options;
  useEffect(() => {
    const element = plot.current;
    if (!element) return undefined;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { from, to } = state.view.peek();
      const sideways = event.shiftKey ? event.deltaY : event.deltaX;
      if (sideways !== 0) state.pan((sideways / Math.max(1, widthPx())) * (to - from));
      else state.zoom(WHEEL_ZOOM ** event.deltaY, timeAt(element, event, options));
    };
    // A passive listener, which is the default, could not keep the page from scrolling.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [plot, state]);
  return useMemo(() => handlersOf(options), [plot, state]);
}

function handlersOf(options: PointerOptions): PointerHandlers {
  const { scroller, plot, state, widthPx, hover, click, fit } = options;
  let pressed: { x: number; y: number; isDragged: boolean } | null = null;
  const move = (event: PointerEvent): void => {
    if (!plot.current) return;
    const { top } = plot.current.getBoundingClientRect();
    state.cursor.value = timeAt(plot.current, event, options);
    hover(event.clientY - top - AXIS_PX);
  };
  const drag = (event: PointerEvent, from: { x: number; y: number }): void => {
    const view = state.view.peek();
    state.pan(((from.x - event.clientX) / Math.max(1, widthPx())) * (view.to - view.from));
    if (scroller.current) scroller.current.scrollTop += from.y - event.clientY;
  };
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      pressed = { x: event.clientX, y: event.clientY, isDragged: false };
      move(event);
    },
    onPointerMove: (event) => {
      if (!pressed) {
        move(event);
        return;
      }
      const far = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y);
      if (!pressed.isDragged && far < DRAG_PX) return;
      if (!pressed.isDragged) plot.current?.setPointerCapture(event.pointerId);
      drag(event, pressed);
      pressed = { x: event.clientX, y: event.clientY, isDragged: true };
    },
    onPointerUp: (event) => {
      const isClick = pressed?.isDragged === false;
      pressed = null;
      move(event);
      if (isClick) click();
    },
    onPointerLeave: () => {
      if (pressed?.isDragged === true) return;
      pressed = null;
      hover(null);
      state.cursor.value = null;
    },
    onDblClick: fit,
  };
}

function timeAt(plot: HTMLElement, event: MouseEvent, { state, widthPx }: PointerOptions): number {
  const { left } = plot.getBoundingClientRect();
  return atOf(state.view.peek(), widthPx(), event.clientX - left);
}
