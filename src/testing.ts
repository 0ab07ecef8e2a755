/**
 * The public test kit: runs an agent in a simulated room, without a server, on virtual time.
 *
 * Everything here is stable between minor versions; what is not exported here is not.
 */
export { runAgent, startAgent } from './io/testing/run-agent.ts';
export type { ScriptedOptions } from './io/testing/run-agent.ts';
export type { AgentOptions, AgentRun, SentMessage, SentWebhook } from './io/testing/agent-run.ts';
export type { ClientMessage, ClientView, SeenParticipant } from './io/testing/client-view.ts';
export type { JobStory, PublishedMessage, ReachedState } from './io/testing/job-story.ts';
export { greenroomMatchers } from './io/testing/matchers.ts';
export type { MessageQuery, StateQuery } from './io/testing/matchers.ts';
export { recordedRun } from './io/testing/recorded-run.ts';
export type { Replayable } from './io/testing/recorded-run.ts';
export { describeMachine } from './io/testing/describe-machine.ts';
export type { DescribeMachineOptions } from './io/testing/describe-machine.ts';
export { TransitionCoverage } from './io/coverage/transition-coverage.ts';
export type { CoverageCounts, MachineCoverage } from './io/coverage/transition-coverage.ts';
export type { MachineTransition } from './io/coverage/machine-transitions.ts';
