import fc from 'fast-check';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { jobMachineOf } from '../../src/io/compose/log-machines.ts';
import { replay } from '../../src/io/replay/replayer.ts';
import { formatScript, type Script } from '../../src/io/simulated/script.ts';
import { runAgent } from '../../src/io/testing/run-agent.ts';
import { arbitraryScript } from '../support/arbitrary-script.ts';
import { lifeOf, lifePromises } from './life-promises.ts';

/** Of one seed. */
const lives = 4;
/** Shrinking a script takes its time; what it has come to by then is short enough. */
const LONGEST_MS = 40_000;
const target = 'alice';
const exact = { overdueToleranceMs: 0 };
const machine = jobMachineOf(participantMonitor);

type Circumstances = {
  readonly seed: number;
  readonly nastiness: number;
  readonly monitoringType: string;
  readonly endsOnDisconnect: boolean;
};

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  seed: fc.nat({ max: 1_000 }),
  nastiness: fc.constantFrom(0, 0.3, 1),
  monitoringType: fc.constantFrom('full', 'full', 'basic'),
  endsOnDisconnect: fc.boolean(),
});

/**
 * Some lives of a room, and of a session of participant-monitor in it.
 *
 * @returns what one of them did not keep, with the shortest script that shows it; empty where all did.
 */
export async function liveSeed(seed: number): Promise<string> {
  let broken = '';
  const property = fc.asyncProperty(arbitraryScript, circumstances, async (script, chosen) => {
    broken = await live(script, chosen);
    return broken === '';
  });
  const { failed, counterexample, numShrinks } = await fc.check(property, {
    seed,
    numRuns: lives,
    interruptAfterTimeLimit: LONGEST_MS,
  });
  if (!failed || !counterexample) return '';
  // The last that was tried need not be the shortest that fails.
  broken = await live(...counterexample);
  return describe(seed, { broken, counterexample, numShrinks });
}

/** @returns what is not kept. */
async function live(script: Script, chosen: Circumstances): Promise<string> {
  const { seed, nastiness, monitoringType, endsOnDisconnect } = chosen;
  const run = await runAgent(participantMonitor, {
    script: formatScript(script),
    participant: null,
    metadata: {
      participant_identity: target,
      monitoring_type: monitoringType,
      end_on_disconnect: endsOnDisconnect,
    },
    // Several of them are over within a life.
    settings: { INACTIVITY_TIMEOUT: '5s' },
    seed,
    nastiness,
  });
  const life = lifeOf(target, run.log);
  for (const [rule, keeps] of Object.entries(lifePromises)) {
    const what = keeps(life);
    if (what !== '') return `[${rule}] ${what}`;
  }
  if (run.problems.length > 0) return `[FUZZ-25] ${JSON.stringify(run.problems[0])}`;
  const { divergence, ending } = await replay(run.log, machine, exact);
  if (divergence) return `[FUZZ-26] the replay differs: ${JSON.stringify(divergence)}`;
  return ending === 'closed' ? '' : `[FUZZ-26] the replay ends ${ending}`;
}

type Failure = {
  readonly broken: string;
  readonly counterexample: readonly [script: Script, chosen: Circumstances];
  readonly numShrinks: number;
};

function describe(seed: number, { broken, counterexample, numShrinks }: Failure): string {
  const [script, chosen] = counterexample;
  return [
    `seed ${seed}, shrunk ${numShrinks} times: ${broken}`,
    JSON.stringify(chosen),
    formatScript(script).trimEnd(),
    `Once more: FUZZ_SEED=${seed} npx vitest run --project unit test/fuzz/lives.test.ts`,
  ].join('\n');
}
