import { findNearMiss } from '../near-miss.ts';
import type { FindReport } from '../replay/find-report.ts';
import { findingsTable, unreadableFinding } from './findings-table.ts';
import { printable } from './format.ts';
import { interruptedText } from './interrupted-text.ts';
import { cutLine, type Screen } from './screen.ts';
import { formatEvent, formatLogTime, formatState, shortPath } from './step-text.ts';

type Found = FindReport['found'][number];
type Line = Found['lines'][number];

/** Lines of a step that are shown; the others are counted. */
const SHOWN_LINES = 12;
/** Logs whose steps are shown line by line. */
const SHOWN_STEPS = 5;
const SHOWN_NAMES = 20;

/** For people: where something is found first, and what happened there. */
export function renderFind(report: FindReport, screen: Screen): string {
  const { found, notFound, unreadable, fixture, what, exitCode } = report;
  const lines = [
    ...found.slice(0, SHOWN_STEPS).flatMap((step) => [...renderStep(step, screen), '']),
    ...found.slice(SHOWN_STEPS).map((step) => `${whereOf(step)}  ${whenOf(step)}`),
    ...(unreadable.length > 0 ? [findingsTable(unreadable.map(unreadableFinding), screen)] : []),
    `${printable(what)}: found in ${found.length} of ${logsText(found.length + notFound.length)}`,
    ...(found.length === 0 ? namesText(report) : []),
    ...(fixture === null ? [] : [`${fixture} has ${found[0]?.path ?? ''} up to that step`]),
    ...interruptedText(exitCode),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function renderStep(found: Found, screen: Screen): string[] {
  const { actor, lines, paths } = found;
  const rest = lines.length - SHOWN_LINES;
  return [
    `${whereOf(found)}  ${whenOf(found)}`,
    `  ${printable(actor)}`,
    ...lines
      .slice(0, SHOWN_LINES)
      .map((line) => cutLine(`    ${lineText(line, paths[line.actor] ?? '?')}`, screen)),
    ...(rest > 0 ? [`    and ${rest} more`] : []),
  ];
}

const logsText = (count: number): string => `${count} ${count === 1 ? 'log' : 'logs'}`;

const whereOf = ({ position, path }: Found): string =>
  printable(position ? `${position.file}:${position.line}` : path);

const whenOf = ({ seq, t, at }: Found): string =>
  `step ${seq} at ${formatLogTime(t)} (${new Date(at).toISOString()})`;

function lineText(line: Line, path: string): string {
  const about = `${line.kind.padEnd(8)}${shortPath(path)}`;
  switch (line.kind) {
    case 'state':
      return `${about} ${formatState(line.value)}`;
    case 'timer':
      return `${about} ${printable(line.event)}`;
    case 'input':
    case 'sent':
    case 'message':
    case 'command':
    case 'emitted':
      return `${about} ${formatEvent(line.event)}`;
    case 'problem':
      return `${about} ${printable(line.message)}`;
    default:
      return about;
  }
}

/** What might have been meant. */
function namesText({ what, names }: FindReport): string[] {
  if (names.length === 0) return [];
  const wanted = /[^:=.]*$/.exec(what)?.[0] ?? '';
  const words = [...new Set(names.flatMap((name) => [name, ...name.split('.')]))];
  const meant = findNearMiss(wanted, words);
  const rest = names.length - SHOWN_NAMES;
  return [
    ...(meant === null ? [] : [`Is ${meant} meant?`]),
    'there are',
    ...names.slice(0, SHOWN_NAMES).map((name) => `  ${printable(name)}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}
