import { useEffect } from 'preact/hooks';
import type { TimeView } from './time-view.ts';
import { MARK_WORDS } from './timeline-hit.ts';
import type { TimelineLine } from './timeline-lines.ts';
import { tableRows } from './table-rows.ts';
import { duration, exactTime } from './time-format.ts';

type TimelineTableProps = {
  readonly lines: readonly TimelineLine[];
  readonly view: TimeView;
  /** The view goes with the present, where it follows. */
  readonly tick: () => void;
};

/** Who reads wants lines that stay. */
const TICK_MS = 1_000;

/** What a timeline shows, in words. */
export function TimelineTable({ lines, view, tick }: TimelineTableProps) {
  useEffect(() => {
    const ticking = setInterval(tick, TICK_MS);
    return () => clearInterval(ticking);
  }, [tick]);
  const { rows, left } = tableRows(lines, view);
  return (
    <div class="panel-body timeline-table" tabIndex={0}>
      <table>
        <caption>
          {exactTime(view.from)} to {exactTime(view.to)}, the newest first
          {left > 0 && `; ${left} older ones are left out: zoom in to see them`}
        </caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Lasted</th>
            <th scope="col">Actor</th>
            <th scope="col">Region</th>
            <th scope="col">State or mark</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ from, to, place, region, states, mark }) => (
            <tr key={`${from} ${place} ${region} ${mark?.text ?? ''}`}>
              <td class="numbers">{exactTime(from)}</td>
              <td class="numbers">{mark ? '' : to === null ? 'until now' : duration(to - from)}</td>
              <td>{place}</td>
              <td>{region}</td>
              <td>{mark ? `${MARK_WORDS[mark.kind]}: ${mark.text}` : states.join(' › ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
