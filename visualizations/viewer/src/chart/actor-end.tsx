import { stateLeaves } from '../model/state-leaves.ts';
import type { ActorDetail, ActorRow } from '../../../../src/io/inspect/protocol.ts';

const words = {
  done: 'Ended by itself',
  stopped: 'Was stopped',
  error: 'Broke',
} as const;

type ActorEndProps = { readonly row: ActorRow; readonly detail: ActorDetail };

/** How an actor ended: in which state, with what output, or by which error. */
export function ActorEnd({ row, detail }: ActorEndProps) {
  const { status } = detail;
  if (status === 'active') return null;
  const last = stateLeaves(detail.value).map(({ path }) => path);
  const hasOutput = detail.output !== undefined && detail.output !== null;
  return (
    <div class={`chart-end ${status}`} role="status">
      <p>
        <strong>{words[status]}</strong>
        {last.length > 0 && (
          <>
            {' '}
            in <code>{last.join(', ')}</code>
          </>
        )}
      </p>
      {row.error !== null && <pre class="error">{row.error}</pre>}
      {hasOutput && (
        <>
          <h4>Output</h4>
          <pre>{JSON.stringify(detail.output, null, 2)}</pre>
        </>
      )}
    </div>
  );
}
