import { signal, type ReadonlySignal } from '@preact/signals';
import { formatRoute, parseRoute, type Route } from './route.ts';

/** The route of the page, as the address bar has it: back and forward work. */
export class PageLocation {
  readonly #route = signal(parseRoute(location.hash));
  readonly #visited = signal(this.#route.peek());

  constructor() {
    const read = (): void => {
      this.#route.value = parseRoute(location.hash);
      this.#visited.value = this.#route.peek();
    };
    // `popstate` is back and forward, `hashchange` a URL that somebody typed or pasted.
    addEventListener('popstate', read);
    addEventListener('hashchange', read);
  }

  get route(): ReadonlySignal<Route> {
    return this.#route;
  }

  /** As the URL came from outside: it was opened, pasted, or gone back to. */
  get visited(): ReadonlySignal<Route> {
    return this.#visited;
  }

  /** Goes there; back leads here again. */
  go(change: Partial<Route>): void {
    this.#move(change, (url) => history.pushState(null, '', url));
  }

  /** Says better where we are: nothing to go back to. */
  amend(change: Partial<Route>): void {
    this.#move(change, (url) => history.replaceState(null, '', url));
  }

  #move(change: Partial<Route>, write: (url: string) => void): void {
    const route = { ...this.#route.peek(), ...change };
    const url = formatRoute(route);
    if (url === formatRoute(this.#route.peek())) return;
    this.#route.value = route;
    write(url);
  }
}
