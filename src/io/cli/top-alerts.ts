import type { AlertRow } from '../inspect/protocol.ts';
import { formatElapsed } from './format.ts';
import { renderLine, renderRows, type Cell } from './live-cells.ts';
import { alertKey, type LiveModel } from './live-model.ts';
import type { TopList } from './top-list.ts';
import type { TopState } from './top-state.ts';
import { leafTexts } from './value-diff.ts';

/** Since when, until when, how bad, of whom; the message takes the rest. */
const WIDTHS = [7, 9, 9, 16] as const;
const MAX_EVIDENCE = 8;
const TITLES = ['opened', 'resolved', 'severity', 'participant', 'alert'];

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
  const widthsFor = (columns: number): number[] => {
    const fixed = WIDTHS.reduce((sum, width) => sum + width, 0);
    return columns < 2 * fixed ? [WIDTHS[0], columns - WIDTHS[0]] : [...WIDTHS, columns - fixed];
  };
  /** A narrow screen keeps the first and the last. */
  const cut = <T>(cells: readonly T[], widths: readonly number[]): readonly T[] =>
    widths.length === cells.length ? cells : [...cells.slice(0, 1), ...cells.slice(-1)];
  return {
    title: `alerts ${rows.length} of ${model.alerts.length}`,
    keys: [...byKey.keys()],
    head: (screen) => {
      const widths = widthsFor(screen.columns);
      const titles = TITLES.map((text) => ({ text, style: 'dim' as const }));
      return renderRows([cut(titles, widths)], widths, screen);
    },
    rows: (from, to, screen) => {
      const widths = widthsFor(screen.columns);
      const cells = rows.slice(from, to).map((row) => cut(cellsOf(row, startedAt), widths));
      return renderRows(cells, widths, screen);
    },
    about: (key, screen) => {
      const row = byKey.get(key);
      if (!row) return [];
      const evidence = leafTexts(row.alert.evidence).slice(0, MAX_EVIDENCE);
      return [`evidence of ${row.alert.key}`, ...evidence.map((text) => `  ${text}`)].flatMap(
        (text) => renderLine(text, 'dim', screen),
      );
    },
    addressOf: (key) => {
      const row = byKey.get(key);
      return row ? model.actors.sessionActor(row.system) : null;
    },
  };
}

function fits({ room, identity, system, alert }: AlertRow, wanted: string): boolean {
  const { key, message, severity } = alert;
  return [room, identity, system, key, message, severity].some((text) =>
    text?.toLowerCase().includes(wanted),
  );
}

function cellsOf({ identity, room, alert }: AlertRow, startedAt: number): Cell[] {
  const { key, message, severity, openedAt, resolvedAt } = alert;
  const style = resolvedAt !== undefined ? 'dim' : severity === 'info' ? 'bold' : 'yellow';
  const until = resolvedAt === undefined ? 'open' : formatElapsed(resolvedAt - startedAt);
  const texts = [formatElapsed(openedAt - startedAt), until, severity, identity ?? room ?? ''];
  return [...texts, `${key}: ${message}`].map((text) => ({ text, style }));
}
