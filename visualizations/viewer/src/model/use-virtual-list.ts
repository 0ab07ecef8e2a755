import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useMemo, useReducer } from 'preact/hooks';

type ListOptions = Pick<
  VirtualizerOptions<HTMLElement, HTMLElement>,
  'count' | 'estimateSize' | 'getItemKey' | 'overscan' | 'anchorTo' | 'followOnAppend'
>;

/**
 * Of a long list, what is on the screen; whoever uses it is drawn again when that changes.
 *
 * @param scroller what scrolls: an element of the same component
 */
export function useVirtualList(
  scroller: RefObject<HTMLElement | null>,
  options: ListOptions,
): Virtualizer<HTMLElement, HTMLElement> {
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  const all: VirtualizerOptions<HTMLElement, HTMLElement> = {
    overscan: 8,
    ...options,
    getScrollElement: () => scroller.current,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => {
      redraw(0);
    },
  };
  const list = useMemo(() => new Virtualizer(all), []);
  list.setOptions(all);
  useLayoutEffect(() => list._didMount(), []);
  useLayoutEffect(() => list._willUpdate());
  return list;
}
