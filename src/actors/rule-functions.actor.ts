import type { JobInfo } from '../machines/job/job.events.ts';
import type { RuleCall, RuleCallFact } from '../machines/rules/rules.machine.ts';
import { port, type PortLogic } from '../machines/slots.ts';
import { atMost } from './at-most.ts';
import { retryableError } from './error-info.ts';
import type { Clock, RuleFunctions } from './ports.ts';

export type RuleFunctionsDeps = {
  readonly ruleFunctions: RuleFunctions;
  readonly job: JobInfo;
  readonly clock: Pick<Clock, 'now'>;
};

/** One more fails at once. */
const MAX_RUNNING = 20;

/** Calls the functions that rules name. What they give back is not looked at. */
export function createRuleFunctionsActor({
  ruleFunctions,
  job,
  clock,
}: RuleFunctionsDeps): PortLogic<Record<string, never>, RuleCall> {
  return port<Record<string, never>, RuleCallFact, RuleCall>(({ send, receive }) => {
    const stopped = new AbortController();
    const limited = atMost(MAX_RUNNING, 'calls');
    const run = ({ rule, function: name, because }: RuleCall): Promise<void> =>
      limited(() =>
        ruleFunctions.call({ rule, function: name, because, job }, { signal: stopped.signal }),
      );
    receive((command) => {
      void run(command).catch((cause: unknown) => {
        if (stopped.signal.aborted) return;
        const { rule, function: name } = command;
        const error = retryableError('E_RULE', cause);
        send({ type: 'rule.callFailed', at: clock.now(), rule, function: name, error });
      });
    });
    return () => stopped.abort();
  });
}
