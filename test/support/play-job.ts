import { join } from 'node:path';
import type { AgentDefinition } from '../../src/agents/define-agent.ts';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { formatTime, type Script } from '../../src/io/simulated/script.ts';
import { readScript } from '../../src/io/testing/agent-options.ts';
import { AgentRun } from '../../src/io/testing/agent-run.ts';
import { claimAttributes } from '../../src/machines/job/claim.logic.ts';

export const goldenLog = 'test/golden/participant-monitor.1.jsonl';
export const goldenScript = 'test/golden/participant-monitor.script';

const pollMs = 500;

type PlayOptions = {
  readonly script: string;
  /** Where the event log goes, as `AJ_test.1.jsonl`. */
  readonly directory: string;
  readonly agent?: AgentDefinition;
  /** Its defaults where nothing is said. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly durationMs: number;
  /** Until then an agent of another worker serves the same as participant-monitor for alice. */
  readonly elderLeavesAtMs?: number;
  readonly drainAtMs?: number;
};

/**
 * Lets an agent, unless told otherwise participant-monitor for alice, live through a script, until the
 * job or its time is over, and keeps the event log.
 */
export async function playJob({
  script,
  directory,
  agent = participantMonitor,
  settings = {},
  metadata = { participant_identity: 'alice' },
  durationMs,
  elderLeavesAtMs,
  drainAtMs,
}: PlayOptions): Promise<AgentRun> {
  const elder = elderLeavesAtMs === undefined ? [] : elderUntil(elderLeavesAtMs);
  const life = [...elder, ...readScript(script)].toSorted((one, other) => one.atMs - other.atMs);
  const run = new AgentRun(agent, life, { metadata, settings, participant: null });
  if (drainAtMs !== undefined) {
    await run.pass(drainAtMs);
    run.drain();
  }
  while (run.end === null && run.nowMs < durationMs) await run.pass(pollMs);
  await run.close();
  await run.saveLog(join(directory, 'AJ_test.1.jsonl'));
  return run;
}

function elderUntil(leavesAtMs: number): Script {
  const claim = claimAttributes({ agent: participantMonitor.name, serves: 'AD_test/alice' });
  return readScript(
    [
      '0:00 elder joins as agent with nothing',
      ...Object.entries(claim).map(([key, value]) => `0:00 elder sets attribute ${key}: ${value}`),
      `${formatTime(leavesAtMs)} elder leaves`,
    ].join('\n'),
  );
}
