import type { AlertSeverity, Recording } from '../events.ts';

/** What must have happened for a rule to act. */
export type RuleCondition =
  | {
      /** The type of a fact: `participant.connected`, `data.received`. */
      readonly fact: string;
      /** Values that the fact must have at these paths: `{ 'participant.kind': 'sip' }`. */
      readonly where: Readonly<Record<string, RuleValue>>;
    }
  | {
      /** The key of an alert; `*` at its end stands for any rest. */
      readonly alert: string;
      readonly is: 'opened' | 'updated' | 'resolved';
      readonly severity: readonly AlertSeverity[];
    };

export type RuleValue = string | number | boolean | null;

/** What a rule does. Names in braces (`{participant.identity}`) stand for values of what happened. */
export type RuleAction =
  | { readonly do: 'webhook'; readonly event: string; readonly url: string | null }
  | {
      readonly do: 'data';
      readonly topic: string;
      readonly payload: Readonly<Record<string, unknown>>;
      readonly to: 'everybody' | 'participant' | readonly string[];
    }
  /** Whom the fact or alert is about. */
  | { readonly do: 'remove' }
  | { readonly do: 'mute' }
  | { readonly do: 'startRecording'; readonly recording: Recording }
  | { readonly do: 'stopRecording' }
  /** A function of the configuration, by the rule's name and its place in `then`. */
  | { readonly do: 'call'; readonly function: string };

/** A rule of the configuration, as plain data: it stands in the event log. */
export type Rule = {
  readonly name: string;
  /** The agents whose jobs follow it. Empty: every agent. */
  readonly agents: readonly string[];
  readonly when: RuleCondition;
  readonly then: readonly RuleAction[];
  /** It acts again only after this time. */
  readonly cooldownMs: number;
};
