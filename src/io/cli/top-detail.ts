import type { ActorAddress, ActorDetail, Entry } from '../inspect/protocol.ts';
import { formatDuration, formatElapsed } from './format.ts';
import { stateLeaves } from '../replay/state-leaves.ts';
import type { LiveModel } from './live-model.ts';
import { briefState, formatEvent } from './step-text.ts';
import { leafTexts } from './value-diff.ts';

const MAX_VALUES = 300;
/** All are written anew with each frame. */
const MAX_ENTRIES = 200;

/** All that is known of one actor, as lines of any length; the newest event first. */
export function detailLines(model: LiveModel, address: ActorAddress): string[] {
  const { detail, missing, frame } = model;
  const title = `${address.system}  ${address.path}`;
  if (!detail) {
    return [title, missing ? 'There is no such actor, or no longer.' : 'Waiting for the actor.'];
  }
  const { value, status, at, entries } = detail;
  const system = model.actors.systems.get(address.system);
  const about = [system?.room, system?.identity, system?.agent].filter((text) => text != null);
  return [
    title,
    ...(about.length > 0 ? [about.join('  ')] : []),
    status,
    ...(value === null ? [] : stateLeaves(value).map((leaf) => `state ${leaf}`)),
    ...detail.timers.map(
      ({ event, dueAt }) => `timer ${event} in ${formatDuration(Math.max(0, dueAt - at))}`,
    ),
    '',
    ...valuesOf('context', detail.context, detail),
    ...valuesOf('output', detail.output, detail),
    'last events, newest first',
    ...entries
      .slice(-MAX_ENTRIES)
      .toReversed()
      .flatMap((entry) => [
        `  ${describe(entry, frame.startedAt)}`,
        ...lostBefore(detail.lost.get(entry.seq)),
      ]),
  ];
}

const lostBefore = (count: number | undefined): string[] =>
  count === undefined ? [] : [`  ... ${count} before it are no longer known`];

function valuesOf(title: string, value: unknown, { isTooBig }: ActorDetail): string[] {
  if (value == null) return isTooBig && title === 'context' ? ['context: too big to show', ''] : [];
  const texts = leafTexts(value);
  const more = texts.length - MAX_VALUES;
  return [
    title,
    ...texts.slice(0, MAX_VALUES).map((text) => `  ${text}`),
    ...(more > 0 ? [`  and ${more} values more`] : []),
    '',
  ];
}

function describe({ at, kind, from, event, count, value }: Entry, startedAt: number): string {
  const said = formatEvent(event);
  const times = count > 1 ? ` x${count}` : '';
  const sender = from === null ? '' : ` from ${from}`;
  const became = value === null ? '' : ` -> ${briefState(value)}`;
  const verb = kind === 'emitted' ? 'said ' : '';
  return `${formatElapsed(at - startedAt)}  ${verb}${said}${times}${sender}${became}`;
}
