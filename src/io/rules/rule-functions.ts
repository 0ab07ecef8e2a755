import type { Clock, RuleFunctions } from '../../actors/ports.ts';
import { runInJob } from '../job-scope.ts';
import type { RuleFunction } from './define-config.ts';
import { toCallContext } from './rule-call.codec.ts';

type RuleFunctionsOptions = {
  readonly functions: ReadonlyMap<string, RuleFunction>;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  /** Something that a function left behind threw after it was done. */
  readonly onStray: (rule: string, cause: unknown) => void;
};

/** How long a function may take. */
const CALL_LIMIT_MS = 10_000;

/**
 * Calls the functions of the configuration, each at most 10 s.
 *
 * What a function leaves behind, such as a promise that nobody waits for, breaks the call while that
 * lasts and is only told of afterwards: neither its job nor the process ends of it.
 */
export const createRuleFunctions = ({
  functions,
  clock,
  onStray,
}: RuleFunctionsOptions): RuleFunctions => ({
  call: async (call, { signal: jobOver }) => {
    const run = functions.get(call.function);
    if (!run) throw new Error(`the configuration has no function ${call.function}`);
    const limit = new AbortController();
    const signal = AbortSignal.any([jobOver, limit.signal]);
    let isSettled = false;
    let timer: unknown;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = clock.setTimeout(() => {
          limit.abort();
          reject(new Error(`it took longer than ${CALL_LIMIT_MS / 1_000} s`));
        }, CALL_LIMIT_MS);
        const onLost = (cause: unknown): void => {
          if (isSettled) onStray(call.rule, cause);
          else reject(toError(cause));
        };
        const start = async (): Promise<void> => {
          await run(toCallContext(call, signal));
        };
        runInJob(onLost, () => void start().then(resolve, onLost));
      });
    } finally {
      isSettled = true;
      clock.clearTimeout(timer);
    }
  },
});

const toError = (cause: unknown): Error =>
  cause instanceof Error ? cause : new Error(String(cause));
