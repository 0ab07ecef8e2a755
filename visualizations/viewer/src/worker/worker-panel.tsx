import type { WorkerFigures } from '../../../../src/io/inspect/protocol.ts';
import type { PanelProps } from '../model/panel.ts';
import { HISTORY_MS, type WorkerSample } from '../model/worker-history.ts';
import { stateColour } from '../style/state-colour.ts';
import { clockTime } from '../timeline/time-format.ts';
import { FigureCard } from './figure-card.tsx';
import type { Point } from './sparkline.ts';
import './worker.css';

/** The worker says that it is full while its event loop lags more than this (p99 over 10 s). */
const LAG_LIMIT_MS = 250;
const MB = 1_000_000;

/** The process: what it carries, and how it bears it. */
export function WorkerPanel({ store }: PanelProps) {
  const figures = store.worker.value;
  if (figures === null) {
    return (
      <p class="panel-empty">
        {store.source.value?.kind === 'recording'
          ? 'A recording has no worker.'
          : 'Nothing is known of the worker yet.'}
      </p>
    );
  }
  const history = store.workerHistory.value;
  const span = { fromAt: store.at.value - HISTORY_MS, toAt: store.at.value };
  const of = (read: (sample: WorkerSample) => number | null): readonly Point[] =>
    history.map((sample) => ({ at: sample.at, value: read(sample) }));
  const { worker, viewers } = figures;
  return (
    <div class="worker-view">
      {worker && <WorkerHead worker={worker} viewers={viewers} />}
      <div class="figure-cards">
        <FigureCard
          name="Load"
          points={of(({ load }) => load)}
          span={span}
          format={(value) => `${Math.round(value * 100)} %`}
          leastTop={1}
          top={1}
          note="as told to the server"
        />
        <FigureCard
          name="Jobs"
          points={of(({ jobs }) => jobs)}
          span={span}
          format={(value) => value.toLocaleString('en')}
          leastTop={5}
          {...(worker && { top: Math.max(1, worker.maxJobs), note: `of ${worker.maxJobs}` })}
        />
        <FigureCard
          name="Event loop delay, p99"
          points={of(({ eventLoopP99Ms }) => eventLoopP99Ms)}
          span={span}
          format={(value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`}
          leastTop={20}
          limit={LAG_LIMIT_MS}
          note={`full above ${LAG_LIMIT_MS} ms`}
        />
        <FigureCard
          name="Memory (RSS)"
          points={of(({ rssBytes }) => rssBytes)}
          span={span}
          format={(value) => `${Math.round(value / MB).toLocaleString('en')} MB`}
          leastTop={100 * MB}
        />
      </div>
      <div class="worker-tables">
        {worker && <Connections worker={worker} />}
        <Health {...figures} />
      </div>
    </div>
  );
}

type Worker = NonNullable<WorkerFigures['worker']>;

function WorkerHead({ worker, viewers }: { readonly worker: Worker; readonly viewers: number }) {
  return (
    <header class="worker-head">
      <h2 class="mono">{worker.id}</h2>
      <span class="chip" style={{ '--tone': stateColour(worker.state) }}>
        {worker.state}
      </span>
      {worker.fullReason !== null && (
        <span class="worker-full">
          takes no more jobs: {worker.fullReason.replaceAll('_', ' ')}
        </span>
      )}
      <span class="spacer" />
      <span class="dim">
        {viewers} {viewers === 1 ? 'viewer' : 'viewers'}
      </span>
    </header>
  );
}

function Connections({ worker }: { readonly worker: Worker }) {
  return (
    <section aria-labelledby="connections-title">
      <h3 id="connections-title" class="panel-title">
        Connections to the server
      </h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Agent</th>
            <th scope="col">Jobs for</th>
            <th scope="col">State</th>
            <th scope="col">Worker id</th>
          </tr>
        </thead>
        <tbody>
          {worker.connections.map(({ agent, jobType, state, workerId }) => (
            <tr key={`${agent} ${jobType}`}>
              <td>{agent}</td>
              <td>{jobType}</td>
              <td>
                <span class="chip" style={{ '--tone': stateColour(state) }}>
                  {state}
                </span>
              </td>
              <td class="mono">{workerId ?? 'not registered'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const HEALTH = [
  ['sessions', 'sessions'],
  ['active', 'with their participant in the room'],
  ['speaking', 'speaking'],
  ['poorQuality', 'of poor quality'],
  ['suspect', 'suspect'],
  ['alertsOpen', 'alerts open'],
] as const;

function Health({ health, healthAt }: Pick<WorkerFigures, 'health' | 'healthAt'>) {
  return (
    <section aria-labelledby="health-title">
      <h3 id="health-title" class="panel-title">
        Last health report
        {healthAt !== null && <span class="dim"> at {clockTime(healthAt)}</span>}
      </h3>
      {health === null ? (
        <p class="dim">None yet: one comes every REPORT_INTERVAL.</p>
      ) : (
        <dl class="health">
          {HEALTH.map(([key, name]) => (
            <div key={key}>
              <dd class="numbers">{health[key].toLocaleString('en')}</dd>
              <dt>{name}</dt>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
