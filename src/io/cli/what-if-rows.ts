import type { WhatIfLog } from '../replay/what-if-report.ts';
import { formatDuration, printable } from './format.ts';
import { formatLogTime, shortPath } from './step-text.ts';

/** States of which more are counted and not shown. */
const SHOWN_STATES = 10;

type Run = WhatIfLog['base'];

/** How a run ended, in a word. */
export const endText = ({ endReason, error }: Run): string =>
  error === null ? (endReason ?? 'none yet') : 'broken';

/** Figures of a summary that say nothing about a difference, or are shown of any agent. */
const hiddenFigures: readonly string[] = ['identity', 'startedAt', 'alerts', 'endReason'];

/** What both runs came to, side by side. */
export function figureRows({ base, changed }: WhatIfLog): string[][] {
  const names = new Set([
    ...Object.keys(base.summary ?? {}),
    ...Object.keys(changed.summary ?? {}),
  ]);
  const ofSummary = [...names].filter((name) => !hiddenFigures.includes(name));
  return [
    row('ends at', base.endedAt, changed.endedAt, endTimeText),
    row('ends as', endText(base), endText(changed), String),
    ...(base.error === null && changed.error === null ? [] : [brokenRow(base, changed)]),
    row('alerts', base.alertsOpened, changed.alertsOpened, String),
    row('messages', base.messagesSent, changed.messagesSent, String),
    row('lost inputs', base.lostInputs, changed.lostInputs, String),
    ...ofSummary.map((name) =>
      row(figureName(name), base.summary?.[name], changed.summary?.[name], (value) =>
        figureText(name, value),
      ),
    ),
  ];
}

const brokenRow = (base: Run, changed: Run): string[] =>
  row('broken by', base.error, changed.error, (error) =>
    typeof error === 'string' ? printable(error) : 'nothing',
  );

/** `speakingMs` is `speaking`, `finalQuality` is `final quality`. */
const figureName = (name: string): string =>
  name.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function figureText(name: string, value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'number') return name.endsWith('Ms') ? formatDuration(value) : String(value);
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

const endTimeText = (t: unknown): string => (typeof t === 'number' ? formatLogTime(t) : 'runs on');

function row(
  name: string,
  recorded: unknown,
  now: unknown,
  text: (value: unknown) => string,
): string[] {
  return [name, text(recorded), text(now), differenceOf(name, recorded, now, text)];
}

function differenceOf(
  name: string,
  recorded: unknown,
  now: unknown,
  text: (value: unknown) => string,
): string {
  if (text(recorded) === text(now)) return '';
  if (typeof recorded !== 'number' || typeof now !== 'number') return 'other';
  const apart = Math.abs(now - recorded);
  const isTime = name === 'ends at';
  const amount = isTime ? formatDuration(apart) : text(Math.round(apart * 1_000) / 1_000);
  return `${now > recorded ? '+' : '-'}${amount}`;
}

/** Where more or less time would have been spent, the most first. */
export function stateRows({ base, changed }: WhatIfLog): string[][] {
  const keys = new Set([...Object.keys(base.timeInStates), ...Object.keys(changed.timeInStates)]);
  const rows = [...keys]
    .map((key) => ({
      key,
      recorded: base.timeInStates[key] ?? 0,
      now: changed.timeInStates[key] ?? 0,
    }))
    .filter(({ recorded, now }) => recorded !== now)
    .toSorted((a, b) => Math.abs(b.now - b.recorded) - Math.abs(a.now - a.recorded));
  return [
    ...rows
      .slice(0, SHOWN_STATES)
      .map(({ key, recorded, now }) => row(stateName(key), recorded, now, durationText)),
    ...(rows.length > SHOWN_STATES ? [[`and ${rows.length - SHOWN_STATES} more`, '', '', '']] : []),
  ];
}

const durationText = (value: unknown): string => formatDuration(Number(value));

function stateName(key: string): string {
  const space = key.lastIndexOf(' ');
  return `${shortPath(key.slice(0, space))} ${key.slice(space + 1)}`;
}
