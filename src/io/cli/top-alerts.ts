import { lookUpCommand, partEvidence, type AlertTrace } from '../inspect/known-trace.ts';
import { alertKey } from '../inspect/known-alerts.ts';
import { sessionActor } from '../inspect/known-session-actor.ts';
import type { AlertRow } from '../inspect/protocol.ts';
import { formatElapsed } from './format.ts';
import { formatLogTime } from './step-text.ts';
import { renderLine, renderRows, type Cell, type LiveScreen } from './live-cells.ts';
import type { LiveModel } from './live-model.ts';
import type { TopList } from './top-list.ts';
import type { TopState } from './top-state.ts';
import { leafTexts } from './value-diff.ts';

type AlertColumn = { readonly title: string; readonly width: number };

/** The message takes the rest. */
const COLUMNS = {
  opened: { title: 'opened', width: 7 },
  resolved: { title: 'resolved', width: 9 },
  severity: { title: 'severity', width: 9 },
  whom: { title: 'participant', width: 16 },
} as const satisfies Record<string, AlertColumn>;
type ColumnName = keyof typeof COLUMNS;

/** What a screen of at least so many columns has room for. */
const LAYOUTS: readonly { readonly least: number; readonly names: readonly ColumnName[] }[] = [
  { least: 96, names: ['opened', 'resolved', 'severity', 'whom'] },
  { least: 60, names: ['opened', 'resolved', 'whom'] },
  { least: 24, names: ['opened'] },
  { least: 0, names: [] },
];

const MAX_EVIDENCE = 8;
const MAX_STEPS = 8;

/** The last alerts, open ones first, then the newest; the chosen one with its evidence. */
export function alertList(model: LiveModel, { filter, room }: TopState): TopList {
  const wanted = filter.toLowerCase();
  const rows = model.alerts
    .filter((row) => fits(row, wanted) && (room === null || row.room === room))
    .toSorted(
      (a, b) =>
        Number(a.alert.resolvedAt !== undefined) - Number(b.alert.resolvedAt !== undefined) ||
        b.alert.openedAt - a.alert.openedAt,
    );
  const byKey = new Map(rows.map((row) => [alertKey(row), row]));
  const { startedAt } = model.frame;
  return {
    title: `alerts ${rows.length} of ${model.alerts.length}`,
    keys: [...byKey.keys()],
    head: (screen) => {
      const names = namesFor(screen);
      const titles = [...names.map((name) => COLUMNS[name].title), 'alert'];
      const cells = titles.map((text) => ({ text, style: 'dim' as const }));
      return renderRows([cells], widthsOf(names, screen), screen);
    },
    rows: (from, to, screen) => {
      const names = namesFor(screen);
      const cells = rows.slice(from, to).map((row) => cellsOf(row, names, startedAt));
      return renderRows(cells, widthsOf(names, screen), screen);
    },
    about: (key, screen) => {
      const row = byKey.get(key);
      if (!row) return [];
      return aboutAlert(row, startedAt).flatMap((text) => renderLine(text, 'dim', screen));
    },
    addressOf: (key) => {
      const row = byKey.get(key);
      return row ? sessionActor(row, model.actors.rows) : null;
    },
  };
}

/** What an agent said of it, and then what led to it. */
function aboutAlert({ alert, agent }: AlertRow, startedAt: number): string[] {
  const { key, severity, updatedAt } = alert;
  const { said, trace } = partEvidence(alert);
  const update = updatedAt === undefined ? '' : `, updated ${formatElapsed(updatedAt - startedAt)}`;
  const evidence = leafTexts(said).slice(0, MAX_EVIDENCE);
  return [
    `evidence of ${key} (${severity}${agent === null ? '' : `, ${agent}`}${update})`,
    // First: of a long detail the end is cut.
    ...(trace ? [`  ${lookUpCommand(trace)}`] : []),
    ...evidence.map((text) => `  ${text}`),
    ...(trace ? tracePath(trace) : []),
  ];
}

const tracePath = (trace: AlertTrace): string[] => [
  'what led to it',
  ...trace.steps
    .slice(-MAX_STEPS)
    .map(
      ({ t, actor, event, from = '', to }) =>
        `  ${formatLogTime(t)}  ${actor}  ${event}: ${from} -> ${to}`,
    ),
];

function fits({ room, identity, system, agent, alert }: AlertRow, wanted: string): boolean {
  const { key, message, severity } = alert;
  return [room, identity, system, agent, key, message, severity].some((text) =>
    text?.toLowerCase().includes(wanted),
  );
}

const namesFor = ({ columns }: LiveScreen): readonly ColumnName[] =>
  LAYOUTS.find(({ least }) => columns >= least)?.names ?? [];

function widthsOf(names: readonly ColumnName[], { columns }: LiveScreen): number[] {
  const widths = names.map((name) => COLUMNS[name].width);
  return [...widths, columns - widths.reduce((sum, width) => sum + width, 0)];
}

function cellsOf(
  { identity, room, alert }: AlertRow,
  names: readonly ColumnName[],
  startedAt: number,
): Cell[] {
  const { key, message, severity, openedAt, resolvedAt } = alert;
  const style = resolvedAt !== undefined ? 'dim' : severity === 'info' ? 'bold' : 'yellow';
  const texts: Readonly<Record<ColumnName, string>> = {
    opened: formatElapsed(openedAt - startedAt),
    resolved: resolvedAt === undefined ? 'open' : formatElapsed(resolvedAt - startedAt),
    severity,
    whom: identity ?? room ?? '',
  };
  const shown = [...names.map((name) => texts[name]), `${key}: ${message}`];
  return shown.map((text) => ({ text, style }));
}
