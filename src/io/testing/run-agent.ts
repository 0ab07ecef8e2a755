import type { AgentDefinition } from '../../agents/define-agent.ts';
import { CLOSING_MS, endOf, SETTLE_MS } from '../simulated/script-course.ts';
import { readScript } from './agent-options.ts';
import { AgentRun, type AgentOptions } from './agent-run.ts';

export type ScriptedOptions = AgentOptions & {
  /** What happens in the room, a line for each thing: `0:03 alice speaks for 2.5s`. */
  readonly script: string;
};

const POLL_MS = 500;
/** Beyond its own timeouts: final status and leaving have limits that are shorter. */
const ENDING_MS = 10_000;

/**
 * Runs one job of an agent in a simulated room, without a server, on virtual time.
 *
 * It goes on until the script is over and what it brings about has happened; where all have left, until
 * the room closes 20 s later. A job that still runs then is drained, as by a worker that stops.
 *
 * Not simulated are media itself (voices are tones, a camera only counts frames), the network, what
 * permissions forbid, and other jobs of the same dispatch.
 *
 * @throws GreenroomError `E_CONFIG`, `E_METADATA`, `E_USAGE` (the script), which name every mistake.
 * @throws Error where the job never begins, or does not end.
 */
export async function runAgent(
  agent: AgentDefinition,
  { script, ...options }: ScriptedOptions,
): Promise<AgentRun> {
  const steps = readScript(script);
  const run = new AgentRun(agent, steps, options);
  await run.pass(endOf(steps) + SETTLE_MS);
  if (!run.hasBegun) throw neverBegun(agent, options);
  await passUntilEnded(run, CLOSING_MS, () => !run.isDeserted);
  if (run.end === null) {
    run.drain();
    await passUntilEnded(run, run.drainTimeoutMs + run.summaryTimeoutMs + ENDING_MS);
  }
  if (run.end === null) throw new Error(`the job of ${agent.name} does not end after its drain`);
  await run.close();
  return run;
}

/**
 * Starts one job of an agent in an empty simulated room. What happens there, and when, is up to the
 * test: `happens('alice joins')`, `pass('3s')`. See {@link runAgent} for what is not simulated.
 *
 * @throws GreenroomError `E_CONFIG`, `E_METADATA`, which name every mistake.
 */
export const startAgent = (agent: AgentDefinition, options: AgentOptions = {}): AgentRun =>
  new AgentRun(agent, [], options);

async function passUntilEnded(
  run: AgentRun,
  limitMs: number,
  isOver: () => boolean = () => false,
): Promise<void> {
  const deadlineMs = run.nowMs + limitMs;
  while (run.end === null && run.nowMs < deadlineMs && !isOver()) await run.pass(POLL_MS);
}

function neverBegun({ name, jobType }: AgentDefinition, { participant }: AgentOptions): Error {
  const who = participant === undefined || participant === null ? 'nobody' : `no ${participant}`;
  const what = jobType === 'publisher' ? 'publishes a track' : 'comes in';
  return new Error(
    `the job of ${name} never began: it is of type ${jobType}, and ${who} ${what} in the script`,
  );
}
