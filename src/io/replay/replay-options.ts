import type { AgentDefinition } from '../../agents/define-agent.ts';
import type { Output } from '../cli/output.ts';
import type { PageAddress } from '../inspect/relay-server.ts';
import type { ShutdownRequests } from '../shutdown.ts';

/** What is to be done with event logs. */
export type ReplayTask =
  /** Hold every consequence against what was recorded. */
  | {
      readonly type: 'compare';
      /** Where then the first log that differs, else the first of all, is shown; null: nowhere. */
      readonly page: PageAddress | null;
    }
  /** Write the consequences anew, as the machines have them now. */
  | { readonly type: 'accept' }
  /** Run them once more with other settings, or with another agent in place of the recorded one. */
  | {
      readonly type: 'whatIf';
      /** By environment name, as text. */
      readonly settings: Readonly<Record<string, string>>;
      readonly instead: AgentDefinition | null;
    }
  /** Look for the first step at which something holds. */
  | {
      readonly type: 'find';
      /** `alert:KEY`, `state:NAME`, `seq:N`, or the path of a module whose default export is a predicate. */
      readonly what: string;
      /** Where the log up to that step is written; null: nowhere. */
      readonly fixture: string | null;
    }
  /** Count which transitions were taken. */
  | {
      readonly type: 'coverage';
      /** The folder into which the diagrams are drawn; null: none. */
      readonly diagrams: string | null;
    };

export type RunReplayOptions = {
  /** Log files, of which any part stands for the whole log, and folders. */
  readonly paths: readonly string[];
  /** Those that a log may be of. */
  readonly agents: readonly AgentDefinition[];
  readonly task: ReplayTask;
  /** Print the result as one JSON document; else for people. */
  readonly isJson: boolean;
  /** For results. */
  readonly output: Output;
  /** For progress, and what is no result. */
  readonly notices: Output & NodeJS.WritableStream;
  readonly shutdown: ShutdownRequests;
};
