import type { Alert, AlertSeverity, ParticipantRef, Recording } from '../../machines/events.ts';
import type { JobInfo } from '../../machines/job/job.events.ts';
import type { RuleFactType } from '../../machines/rules/fact-paths.ts';
import type { AlertChange, MutedSource, RuleTest } from '../../machines/rules/rule.ts';

/** What a function of a rule is called with. */
export type RuleCallContext = {
  /** The fact that the rule was waiting for; null where it was an alert. */
  readonly fact: Readonly<Record<string, unknown>> | null;
  /** The alert, with how it changed; null where it was a fact. */
  readonly alert: (Alert & { readonly change: AlertChange }) | null;
  /** Whom it is about, where that is known. */
  readonly participant: (ParticipantRef & { readonly name: string; readonly kind: string }) | null;
  readonly job: JobInfo;
  /** Aborts after 10 s, and when the job ends. */
  readonly signal: AbortSignal;
};

/** What it returns is not looked at; what it throws becomes an alert. */
export type RuleFunction = (context: RuleCallContext) => unknown;

/** What a rule waits for. A bare text is a fact. */
export type RuleConditionDefinition =
  | RuleFactType
  | { readonly fact: RuleFactType; readonly where?: Readonly<Record<string, RuleTest>> }
  | {
      /** The key of an alert; `*` stands for any part of it. */
      readonly alert: string;
      /** `opened`, unless told otherwise. */
      readonly is?: AlertChange;
      readonly severity?: readonly AlertSeverity[];
    };

/** One thing that a rule does. */
export type RuleActionDefinition =
  /** To WEBHOOK_URLS, or to one address in their place. */
  | { readonly webhook: { readonly event?: string; readonly url?: string } }
  | {
      readonly data: {
        readonly topic: string;
        readonly payload: Readonly<Record<string, unknown>>;
        /** `everybody`, unless told otherwise; `participant`: whom it is about. */
        readonly to?: 'everybody' | 'participant' | readonly string[];
      };
    }
  | { readonly remove: true }
  | { readonly mute: MutedSource }
  | ({ readonly record: 'start'; readonly filepath: string } & Partial<
      Pick<Recording, 'layout' | 'audioOnly'>
    >)
  | { readonly record: 'stop' }
  | { readonly call: RuleFunction };

export type RuleDefinition = {
  /** Letters, digits, `_` and `-`; no two rules have the same. */
  readonly name: string;
  /** The agents whose jobs follow it; every agent, unless told otherwise. */
  readonly agent?: string | readonly string[];
  /** The rooms, `*` for any part of their name; every room, unless told otherwise. */
  readonly room?: string;
  readonly when: RuleConditionDefinition;
  readonly then: RuleActionDefinition | readonly RuleActionDefinition[];
  /** For the same participant the rule acts again only after this time, as `30s`. */
  readonly cooldown?: string;
};

export type GreenroomConfig = { readonly rules?: readonly RuleDefinition[] };

/** Gives `greenroom.config.js` its types; what is wrong is said at the start. */
export const defineConfig = (config: GreenroomConfig): GreenroomConfig => config;
