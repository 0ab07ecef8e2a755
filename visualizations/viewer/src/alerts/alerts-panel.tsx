import { useState } from 'preact/hooks';
import { alertKey } from '../../../../src/io/inspect/known-alerts.ts';
import { partEvidence } from '../../../../src/io/inspect/known-trace.ts';
import { sessionActor } from '../../../../src/io/inspect/known-session-actor.ts';
import type { AlertRow } from '../../../../src/io/inspect/protocol.ts';
import { JsonTree } from '../context/json-tree.tsx';
import type { PanelProps } from '../model/panel.ts';
import { useStreamTime } from '../model/use-stream-time.ts';
import { clockTime, duration } from '../timeline/time-format.ts';
import { isOpen, sortedAlerts } from './alert-list.ts';
import { TracePath } from './trace-path.tsx';
import './alerts.css';

/** What is wrong, and what was, with the evidence. */
export function AlertsPanel({ store, choose }: PanelProps) {
  const [picked, pick] = useState<string | null>(null);
  const [isAll, showAll] = useState(true);
  const readTime = useStreamTime(store);
  // Ages go on with the stream.
  const now = Math.max(store.at.value, readTime());
  const sorted = sortedAlerts(store.alerts.value);
  const open = sorted.filter(isOpen);
  const shown = isAll ? sorted : open;
  const chosen = shown.find((row) => alertKey(row) === picked) ?? shown[0];
  const actor = chosen && sessionActor(chosen, store.actors.values());
  return (
    <div class="alerts-view">
      <section class="panel" aria-labelledby="alerts-title">
        <header class="panel-head">
          <h2 id="alerts-title" class="panel-title">
            Alerts
          </h2>
          <span class="dim numbers">
            {open.length} open, {sorted.length - open.length} resolved
          </span>
          <span class="spacer" />
          <button
            type="button"
            class="button"
            aria-pressed={!isAll}
            onClick={() => showAll(!isAll)}
          >
            Open only
          </button>
        </header>
        <div class="panel-body">
          {shown.length === 0 && (
            <p class="panel-empty">{isAll ? 'No alerts so far.' : 'No alert is open.'}</p>
          )}
          <ul class="alert-list">
            {shown.map((row) => (
              <AlertLine
                key={alertKey(row)}
                row={row}
                now={now}
                isChosen={row === chosen}
                onPick={() => pick(alertKey(row))}
              />
            ))}
          </ul>
        </div>
      </section>
      <section class="panel alert-evidence" aria-labelledby="evidence-title">
        <header class="panel-head">
          <h2 id="evidence-title" class="panel-title">
            Evidence
          </h2>
          <span class="spacer" />
          {chosen && (
            <button
              type="button"
              class="button is-main"
              disabled={!actor}
              title={actor ? `${actor.system} ${actor.path}` : 'The actor is no longer known.'}
              onClick={() => actor && choose(actor)}
            >
              Look at the actor
            </button>
          )}
        </header>
        {chosen ? (
          <>
            <AlertAbout row={chosen} />
            <div class="panel-body">
              <AlertEvidence key={alertKey(chosen)} row={chosen} />
            </div>
          </>
        ) : (
          <p class="panel-empty">Evidence of an alert stands here.</p>
        )}
      </section>
    </div>
  );
}

type AlertLineProps = {
  readonly row: AlertRow;
  readonly now: number;
  readonly isChosen: boolean;
  readonly onPick: () => void;
};

function AlertLine({ row, now, isChosen, onPick }: AlertLineProps) {
  const { alert, agent, identity, room, system } = row;
  const endedAt = alert.resolvedAt ?? now;
  return (
    <li>
      <button
        type="button"
        class={`alert-line is-${isOpen(row) ? alert.severity : 'resolved'}`}
        aria-pressed={isChosen}
        onClick={onPick}
      >
        <span class="alert-severity">{isOpen(row) ? alert.severity : 'resolved'}</span>
        <span class="alert-message">{alert.message}</span>
        <span class="alert-whom dim">
          {[agent, identity, room ?? system].filter((text) => text !== null).join(' · ')}
        </span>
        <time class="numbers dim" dateTime={new Date(alert.openedAt).toISOString()}>
          {clockTime(alert.openedAt)}
        </time>
        <span class="alert-age numbers">
          {isOpen(row) ? 'for ' : 'took '}
          {duration(endedAt - alert.openedAt)}
        </span>
      </button>
    </li>
  );
}

function AlertAbout({ row: { alert, system, agent, room, identity } }: { readonly row: AlertRow }) {
  const facts = [
    ['Alert', alert.key],
    ['Severity', alert.severity],
    ['Agent', agent],
    ['Room', room],
    ['Identity', identity],
    ['Job', system],
    ['Opened', clockTime(alert.openedAt)],
    ['Updated', alert.updatedAt === undefined ? null : clockTime(alert.updatedAt)],
    ['Resolved', alert.resolvedAt === undefined ? 'not yet' : clockTime(alert.resolvedAt)],
  ] as const;
  return (
    <div class="alert-about">
      <p class="alert-headline">{alert.message}</p>
      <dl>
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="mono">{value}</dd>
            </div>
          ),
        )}
      </dl>
    </div>
  );
}

function AlertEvidence({ row: { alert, system } }: { readonly row: AlertRow }) {
  const { said, trace } = partEvidence(alert);
  return (
    <>
      <JsonTree value={said} label="Evidence of the alert" />
      {trace && <TracePath system={system} trace={trace} />}
    </>
  );
}
