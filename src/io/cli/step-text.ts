import type { StateValue } from 'xstate';
import type { FileLine } from '../event-log/log-line.ts';
import type { Divergence, ReplayedStep } from '../replay/divergence.ts';
import { stateLeaves } from '../replay/state-leaves.ts';
import { printable } from './format.ts';

/** Time since the beginning of a log, as `m:ss.mmm`; minutes go on beyond 59. */
export function formatLogTime(t: number): string {
  const seconds = Math.floor(t / 1_000);
  const [ss, mmm] = [String(seconds % 60).padStart(2, '0'), String(t % 1_000).padStart(3, '0')];
  return `${Math.floor(seconds / 60)}:${ss}.${mmm}`;
}

/** The state of an actor in a few words: `connected.speech.silent connected.video.off`. */
export const formatState = (value: StateValue): string => stateLeaves(value).join(' ');

/** The same in fewer, for a column: `connected: silent, off`. */
export function briefState(value: StateValue): string {
  if (typeof value === 'string') return value;
  const inner = Object.entries(value).flatMap(([key, below]) =>
    below === undefined ? [] : [{ key, text: briefState(below) }],
  );
  const [only] = inner;
  if (only && inner.length === 1) return only.text === '' ? only.key : `${only.key}: ${only.text}`;
  return inner.map(({ key, text }) => text || key).join(', ');
}

/** The end of an actor's path, which tells it from the others: `…/track:TR_x/levels`. */
export function shortPath(path: string): string {
  const ids = path.split('/');
  return printable(ids.length > 2 ? `…/${ids.slice(-2).join('/')}` : path);
}

/** An event in one line: its type, and what it says. */
export function formatEvent(event: unknown): string {
  if (typeof event !== 'object' || event === null) return String(event);
  const { type, ...rest }: { readonly type?: unknown } = event;
  const said = Object.entries(rest).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return printable([typeof type === 'string' ? type : 'event', ...said].join(' '));
}

/** Where and why a replay parts from its log, in one line. */
export function describeDifference({ seq, t, path, reason }: Divergence): string {
  const actor = path === undefined ? '' : `, ${path}`;
  return printable(`step ${seq} at ${formatLogTime(t)}${actor}: ${reason}`);
}

/** A step in one line: what came, and what followed. */
export function formatStep({ stimulus, path, consequences }: ReplayedStep): string {
  const at = formatLogTime(stimulus.t).padStart(10);
  const what = stimulus.kind === 'stop' ? 'stopped from outside' : eventOf(stimulus);
  const followed = consequences.map(briefOf).join(', ');
  return `${at}  ${shortPath(path)}: ${what}${followed && ` -> ${followed}`}`;
}

const eventOf = (stimulus: Exclude<ReplayedStep['stimulus'], { readonly kind: 'stop' }>): string =>
  stimulus.kind === 'timer' ? `timer ${printable(stimulus.event)}` : formatEvent(stimulus.event);

function briefOf(line: FileLine): string {
  switch (line.kind) {
    case 'state':
      return formatState(line.value);
    case 'message':
    case 'command':
      return line.event.type;
    case 'actor':
      return `new ${shortPath(line.path)}`;
    default:
      return line.kind;
  }
}
