import type { AcceptedLog } from '../replay/accept-log.ts';
import type { AcceptReport } from '../replay/accept-report.ts';
import { findingsTable, unreadableFinding, type Finding } from './findings-table.ts';
import { interruptedText } from './interrupted-text.ts';
import type { Screen } from './screen.ts';
import { describeDifference } from './step-text.ts';

/** For people: which logs were written anew, and what became more or less in them. */
export function renderAcceptance(
  { accepted, same, unreadable, exitCode }: AcceptReport,
  screen: Screen,
): string {
  const rows = [
    ...accepted.map((log): Finding => ['written', log.path, changesOf(log)]),
    ...unreadable.map(unreadableFinding),
  ];
  const counted = [
    `${accepted.length} written anew`,
    `${same.length} left as they are`,
    ...(unreadable.length > 0 ? [`${unreadable.length} unreadable`] : []),
  ].join(', ');
  return [
    ...(rows.length === 0 ? [] : [findingsTable(rows, screen), '']),
    `${accepted.length + same.length + unreadable.length} logs: ${counted}`,
    ...(accepted.length > 0 ? ['Review them before you commit: git diff shows each line.'] : []),
    ...interruptedText(exitCode),
    '',
  ].join('\n');
}

const kinds = [
  ['state', 'states'],
  ['message', 'messages'],
  ['command', 'commands'],
  ['emitted', 'emitted'],
] as const;

function changesOf({ firstDifference, before, after, lostInputs }: AcceptedLog): string[] {
  const counts = kinds.map(([kind, name]) =>
    before[kind] === after[kind]
      ? `${before[kind]} ${name}`
      : `${before[kind]} -> ${after[kind]} ${name}`,
  );
  return [
    `from ${describeDifference(firstDifference)}`,
    counts.join(', '),
    ...(lostInputs > 0 ? [`${lostInputs} inputs have no actor any more`] : []),
  ];
}
