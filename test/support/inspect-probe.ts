import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { ActorAddress } from '../../src/io/inspect/protocol.ts';

const PAGE_SIDE = readFileSync(
  fileURLToPath(new URL('clients/inspect-probe.mjs', import.meta.url)),
  'utf8',
);

/** What the page shows of an actor's states, as its words, and since when: epoch milliseconds. */
export type NotedStates = { readonly at: number; readonly states: string };

/** Looks at the page of a relay from within, as fast as it changes. */
export class InspectProbe {
  readonly #page: Page;

  static async in(page: Page): Promise<InspectProbe> {
    await page.evaluate(PAGE_SIDE);
    return new InspectProbe(page);
  }

  private constructor(page: Page) {
    this.#page = page;
  }

  /** The states of every line of the tree, by `<system> <path>`. Branches that are closed have none. */
  readTree(): Promise<Readonly<Record<string, string>>> {
    return this.#call('readTree');
  }

  /** From here on, of one actor whose line is on the screen. */
  noteStates({ system, path }: ActorAddress): Promise<void> {
    return this.#call('noteStates', system, path);
  }

  notedStates(): Promise<readonly NotedStates[]> {
    return this.#call('notedStates');
  }

  /** Milliseconds at which the page drew each frame of the next so many. */
  drawFrames(durationMs: number): Promise<readonly number[]> {
    return this.#call('drawFrames', durationMs);
  }

  #call<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    return this.#page.evaluate<T>(`inspectProbe.${method}(...${JSON.stringify(args)})`);
  }
}
