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
import { unlessReturn, withoutReturns } from './absence.logic.ts';
import type { RuleFact } from './fact-paths.ts';
import {
  alertHappening,
  happeningOf,
  impliedBy,
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

export type RulesInput = {
  readonly rules: readonly Rule[];
  readonly agent: AgentInput;
  /** Whom the job is for; null: the whole room. */
  readonly identity: string | null;
};

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

/** Enough for as many people as are known to leave with one track each; beyond it the oldest go unheard. */
const MAX_UNSURE = 10_000;
/** Longer than the server's API is waited for: an answer that is lost must not hold up recordings for ever. */
const ANSWER_MS = 60_000;

const ruleId = (name: string): string => `rule:${name}`;

const waitsFor = ({ when }: Rule, type: Happening['type']): boolean =>
  'fact' in when ? when.fact === type : type === `alert.${when.is}`;

type Enqueue = {
  sendTo: (actor: string, event: { type: 'rule.heard'; happening: Happening }) => void;
};

/** Wakes the rules that wait for this type of thing; what nobody waits for is not even looked at. */
function wake(
  rules: readonly Rule[],
  type: Happening['type'],
  look: () => Happening,
  enqueue: Enqueue,
): void {
  const awake = rules.filter((rule) => waitsFor(rule, type));
  if (awake.length === 0) return;
  const happening = look();
  for (const { name } of awake) enqueue.sendTo(ruleId(name), { type: 'rule.heard', happening });
}

type Known = { readonly before: People; readonly after: People };

function wakeByFact({ rules, agent }: RulesInput, known: Known, fact: RuleFact, enqueue: Enqueue) {
  for (const each of impliedBy(fact)) {
    wake(rules, each.type, () => happeningOf(known, each, agent.job), enqueue);
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
    hear: enqueueActions(({ context, enqueue }, fact: RuleFact) => {
      const { people: before } = context;
      const after = notePeople(before, fact);
      if (after !== before) enqueue.assign({ people: after });
      wakeByFact(context, { before, after }, fact, enqueue);
    }),
    hearAlert: enqueueActions(({ context, enqueue }, report: AlertReport) => {
      const { people, rules, agent, identity } = context;
      const whose = { job: agent.job, served: identity };
      wake(rules, report.type, () => alertHappening(people, report, whose), enqueue);
    }),
    loseSight: assign(({ context: { people } }) => ({ peopleBefore: people, unsure: [] })),
    /** A full reconnect of our own looks as if all left and came. */
    keepUnsure: assign(({ context: { people, peopleBefore, unsure } }, fact: RuleFact) => {
      const kept = unlessReturn(peopleBefore ?? people, fact);
      return {
        people: notePeople(people, fact),
        unsure: kept.length === 0 ? unsure : [...unsure, ...kept].slice(-MAX_UNSURE),
      };
    }),
    seeAgain: enqueueActions(({ context, enqueue }) => {
      const { peopleBefore, people, unsure } = context;
      enqueue.assign({ peopleBefore: null, unsure: [] });
      if (peopleBefore === null) return;
      const known = { before: peopleBefore, after: people };
      for (const fact of withoutReturns(known, unsure)) {
        wakeByFact(context, known, fact, enqueue);
      }
    }),
    carryOut: enqueueActions(
      ({ enqueue, self }, { rule, happening }: { rule: Rule; happening: Happening }) => {
        for (const step of stepsOf(rule, happening)) {
          if (step.type === 'rule.call') enqueue.sendTo('functions', step);
          else if (step.type === 'rule.actionFailed') enqueue.sendTo(ruleId(rule.name), step);
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
    startRecording: enqueueActions(({ context, enqueue, self }) => {
      const { recording, recordingId, wantedBy } = context;
      if (!self._parent || recording === null) return;
      const requestId = requestIdOf(wantedBy);
      enqueue.sendTo(self._parent, {
        type: 'recording.start',
        recording,
        requestId,
        ...(recordingId !== null && { unlessGoesOn: recordingId }),
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
    knowsRecording: ({ context: { recordingId } }) => recordingId !== null,
    isOfRecording: ({ context: { recordingId } }, answer: Answer) =>
      answer.recordingId === recordingId,
    isFailureOf: (_, { failed, command }: { failed: Failed; command: string }) =>
      failed.command === command && askedByRule(failed) !== null,
  },
  delays: { answer: ANSWER_MS },
});
