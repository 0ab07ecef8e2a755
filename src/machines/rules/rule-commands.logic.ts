import type { AgentCommand, ErrorInfo, Recording } from '../events.ts';
import type { Happening } from './happening.logic.ts';
import type { Person } from './people.logic.ts';
import type { Rule, RuleAction, RuleCondition } from './rule.ts';
import { valueAt } from './match.logic.ts';
import { fill, fillText } from './template.logic.ts';

/** Runs a function of the configuration. */
export type RuleCall = {
  readonly type: 'rule.call';
  readonly rule: string;
  readonly function: string;
  /** What the rule was waiting for, with whom it is about. */
  readonly because: Readonly<Record<string, unknown>>;
};

/** What a rule wants of the recording of its room. */
export type RecordingWish =
  | { readonly type: 'recording.wanted'; readonly rule: string; readonly recording: Recording }
  | { readonly type: 'recording.unwanted'; readonly rule: string };

/** An action that cannot even be asked for. */
type RuleFailed = {
  readonly type: 'rule.actionFailed';
  readonly at: number;
  readonly action: AgentCommand['type'];
  readonly error: ErrorInfo;
};

export type RuleStep = AgentCommand | RuleCall | RecordingWish | RuleFailed;

/** What a request of a rule carries, so that its answer finds back to it and to no agent's own request. */
export const requestIdOf = (rule: string): string => `rule:${rule}`;

/** The rule that asked; null where it was somebody else. */
export const askedByRule = ({
  requestId = '',
}: {
  readonly requestId?: string | undefined;
}): string | null => (requestId.startsWith('rule:') ? requestId.slice('rule:'.length) : null);

/** What is to be done because of what happened, in the order of the rule. */
export const stepsOf = (rule: Rule, happening: Happening): readonly RuleStep[] =>
  rule.then.flatMap((action) => stepsOfAction(rule, action, happening));

function stepsOfAction(
  { name, when }: Rule,
  action: RuleAction,
  happening: Happening,
): readonly RuleStep[] {
  const { at, person, values } = happening;
  const requestId = requestIdOf(name);
  switch (action.do) {
    case 'webhook': {
      const { event, url } = action;
      const participant = person && { identity: person.identity, sid: person.sid };
      const data = { rule: name, because: values };
      return [{ type: 'webhook.send', event, at, participant, data, url }];
    }
    case 'data': {
      const { topic, payload } = action;
      if (action.to === 'participant' && isAlertAboutNobody(happening)) {
        return [noSubject('data.publish', happening)];
      }
      const to = recipientsOf(action, person, values);
      return [{ type: 'data.publish', topic, payload: fill(payload, values), to, requestId }];
    }
    case 'remove':
      if (isAlertAboutNobody(happening)) return [noSubject('participant.remove', happening)];
      return isOpenTo(person, when)
        ? [{ type: 'participant.remove', identity: person.identity, requestId }]
        : [];
    case 'mute':
      if (isAlertAboutNobody(happening)) return [noSubject('track.mute', happening)];
      if (!isOpenTo(person, when)) return [];
      return person.tracks
        .filter(({ source }) => action.source === 'all' || source === action.source)
        .map(({ sid: trackSid }) => ({
          type: 'track.mute',
          identity: person.identity,
          trackSid,
          requestId,
        }));
    case 'startRecording':
      return [{ type: 'recording.wanted', rule: name, recording: action.recording }];
    case 'stopRecording':
      return [{ type: 'recording.unwanted', rule: name }];
    case 'call':
      return [{ type: 'rule.call', rule: name, function: action.function, because: values }];
  }
}

/** Not so a fact about nobody: anybody can be a hidden sender, and would open alerts. */
const isAlertAboutNobody = ({ type, identity }: Happening): boolean =>
  type.startsWith('alert.') && identity === null;

const noSubject = (action: RuleFailed['action'], { at, values }: Happening): RuleFailed => ({
  type: 'rule.actionFailed',
  at,
  action,
  error: {
    code: 'E_RULE',
    message: `the alert ${String(valueAt(values, 'alert.key'))} is about nobody: its evidence has no identity`,
    retryable: false,
  },
});

function recipientsOf(
  { to }: Extract<RuleAction, { do: 'data' }>,
  person: Person | null,
  values: Happening['values'],
): 'everybody' | readonly string[] {
  if (to === 'everybody') return to;
  if (to === 'participant') return person === null ? [] : [person.identity];
  return to.map((identity) => fillText(identity, values)).filter((identity) => identity !== '');
}

/** Agents and recorders belong to the service: a rule must name their kind to mean them. */
const isOpenTo = (person: Person | null, when: RuleCondition): person is Person =>
  person !== null &&
  ((person.kind !== 'agent' && person.kind !== 'egress') ||
    ('fact' in when && when.where['participant.kind'] === person.kind));
