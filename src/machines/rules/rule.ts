import type { AlertSeverity, Recording } from '../events.ts';
import type { RuleFactType } from './fact-paths.ts';

type RuleValue = string | number | boolean | null;

/** What a value must be: equal; where it is a text, `*` stands for any part of it; or within limits, both excluded. */
export type RuleTest =
  RuleValue | { readonly above?: number | undefined; readonly below?: number | undefined };

/** How an alert changes. */
export type AlertChange = 'opened' | 'updated' | 'resolved';

/** What must have happened for a rule to act. */
export type RuleCondition =
  | {
      readonly fact: RuleFactType;
      /** What the values at these paths must be: `{ 'participant.kind': 'sip' }`. */
      readonly where: Readonly<Record<string, RuleTest>>;
    }
  | {
      /** The key of an alert; `*` stands for any part of it. */
      readonly alert: string;
      readonly is: AlertChange;
      /** Empty: any. */
      readonly severity: readonly AlertSeverity[];
    };

export type MutedSource = 'microphone' | 'camera' | 'all';

/** What a rule does. Names in braces (`{participant.identity}`) stand for values of what happened. */
export type RuleAction =
  | { readonly do: 'webhook'; readonly event: string; readonly url: string | null }
  | {
      readonly do: 'data';
      readonly topic: string;
      /** Names in braces are replaced in it. */
      readonly payload: Readonly<Record<string, unknown>>;
      /** `participant`: whom it is about. In identities names in braces are replaced. */
      readonly to: 'everybody' | 'participant' | readonly string[];
    }
  /** Whom the fact or alert is about. */
  | { readonly do: 'remove' }
  /** Their tracks of this source. */
  | { readonly do: 'mute'; readonly source: MutedSource }
  | { readonly do: 'startRecording'; readonly recording: Recording }
  | { readonly do: 'stopRecording' }
  /** A function of the configuration, by its name there. */
  | { readonly do: 'call'; readonly function: string };

/** Of the alert that a rule could not do what it says; those of its other alerts begin with it. */
export const alertKeyOf = ({ name }: Pick<Rule, 'name'>): string => `rule:${name}`;

export const isAlertOfRule = (key: string): boolean => key.startsWith('rule:');

/** A rule of the configuration, as plain data: it stands in the event log. */
export type Rule = {
  /** Letters, digits, `_` and `-`. */
  readonly name: string;
  /** The agents whose jobs follow it. Empty: every agent. */
  readonly agents: readonly string[];
  /** The room; `*` stands for any part of its name. */
  readonly room: string;
  readonly when: RuleCondition;
  readonly then: readonly RuleAction[];
  /** For the same participant it acts again only after this time. */
  readonly cooldownMs: number;
};
