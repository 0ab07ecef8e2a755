import type { RecordedDivergence } from '../../../../src/io/inspect/protocol.ts';

/** Why a recording cannot go on from here, with both sides. */
export function DivergenceNote({ divergence }: { readonly divergence: RecordedDivergence }) {
  const { step, reason, path, recorded, replayed } = divergence;
  return (
    <div class="divergence" role="status">
      <p>
        <strong>Step {step.toLocaleString('en')} goes otherwise now:</strong>{' '}
        {reason === 'different' ? 'the machines do something else than was recorded' : reason}
        {path !== null && (
          <>
            {' '}
            at <span class="mono">{path}</span>
          </>
        )}
        . The recording ends here; look at what changed with{' '}
        <code class="mono">greenroom replay</code>.
      </p>
      <dl>
        <div class="divergence-side is-recorded">
          <dt>recorded</dt>
          <dd class="mono">{recorded ?? 'nothing'}</dd>
        </div>
        <div class="divergence-side is-now">
          <dt>now</dt>
          <dd class="mono">{replayed ?? 'nothing'}</dd>
        </div>
      </dl>
    </div>
  );
}
