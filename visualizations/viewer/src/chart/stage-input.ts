import type { TargetedEvent } from 'preact';
import type { ViewportControl } from './use-viewport.ts';

const PAN_STEP_PX = 60;
export const ZOOM_STEP = 1.25;
/** Closer than this, a press is a click on a state. */
const DRAG_START_PX = 4;
/** Wheels report 100 or so a notch, touchpads a few at a time. */
const ZOOM_PER_WHEEL_PX = 0.0025;

type Stage = HTMLDivElement;
type Keys = Readonly<Record<string, () => void>>;

/** What mouse, wheel, touchpad and keys do with the view. */
export function stageInput({ panBy, zoomBy, fitAll }: ViewportControl) {
  const viewKeys: Keys = {
    '+': () => zoomBy(ZOOM_STEP),
    '=': () => zoomBy(ZOOM_STEP),
    '-': () => zoomBy(1 / ZOOM_STEP),
    '0': fitAll,
  };
  // Where a state has the focus, these walk the states instead.
  const panKeys: Keys = {
    ArrowLeft: () => panBy({ x: PAN_STEP_PX, y: 0 }),
    ArrowRight: () => panBy({ x: -PAN_STEP_PX, y: 0 }),
    ArrowUp: () => panBy({ x: 0, y: PAN_STEP_PX }),
    ArrowDown: () => panBy({ x: 0, y: -PAN_STEP_PX }),
  };
  let drag: { x: number; y: number; isMoving: boolean } | undefined;
  return {
    onWheel: (event: TargetedEvent<Stage, WheelEvent>) => {
      event.preventDefault();
      // A pinch on a touchpad comes as a wheel with ctrl.
      if (event.ctrlKey || event.metaKey) {
        const { left, top } = event.currentTarget.getBoundingClientRect();
        const at = { x: event.clientX - left, y: event.clientY - top };
        zoomBy(Math.exp(-event.deltaY * ZOOM_PER_WHEEL_PX), at);
      } else {
        panBy({ x: -event.deltaX, y: -event.deltaY });
      }
    },
    onPointerDown: (event: TargetedEvent<Stage, PointerEvent>) => {
      if (event.button === 0) drag = { x: event.clientX, y: event.clientY, isMoving: false };
    },
    onPointerMove: (event: TargetedEvent<Stage, PointerEvent>) => {
      if (!drag) return;
      const by = { x: event.clientX - drag.x, y: event.clientY - drag.y };
      if (!drag.isMoving && Math.hypot(by.x, by.y) < DRAG_START_PX) return;
      if (!drag.isMoving) event.currentTarget.setPointerCapture(event.pointerId);
      drag = { x: event.clientX, y: event.clientY, isMoving: true };
      panBy(by);
    },
    onPointerUp: () => {
      drag = undefined;
    },
    onPointerCancel: () => {
      drag = undefined;
    },
    onKeyDown: (event: TargetedEvent<Stage, KeyboardEvent>) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const isOnStage = event.target === event.currentTarget;
      const act = viewKeys[event.key] ?? (isOnStage ? panKeys[event.key] : undefined);
      if (!act) return;
      event.preventDefault();
      act();
    },
  };
}
