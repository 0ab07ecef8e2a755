import { signal, type ReadonlySignal } from '@preact/signals';

/** Sizes in pixels of what stands around the chart. */
type Sizes = {
  readonly tree: number;
  readonly side: number;
  readonly timeline: number;
  /** Of the side, from its top. */
  readonly context: number;
};
export type SizeName = keyof Sizes;

export type Layout = { readonly sizes: Sizes; readonly closed: readonly Closable[] };
export type Closable = 'tree' | 'side';

const KEY = 'greenroom.layout';

export const SIZE_LIMITS: Readonly<Record<SizeName, { least: number; most: number }>> = {
  tree: { least: 200, most: 900 },
  side: { least: 200, most: 900 },
  timeline: { least: 90, most: 700 },
  context: { least: 90, most: 900 },
};

/** Until somebody drags them: shares of the window, so that a small one keeps room for the chart. */
const usualSizes = (): Sizes => ({
  tree: share(innerWidth, 0.31, SIZE_LIMITS.tree.least, 460),
  side: share(innerWidth, 0.26, SIZE_LIMITS.side.least, 400),
  timeline: share(innerHeight, 0.29, 160, 360),
  context: share(innerHeight, 0.3, 160, 360),
});

const share = (whole: number, part: number, least: number, most: number): number =>
  Math.round(Math.min(most, Math.max(least, whole * part)));

/** Where the parts of the page stand, remembered by this browser. */
export class PageLayout {
  readonly #layout = signal(remembered());

  get current(): ReadonlySignal<Layout> {
    return this.#layout;
  }

  resize(name: SizeName, size: number): void {
    const { least, most } = SIZE_LIMITS[name];
    const { sizes, closed } = this.#layout.peek();
    const within = Math.round(Math.min(most, Math.max(least, size)));
    this.#keep({ sizes: { ...sizes, [name]: within }, closed });
  }

  toggle(name: Closable): void {
    const { sizes, closed } = this.#layout.peek();
    const isClosed = closed.includes(name);
    this.#keep({
      sizes,
      closed: isClosed ? closed.filter((other) => other !== name) : [...closed, name],
    });
  }

  #keep(layout: Layout): void {
    this.#layout.value = layout;
    localStorage.setItem(KEY, JSON.stringify(layout));
  }
}

/** What cannot be read is as it usually is. */
function remembered(): Layout {
  const usual: Layout = { sizes: usualSizes(), closed: [] };
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('sizes' in kept)) return usual;
    const sizes: unknown = kept.sizes;
    const closed: unknown = 'closed' in kept ? kept.closed : [];
    return {
      sizes: {
        tree: sizeIn(sizes, 'tree', usual),
        side: sizeIn(sizes, 'side', usual),
        timeline: sizeIn(sizes, 'timeline', usual),
        context: sizeIn(sizes, 'context', usual),
      },
      closed: (['tree', 'side'] as const).filter(
        (name) => Array.isArray(closed) && closed.includes(name),
      ),
    };
  } catch {
    return usual;
  }
}

function sizeIn(sizes: unknown, name: SizeName, usual: Layout): number {
  const size: unknown =
    typeof sizes === 'object' && sizes !== null ? Reflect.get(sizes, name) : undefined;
  const { least, most } = SIZE_LIMITS[name];
  return typeof size === 'number' && size >= least && size <= most ? size : usual.sizes[name];
}
