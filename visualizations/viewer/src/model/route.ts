import type { ActorAddress } from '../../../../src/io/inspect/protocol.ts';

export const VIEWS = ['actors', 'alerts', 'worker'] as const;
export type View = (typeof VIEWS)[number];

/** What the page shows, as its URL names it: whoever is given the URL sees the same. */
export type Route = {
  readonly view: View;
  readonly actor: ActorAddress | null;
  /** Null: the room of the actor. */
  readonly room: string | null;
  /** Epoch milliseconds of a moment that was chosen; null: now, or where a recording stands. */
  readonly at: number | null;
  /** Of a recording; null where none is named. */
  readonly step: number | null;
  /** What is searched for in the tree. */
  readonly query: string;
};

export const START: Route = {
  view: 'actors',
  actor: null,
  room: null,
  at: null,
  step: null,
  query: '',
};

/**
 * Such as `#/actor/AJ_7/job/agent?at=1767225600000`: of an address, each id of the path is a part.
 *
 * Only the fragment: it is never sent to a server, nor written to a server's log.
 */
export function formatRoute({ view, actor, room, at, step, query }: Route): string {
  const params = new URLSearchParams();
  if (room !== null) params.set('room', room);
  if (at !== null) params.set('at', String(at));
  if (step !== null) params.set('step', String(step));
  if (query !== '') params.set('q', query);
  const search = params.size === 0 ? '' : `?${params.toString()}`;
  const place = actor === null ? `/${view}` : `/${VIEW_OF_ACTOR[view]}/${formatAddress(actor)}`;
  return `#${place}${search}`;
}

/** An address keeps its place while alerts or the worker are looked at. */
const VIEW_OF_ACTOR: Readonly<Record<View, string>> = {
  actors: 'actor',
  alerts: 'alerts',
  worker: 'worker',
};

/** What cannot be read is left out: a URL that was cut still opens the page. */
export function parseRoute(hash: string): Route {
  const [place = '', search = ''] = splitAt(hash.replace(/^#/, ''), '?');
  const [, head = '', ...address] = place.split('/');
  const params = new URLSearchParams(search);
  return {
    view: head === 'actor' ? 'actors' : (VIEWS.find((view) => view === head) ?? 'actors'),
    actor: parseAddress(address),
    room: params.get('room'),
    at: wholeNumber(params.get('at')),
    step: wholeNumber(params.get('step')),
    query: params.get('q') ?? '',
  };
}

const formatAddress = ({ system, path }: ActorAddress): string =>
  [system, ...path.split('/')].map(encodeURIComponent).join('/');

function parseAddress(parts: readonly string[]): ActorAddress | null {
  const [system, ...path] = parts.map(decodePart);
  if (system === undefined || path.length === 0 || path.includes(undefined)) return null;
  return { system, path: path.join('/') };
}

function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part) || undefined;
  } catch {
    return undefined;
  }
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function splitAt(text: string, separator: string): readonly string[] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}
