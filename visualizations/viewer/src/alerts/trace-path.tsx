import type { AlertTrace } from '../../../../src/io/inspect/known-trace.ts';
import { formatRoute, START } from '../model/route.ts';
import { exactTime } from '../timeline/time-format.ts';

type TracePathProps = { readonly system: string; readonly trace: AlertTrace };

/** The states that led to an alert, each with a link to its actor at that moment. */
export function TracePath({ system, trace }: TracePathProps) {
  const { log, startedAt, fromSeq, toSeq, steps } = trace;
  return (
    <section class="alert-trace" aria-labelledby="trace-title">
      <h3 id="trace-title">What led to it</h3>
      <ol>
        {steps.map(({ t, actor, event, from, to }, index) => {
          const at = startedAt + t;
          const href = formatRoute({ ...START, actor: { system, path: actor }, at });
          return (
            <li key={index}>
              <a class="numbers" href={href} title="Look at the actor at that moment">
                {exactTime(at)}
              </a>
              <span class="mono">{actor}</span>
              <span class="dim mono">{event}</span>
              <span class="mono">
                {from === undefined ? '' : `${from} → `}
                {to}
              </span>
            </li>
          );
        })}
      </ol>
      <p class="dim">
        Event log {log}, steps {fromSeq} to {toSeq}
      </p>
    </section>
  );
}
