import type { TargetedKeyboardEvent, TargetedPointerEvent } from 'preact';
import { SIZE_LIMITS, type PageLayout, type SizeName } from './layout.ts';

type SplitterProps = {
  readonly layout: PageLayout;
  readonly name: SizeName;
  readonly label: string;
  /** Of the bar itself. */
  readonly orientation: 'vertical' | 'horizontal';
  /** What it sizes lies before it (left, above) or behind it. */
  readonly side: 'before' | 'behind';
};

const STEP_PX = 16;

/** A bar between two parts of the page that sizes one of them, by pointer and by arrow keys. */
export function Splitter({ layout, name, label, orientation, side }: SplitterProps) {
  const size = layout.current.value.sizes[name];
  const sign = side === 'before' ? 1 : -1;
  const isVertical = orientation === 'vertical';

  const drag = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    event.preventDefault();
    const bar = event.currentTarget;
    const startedAt = isVertical ? event.clientX : event.clientY;
    const move = ({ clientX, clientY }: PointerEvent): void =>
      layout.resize(name, size + sign * ((isVertical ? clientX : clientY) - startedAt));
    const end = (): void => {
      bar.removeEventListener('pointermove', move);
      bar.removeEventListener('lostpointercapture', end);
    };
    bar.setPointerCapture(event.pointerId);
    bar.addEventListener('pointermove', move);
    bar.addEventListener('lostpointercapture', end);
  };

  const step = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const [less, more] = isVertical ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    const by = event.key === more ? STEP_PX : event.key === less ? -STEP_PX : 0;
    if (by === 0) return;
    event.preventDefault();
    layout.resize(name, size + sign * by);
  };

  return (
    <div
      class={`splitter is-${orientation} splits-${name}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={size}
      aria-valuemin={SIZE_LIMITS[name].least}
      aria-valuemax={SIZE_LIMITS[name].most}
      onPointerDown={drag}
      onKeyDown={step}
    />
  );
}
