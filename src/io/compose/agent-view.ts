import type { SnapshotFrom, AnyStateMachine } from 'xstate';
import { z } from 'zod';
import type { AgentDefinition, AgentView } from '../../agents/define-agent.ts';

type Looked =
  | { readonly ok: true; readonly view: AgentView }
  | { readonly ok: false; readonly problem: string };

/** A state is a label of the metrics, too: it must be a word and not a text. */
const MAX_STATE_LENGTH = 64;

/** What metrics and the live view rely on; everything else of a view is only shown. */
const viewSchema = z.looseObject({
  state: z.string().min(1).max(MAX_STATE_LENGTH),
  tracks: z.array(z.looseObject({ kind: z.enum(['audio', 'video']) })).optional(),
  alerts: z.array(z.looseObject({ severity: z.enum(['info', 'warning', 'critical']) })).optional(),
});

/**
 * Looks at an agent's machine through its `view`. That is code of a user: whatever it throws or gives
 * must not keep `/sessions` from showing all others.
 */
export function lookAt(agent: AgentDefinition, snapshot: SnapshotFrom<AnyStateMachine>): Looked {
  try {
    const view = agent.view(snapshot);
    const read = viewSchema.safeParse(view);
    if (!read.success) return problem(z.prettifyError(read.error));
    // Throws where there is a bigint or a circle.
    JSON.stringify(view);
    return { ok: true, view };
  } catch (cause) {
    return problem(`it threw: ${String(cause)}`);
  }
}

const problem = (what: string): Looked => ({ ok: false, problem: what });
