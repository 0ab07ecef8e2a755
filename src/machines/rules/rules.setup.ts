import { assign, enqueueActions, sendTo, setup } from 'xstate';
import type {
  AgentCommand,
  AgentReport,
  ConditionReport,
  Recording,
  RoomFact,
  RoomServiceFact,
} from '../events.ts';
import type { AgentInput } from '../job/job.events.ts';
import { notProvided } from '../slots.ts';
import { withoutReturns } from './absence.logic.ts';
import type { RuleFact } from './fact-paths.ts';
import {
  alertHappening,
  happeningsOf,
  type AlertReport,
  type Happening,
} from './happening.logic.ts';
import { notePeople, type People } from './people.logic.ts';
import {
  askedByRule,
  requestIdOf,
  stepsOf,
  type RecordingWish,
  type RuleCall,
} from './rule-commands.logic.ts';
import { ruleMachine, type RuleReport } from './rule.machine.ts';
import type { Rule } from './rule.ts';

export type RulesInput = { readonly rules: readonly Rule[]; readonly agent: AgentInput };

/** A function of the configuration threw, or took too long. */
export type RuleCallFact = {
  readonly type: 'rule.callFailed';
  readonly at: number;
  readonly rule: string;
  readonly function: string;
  readonly error: Extract<RoomFact, { type: 'command.failed' }>['error'];
};

export type RulesEvent =
  | RuleFact
  | Extract<RoomServiceFact, { type: 'command.failed' }>
  | RuleCallFact
  | RuleReport
  | RecordingWish
  | Extract<AgentReport, { readonly alert: AlertReport['alert'] }>;

export type RulesContext = RulesInput & {
  readonly people: People;
  /** Who was there when our own connection was lost; null while it stands. */
  readonly peopleBefore: People | null;
  /** What happened since then, as far as it may only look so. */
  readonly unsure: readonly RuleFact[];
  /** The recording that was last asked for. */
  readonly recording: Recording | null;
  readonly recordingId: string | null;
  /** The rule that last wanted it to start or to stop. */
  readonly wantedBy: string;
};

type Failed = Extract<RoomFact, { type: 'command.failed' }>;
type Wanted = Extract<RecordingWish, { type: 'recording.wanted' }>;
type Unwanted = Extract<RecordingWish, { type: 'recording.unwanted' }>;
type Answer = Extract<RoomServiceFact, { type: 'recording.started' | 'recording.stopped' }>;

/** Beyond it the oldest are forgotten: in a room as large as that, departures during our absence may go unheard. */
const MAX_UNSURE = 1_000;
/** Longer than the server's API is waited for: an answer that is lost must not hold up recordings for ever. */
const ANSWER_MS = 60_000;

const ruleId = (name: string): string => `rule:${name}`;

/** Wakes the rules that wait for this type of thing. */
const waitsFor = ({ when }: Rule, { type }: Happening): boolean =>
  'fact' in when ? when.fact === type : type === `alert.${when.is}`;

type Enqueue = {
  sendTo: (actor: string, event: { type: 'rule.heard'; happening: Happening }) => void;
};

function wake(rules: readonly Rule[], happenings: readonly Happening[], enqueue: Enqueue): void {
  for (const happening of happenings) {
    for (const rule of rules) {
      if (waitsFor(rule, happening)) {
        enqueue.sendTo(ruleId(rule.name), { type: 'rule.heard', happening });
      }
    }
  }
}

