import elk from 'elkjs/lib/elk.bundled.js';
import type { LayoutEngine } from './chart-layout.ts';

/** ELK in this process: it takes the event loop for as long as it draws. */
export const bundledElk = (): LayoutEngine => new elk.default();
