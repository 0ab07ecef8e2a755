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
import { monitorSettings } from './monitor-facts.ts';

export const goldenLog = 'test/golden/participant-monitor.1.jsonl';
export const goldenScript = 'test/golden/participant-monitor.script';

/** Other workers may have the same dispatch, as far as the job knows. */
const claim = { agent: participantMonitor.name, serves: 'AD_golden/alice' };

const startAt = Date.UTC(2026, 0, 1);
const stepMs = 10;

type PlayOptions = {
  readonly script: string;
  /** Where the event log goes. */
  readonly directory: string;
  readonly metadata?: object;
  readonly durationMs: number;
};

const offerOf = (metadata: object): JobOffer => {
  const about = { jobId: 'AJ_golden', dispatchId: 'AD_golden', participant: null };
  return {
    ...about,
    agent: participantMonitor.name,
    jobType: participantMonitor.jobType,
    room: { name: 'golden', sid: '' },
    metadata: readMetadata(participantMonitor, { ...about, metadata: JSON.stringify(metadata) }),
  };
};

/**
 * Lets participant-monitor follow alice through a script: the real job system in a simulated room,
 * on virtual time. The worker's part, which confirms the final status, is played.
 */
export async function playJob({ script, directory, metadata, durationMs }: PlayOptions) {
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
  const system = new JobSystem({
    offer: offerOf({ participant_identity: 'alice', ...metadata }),
    agent: participantMonitor,
    settings: monitorSettings,
    serves: claim.serves,
    config: jobConfig,
    room: server.client('golden', { identity: 'agent', attributes: claimAttributes(claim) }),
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
