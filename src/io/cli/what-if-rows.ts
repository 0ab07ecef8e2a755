import { isRecord, isSame } from '../event-log/plain-json.ts';
import type { WhatIfLog } from '../replay/what-if-report.ts';
import { formatDuration, printable } from './format.ts';
import { formatLogTime, shortPath } from './step-text.ts';
import { differingFigures, type Figure } from './what-if-figures.ts';

/** Figures within figures, of which more are counted and not shown. */
const SHOWN_FIGURES = 20;
/** Longer texts are cut: the table has two of them beside each other. */
const MAX_TEXT = 22;
const MAX_LABEL = 40;
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
  const ofSummary = [...names]
    .filter((name) => !hiddenFigures.includes(name))
    .map((name) => ({
      path: [name],
      recorded: base.summary?.[name],
      now: changed.summary?.[name],
    }));
  const isGroup = ({ recorded, now }: Figure): boolean => isRecord(recorded) || isRecord(now);
  const differing = ofSummary.filter(isGroup).flatMap(differingFigures);
  return [
    row('ends at', base.endedAt, changed.endedAt, endTimeText),
    row('ends as', endText(base), endText(changed), String),
    ...(base.error === null && changed.error === null ? [] : [brokenRow(base, changed)]),
    row('alerts', base.alertsOpened, changed.alertsOpened, String),
    row('messages', base.messagesSent, changed.messagesSent, String),
    row('lost inputs', base.lostInputs, changed.lostInputs, String),
    ...ofSummary.filter((figure) => !isGroup(figure)).map(figureRow),
    ...differing.slice(0, SHOWN_FIGURES).map(figureRow),
    ...moreRow(differing.length - SHOWN_FIGURES),
  ];
}

const brokenRow = (base: Run, changed: Run): string[] =>
  row('broken by', base.error, changed.error, (error) =>
    typeof error === 'string' ? printable(error) : 'nothing',
  );

function figureRow({ path, recorded, now }: Figure): string[] {
  const [name = '', ...within] = path;
  // Those within may be names of people, which stay as they are.
  const label = printable([figureName(name), ...within].join(' '));
  const text = (value: unknown) => figureText(path.at(-1) ?? '', value);
  return row(cut(label, MAX_LABEL), recorded, now, text);
}

/** `speakingMs` is `speaking`, `finalQuality` is `final quality`. */
const figureName = (name: string): string =>
  name.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const cut = (text: string, most = MAX_TEXT): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

/** Of a group that only one of the runs has, its values in a row. */
function figureText(name: string, value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'number') return name.endsWith('Ms') ? formatDuration(value) : String(value);
  const values = isRecord(value) ? Object.values(value) : [value];
  return cut(printable(values.map(plainText).join(', ')));
}

const plainText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

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
  if (typeof recorded !== 'number' || typeof now !== 'number') {
    return isSame(recorded, now) ? '' : 'other';
  }
  if (text(recorded) === text(now)) return '';
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
    ...moreRow(rows.length - SHOWN_STATES),
  ];
}

const moreRow = (count: number): string[][] =>
  count > 0 ? [[`and ${count} more`, '', '', '']] : [];

const durationText = (value: unknown): string => formatDuration(Number(value));

function stateName(key: string): string {
  const space = key.lastIndexOf(' ');
  return `${shortPath(key.slice(0, space))} ${key.slice(space + 1)}`;
}
