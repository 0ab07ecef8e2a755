import { setup } from 'xstate';
import type { AgentFact, AgentReport, Alert, ErrorInfo } from '../events.ts';
import type { AgentInput } from '../job/job.events.ts';
import { notProvided } from '../slots.ts';
import type { Rule } from './rule.ts';

export type RulesInput = { readonly rules: readonly Rule[]; readonly agent: AgentInput };

/** Runs a function of the configuration. */
export type RuleCall = {
  readonly type: 'rule.call';
  readonly rule: string;
  readonly function: string;
  /** The fact or report that the rule was waiting for. */
  readonly because: Readonly<Record<string, unknown>>;
};

/** A function of the configuration threw, or took too long. */
export type RuleCallFact = {
  readonly type: 'rule.callFailed';
  readonly at: number;
  readonly rule: string;
  readonly function: string;
  readonly error: ErrorInfo;
};

export type RulesEvent = AgentFact | RuleCallFact | Extract<AgentReport, { readonly alert: Alert }>;

/** Follows the rules of the configuration in one job: hears what the agent hears, and asks the job for what they say. */
export const rulesMachine = setup({
  types: {} as { input: RulesInput; context: RulesInput; events: RulesEvent },
  actors: { functions: notProvided<Record<string, never>, RuleCall>('functions') },
}).createMachine({
  id: 'rules',
  context: ({ input }) => input,
  initial: 'following',
  states: { following: {} },
});