/** What following rules can do and decide; the machine says when. */
export const rulesSetup = setup({
  types: {} as { input: RulesInput; context: RulesContext; events: RulesEvent },
  actors: {
    rule: ruleMachine,
    functions: notProvided<Record<string, never>, RuleCall>('functions'),
  },
  actions: {
    startRules: enqueueActions(({ context: { rules }, enqueue }) => {
      for (const rule of rules) {
        enqueue.spawnChild('rule', { id: ruleId(rule.name), input: { rule } });
      }
    }),
    hear: enqueueActions(
      ({ context: { people: before, rules, agent }, enqueue }, fact: RuleFact) => {
        const after = notePeople(before, fact);
        if (after !== before) enqueue.assign({ people: after });
        wake(rules, happeningsOf({ before, after }, fact, agent.job), enqueue);
      },
    ),
    hearAlert: enqueueActions(({ context, enqueue }, report: AlertReport) => {
      const { people, rules, agent } = context;
      wake(rules, [alertHappening(people, report, agent.job)], enqueue);
    }),
    loseSight: assign(({ context: { people } }) => ({ peopleBefore: people, unsure: [] })),
    /** A full reconnect of our own looks as if all left and came. */
    keepUnsure: enqueueActions(({ context: { people, unsure }, enqueue }, fact: RuleFact) => {
      enqueue.assign({
        people: notePeople(people, fact),
        unsure: [...unsure, fact].slice(-MAX_UNSURE),
      });
    }),
    seeAgain: enqueueActions(({ context, enqueue }) => {
      const { peopleBefore, people, unsure, rules, agent } = context;
      enqueue.assign({ peopleBefore: null, unsure: [] });
      if (peopleBefore === null) return;
      const known = { before: peopleBefore, after: people };
      for (const fact of withoutReturns(known, unsure)) {
        wake(rules, happeningsOf(known, fact, agent.job), enqueue);
      }
    }),
    carryOut: enqueueActions(
      ({ enqueue, self }, { rule, happening }: { rule: Rule; happening: Happening }) => {
        for (const step of stepsOf(rule, happening)) {
          if (step.type === 'rule.call') enqueue.sendTo('functions', step);
          else if (step.type === 'recording.wanted' || step.type === 'recording.unwanted') {
            enqueue.raise(step);
          } else if (self._parent) {
            enqueue.sendTo(self._parent, step satisfies AgentCommand);
          }
        }
      },
    ),
    passOn: enqueueActions(({ enqueue, self }, condition: ConditionReport) => {
      if (self._parent) enqueue.sendTo(self._parent, condition);
    }),
    tellFailure: enqueueActions(({ enqueue }, { at, command, error, ...asked }: Failed) => {
      const rule = askedByRule(asked);
      if (rule === null) return;
      enqueue.sendTo(ruleId(rule), { type: 'rule.actionFailed', at, action: command, error });
    }),
    tellCallFailure: sendTo(
      (_, { rule }: RuleCallFact) => ruleId(rule),
      (_, { at, error }: RuleCallFact) => ({
        type: 'rule.actionFailed' as const,
        at,
        action: 'rule.call',
        error,
      }),
    ),
    noteWish: assign((_, { rule, recording }: Wanted) => ({ recording, wantedBy: rule })),
    noteEnough: assign((_, { rule }: Unwanted) => ({ wantedBy: rule })),
    startRecording: enqueueActions(({ context: { recording, wantedBy }, enqueue, self }) => {
      if (!self._parent || recording === null) return;
      const requestId = requestIdOf(wantedBy);
      enqueue.sendTo(self._parent, {
        type: 'recording.start',
        recording,
        requestId,
      } satisfies AgentCommand);
    }),
    noteStarted: assign((_, { recordingId }: Answer) => ({ recordingId })),
    stopRecording: enqueueActions(({ context: { recordingId, wantedBy }, enqueue, self }) => {
      if (!self._parent || recordingId === null) return;
      const requestId = requestIdOf(wantedBy);
      enqueue.sendTo(self._parent, {
        type: 'recording.stop',
        recordingId,
        requestId,
      } satisfies AgentCommand);
    }),
    forgetRecording: assign({ recordingId: null }),
  },
  guards: {
    isOurs: (_, answer: { readonly requestId?: string }) => askedByRule(answer) !== null,
    isOfRecording: ({ context: { recordingId } }, answer: Answer) =>
      answer.recordingId === recordingId,
    isFailureOf: (_, { failed, command }: { failed: Failed; command: string }) =>
      failed.command === command && askedByRule(failed) !== null,
  },
  delays: { answer: ANSWER_MS },
});
