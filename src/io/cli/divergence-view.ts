import { styleText } from 'node:util';
import type { FileLine } from '../event-log/log-line.ts';
import type { ComparedLog } from '../replay/compare-log.ts';
import type { Divergence } from '../replay/divergence.ts';
import type { MachineChange } from '../replay/machine-changes.ts';
import { printable } from './format.ts';
import { cutLine, type Screen } from './screen.ts';
import { formatEvent, formatLogTime, formatState, formatStep } from './step-text.ts';
import { allOf, diffValues, type DiffLine } from './value-diff.ts';
import { wrap } from './wrap.ts';

/** The last states of an actor that are shown. */
const SHOWN_STATES = 5;
/** Transitions of a machine that are shown. */
const SHOWN_TRANSITIONS = 8;

/** For people: where a log and its replay part, how they came there, and what to look at. */
export function renderDivergence(
  path: string,
  { divergence, startedAt, changes }: ComparedLog & { readonly divergence: Divergence },
  { columns, hasColour }: Screen,
): string {
  const { position, seq, t, reason, stimulus, states, before } = divergence;
  const where = position ? `${position.file}:${position.line}` : path;
  const wallTime = new Date(startedAt + t).toISOString().replace('T', ' ').replace('Z', ' UTC');
  const lines = [
    `${where} differs${reason === 'different' ? '' : `: ${printable(reason)}`}`,
    `step ${seq} at ${formatLogTime(t)} (${wallTime})`,
    '',
    ...section('actor', divergence.path === undefined ? [] : [printable(divergence.path)]),
    ...section(
      'its way',
      states
        .slice(-SHOWN_STATES)
        .map(({ t, value }) => `${formatLogTime(t).padStart(10)}  ${formatState(value)}`),
    ),
    ...section('stimulus', stimulus ? [stimulusText(stimulus)] : []),
    ...section('difference, - recorded, + now', differenceOf(divergence).map(diffText)),
    ...section('steps before', before.map(formatStep)),
    ...section('where to look', wrap(whereToLook(changes), columns - INDENT.length)),
  ];
  // Each section ends with an empty line.
  return lines
    .slice(0, -1)
    .map((line) => `${paint(cutLine(line, { columns }), hasColour)}\n`)
    .join('');
}

const INDENT = '  ';

const section = (title: string, body: readonly string[]): string[] =>
  body.length === 0 ? [] : [title, ...body.map((line) => `${INDENT}${line}`), ''];

function stimulusText(stimulus: NonNullable<Divergence['stimulus']>): string {
  switch (stimulus.kind) {
    case 'timer': {
      const lateMs = stimulus.t - stimulus.dueAt;
      const due = lateMs === 0 ? '' : `, due at ${formatLogTime(stimulus.dueAt)}`;
      return `timer ${stimulus.timer}: ${printable(stimulus.event)}${due}`;
    }
    case 'stop':
      return 'the root was stopped from outside';
    default:
      return `${stimulus.kind}: ${formatEvent(stimulus.event)}`;
  }
}

/** What one side has and the other has not. */
function differenceOf({ seq, recorded, replayed }: Divergence): readonly DiffLine[] {
  // Where the replay does more, the log goes on with something else.
  const expected = recorded && isOfStep(recorded, seq) ? recorded : undefined;
  if (expected && replayed && expected.kind === replayed.kind) {
    const isOfOneActor = actorOf(expected) === actorOf(replayed);
    const bodies = [expected, replayed].map((line) => bodyOf(line, !isOfOneActor));
    const [then = {}, now = {}] = bodies;
    return [{ sign: ' ', text: expected.kind }, ...diffValues(then, now)];
  }
  return [...sideOf(expected, '-'), ...sideOf(replayed, '+')];
}

const isOfStep = (line: FileLine, seq: number): boolean => !('seq' in line) || line.seq === seq;

function sideOf(line: FileLine | undefined, sign: '-' | '+'): readonly DiffLine[] {
  if (!line) return [{ sign, text: 'nothing' }];
  return [{ sign, text: line.kind }, ...allOf(bodyOf(line, false), sign)];
}

const actorOf = (line: FileLine): number | null => ('actor' in line ? line.actor : null);

/** What the report has not said already. */
const bodyOf = (line: FileLine, withActor: boolean): object =>
  Object.fromEntries(
    Object.entries(line).filter(
      ([key]) => key !== 'kind' && key !== 'seq' && (withActor || key !== 'actor'),
    ),
  );

const diffText = ({ sign, text }: DiffLine): string => `${sign} ${printable(text)}`;

function whereToLook(changes: readonly MachineChange[]): string[] {
  if (changes.length === 0) {
    return [
      'The machines have the states and transitions that were recorded: look at what their guards, ' +
        'actions and delays do, at settings with another meaning, and for what is impure.',
    ];
  }
  return changes.flatMap(({ machine, transitions }) => [
    `${machine} has changed since${transitions ? '' : '; its transitions were not noted beside the log'}`,
    ...listed('-', transitions?.gone ?? []),
    ...listed('+', transitions?.new ?? []),
  ]);
}

function listed(sign: '-' | '+', transitions: readonly string[]): string[] {
  const rest = transitions.length - SHOWN_TRANSITIONS;
  return [
    ...transitions.slice(0, SHOWN_TRANSITIONS).map((transition) => `${sign} ${transition}`),
    ...(rest > 0 ? [`${sign} and ${rest} more`] : []),
  ];
}

const colours = [
  [/^ {2}- /, 'red'],
  [/^ {2}\+ /, 'green'],
  [/^\S.* differs(?::|$)/, 'bold'],
  [/^\S/, 'dim'],
] as const;

function paint(line: string, hasColour: boolean): string {
  const colour = hasColour ? colours.find(([pattern]) => pattern.test(line))?.[1] : undefined;
  // Whether there are colours is the caller's to say.
  return colour === undefined ? line : styleText(colour, line, { validateStream: false });
}
