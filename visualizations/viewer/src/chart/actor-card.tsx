import type { ActorDetail, ActorRow, Entry } from '../../../../src/io/inspect/protocol.ts';

const MAX_SHOWN = 12;

type ActorCardProps = { readonly kind: ActorRow['kind']; readonly detail: ActorDetail };

/** An actor that has no states: what it is, and what it was told and said last. */
export function ActorCard({ kind, detail }: ActorCardProps) {
  const isPort = kind === 'port';
  return (
    <div class="chart-card">
      <h3>{isPort ? 'A port' : 'An actor without a statechart'}</h3>
      <p>
        {isPort
          ? 'Ports are the only actors that touch the world: a room, a socket, statistics. They have no states. They hear commands and say facts, and the machine that started them decides what comes of it.'
          : 'It is no state machine: it has a value or does a job, and no states that could be drawn.'}
      </p>
      <LastEntries
        title={isPort ? 'Last commands' : 'Last events heard'}
        entries={detail.entries.filter((entry) => entry.kind === 'received')}
        none={isPort ? 'It was told nothing yet.' : 'It heard nothing yet.'}
      />
      <LastEntries
        title="Last said"
        entries={detail.entries.filter((entry) => entry.kind === 'emitted')}
        none=""
      />
    </div>
  );
}

type LastEntriesProps = {
  readonly title: string;
  readonly entries: readonly Entry[];
  /** Where there are none; empty: nothing is shown of them. */
  readonly none: string;
};

function LastEntries({ title, entries, none }: LastEntriesProps) {
  if (entries.length === 0 && none === '') return null;
  return (
    <section>
      <h4>{title}</h4>
      {entries.length === 0 && <p>{none}</p>}
      <ol>
        {entries
          .slice(-MAX_SHOWN)
          .reverse()
          .map(({ seq, event, count }) => (
            <li key={seq}>
              <code class="type">{event.type}</code>
              {count > 1 && <span class="times">×{count}</span>}
              <code class="payload">{payloadText(event)}</code>
            </li>
          ))}
      </ol>
    </section>
  );
}

function payloadText(event: Entry['event']): string {
  const payload = Object.entries(event).filter(([key]) => key !== 'type');
  return payload.length === 0 ? '' : JSON.stringify(Object.fromEntries(payload));
}
