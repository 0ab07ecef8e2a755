import { builtInAgents } from '../../src/agents/built-in-agents.ts';
import { machineOfLog } from '../../src/io/compose/log-machines.ts';
import type { FileLine } from '../../src/io/event-log/log-line.ts';
import type { TornLine } from '../../src/io/event-log/reader.ts';
import { replay } from '../../src/io/replay/replayer.ts';
import { fragile } from './fragile.agent.ts';

const agents = [...builtInAgents, fragile];
const exact = { overdueToleranceMs: 0 };

/** The first difference between a log, of the worker or of one of its jobs, and its replay. */
export async function replayBreach(
  lines: readonly (FileLine | TornLine)[],
): Promise<string | undefined> {
  const [head] = lines;
  if (head?.kind !== 'head') return 'the log has no head';
  const { divergence, ending } = await replay(lines, machineOfLog(head, agents), exact);
  if (divergence) return `the replay differs: ${JSON.stringify(divergence)}`;
  return ending === 'closed' ? undefined : `the replay ends ${ending}`;
}
