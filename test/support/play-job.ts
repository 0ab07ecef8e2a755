import type { AgentDefinition } from '../../src/agents/define-agent.ts';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { nextTurn } from '../../src/io/clock.ts';
import { JobMachines } from '../../src/io/compose/job-machines.ts';
import { JobSystem } from '../../src/io/compose/job-system.ts';
import { EventLogs } from '../../src/io/event-log/event-logs.ts';
import { Director } from '../../src/io/simulated/director.ts';
import { parseScript } from '../../src/io/simulated/script-parser.ts';
import { SimulatedServer } from '../../src/io/simulated/server.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import { claimAttributes } from '../../src/machines/job/claim.logic.ts';
import type { JobEmitted, JobOffer } from '../../src/machines/worker/events.ts';
import { readMetadata } from '../../src/agents/read-metadata.ts';
import { jobConfig } from './job-stage.ts';

export const goldenLog = 'test/golden/participant-monitor.1.jsonl';
export const goldenScript = 'test/golden/participant-monitor.script';

const startAt = Date.UTC(2026, 0, 1);
const stepMs = 10;

type PlayOptions = {
  readonly script: string;
  /** Where the event log goes. */
  readonly directory: string;
  readonly agent?: AgentDefinition;
  /** Its defaults where nothing is said. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly metadata?: object;
  readonly durationMs: number;
  /** Until then an agent of another worker serves the same. */
  readonly elderLeavesAtMs?: number;
  readonly drainAtMs?: number;
};

const offerOf = (agent: AgentDefinition, metadata: object): JobOffer => {
  const about = { jobId: 'AJ_golden', dispatchId: 'AD_golden', participant: null };
  return {
    ...about,
    agent: agent.name,
    jobType: agent.jobType,
    room: { name: 'golden', sid: '' },
    metadata: readMetadata(agent, { ...about, metadata: JSON.stringify(metadata) }),
  };
};

/**
 * Lets an agent, unless told otherwise participant-monitor for alice, live through a script: the real job
 * system in a simulated room, on virtual time. The worker's part, which confirms the final status, is played.
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
}: PlayOptions) {
  const parsed = parseScript(script);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const clock = new VirtualClock(startAt);
  const server = new SimulatedServer({ clock, seed: 1 });
  const director = new Director(server.room('golden'), clock);
  const problems: unknown[] = [];
  const onProblem = (problem: unknown): void => void problems.push(problem);
  const logs = new EventLogs({
    directory,
    clock,
    maxBytes: 1e9,
    maxAgeMs: 1e12,
    onProblem,
  });
  const facts: JobEmitted[] = [];
  const closed = new AbortController();
  const offer = offerOf(agent, metadata);
  // Other workers may have the same dispatch, as far as a job of participant-monitor knows.
  const serves = agent.serves && offer.metadata.ok ? offer.metadata.key : null;
  const attributes = serves === null ? {} : claimAttributes({ agent: agent.name, serves });
  const elder =
    elderLeavesAtMs === undefined
      ? null
      : server.client('golden', { identity: 'elder', attributes });
  elder?.join();
  const system = new JobSystem({
    offer,
    agent,
    settings: agent.settings.parse(settings),
    serves,
    config: jobConfig,
    room: server.client('golden', { identity: 'agent', attributes }),
    roster: server.roster,
    clock,
    statsPhaseMs: 0,
    machines: new JobMachines(),
    logs,
    onLogProblem: onProblem,
    onFact: (fact) => {
      facts.push(fact);
      if (fact.type === 'job.ending') {
        system.control({ type: 'control.statusReported', at: clock.now() });
      }
    },
    onClosed: () => closed.abort(),
  });
  director.play(parsed.script);
  for (let elapsed = 0; elapsed < durationMs && !closed.signal.aborted; elapsed += stepMs) {
    if (elapsed === elderLeavesAtMs) void elder?.close();
    if (elapsed === drainAtMs) system.control({ type: 'control.draining', at: clock.now() });
    clock.advanceBy(stepMs);
    // Statistics and the roster are promises, and come between the steps.
    await new Promise<void>((resolve) => nextTurn(resolve));
  }
  const view = system.view();
  director.stop();
  server.stop();
  await logs.close();
  const messages = (identity: string) => server.room('golden').messagesTo(identity);
  return { facts, view, problems, isClosed: closed.signal.aborted, messages };
}
