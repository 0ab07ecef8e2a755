import type { z } from 'zod';
import type { AnyStateMachine, InputFrom, SnapshotFrom } from 'xstate';
import { findForeignActors } from '../machines/actor-tree.ts';
import type { AnalysisCommand } from '../machines/analysis/analysis.events.ts';
import type { ParticipantRef } from '../machines/events.ts';
import type { AgentInput } from '../machines/job/job.events.ts';
import type { ParticipantView } from '../machines/session/session-view.ts';
import { notProvided, type PortLogic } from '../machines/slots.ts';
import type { JobType } from '../machines/worker/events.ts';
import { settingInfo, type SettingsSchema } from './setting-types.ts';

/** What an agent may do in its rooms (LiveKit's `ParticipantPermission`). */
export type AgentPermissions = {
  readonly canSubscribe: boolean;
  readonly canPublish: boolean;
  readonly canPublishData: boolean;
  readonly canUpdateMetadata: boolean;
  /** Whether participants see the agent. A hidden agent's data messages name no sender. */
  readonly hidden: boolean;
};

/** The ports that every job offers to its agent's machine. */
export type AgentPorts = {
  /** Level windows of one subscribed audio track: `audio.levelMeasured`, 10 a second. */
  readonly levels: PortLogic<{ trackSid: string }>;
  /** Statistics of all subscribed tracks: `stats.sampled`, 2 a second. */
  readonly stats: PortLogic<Record<string, never>>;
  /** Reads conversations: each `analysis.request` is answered by `analysis.made` or `analysis.failed`. */
  readonly analysis: PortLogic<Record<string, never>, AnalysisCommand>;
};

/** What is shown of a session, beside the facts of its job; fields of the agent's own may be added. */
export type AgentView = Readonly<Record<string, unknown>> &
  Partial<Omit<ParticipantView, 'state'>> & {
    /** Top-level state of the agent's machine: a word of at most 64 characters, out of few. */
    readonly state: string;
    readonly monitoringType?: string;
    readonly customSettings?: Readonly<Record<string, unknown>>;
  };

type MetadataSchema = z.ZodType<Readonly<Record<string, unknown>>>;

/** Whom a job is for. */
export type ServedBy<TMetadata> = {
  readonly dispatchId: string;
  readonly metadata: TMetadata;
  /** Who triggered the job; null for room jobs. */
  readonly participant: ParticipantRef | null;
};

/** What makes an agent. Its functions are methods, so that any agent is an `AgentDefinition`. */
export interface AgentDefinition<
  TMetadata extends MetadataSchema = MetadataSchema,
  TSettings extends SettingsSchema = SettingsSchema,
  TMachine extends AnyStateMachine = AnyStateMachine,
> {
  /** Under which it is dispatched: letters, digits, `-` and `_`. */
  readonly name: string;
  /** `room`: one job for a dispatch; `participant`: one for each who joins; `publisher`: one for each who publishes. */
  readonly jobType: JobType;
  /** Reads the JSON of the job's metadata, before the offer is answered. Empty metadata is `{}`. */
  readonly metadata: TMetadata;
  /** Reads the agent's settings, by their environment names. They are part of the event log: no secrets. */
  readonly settings: TSettings;
  permissions(settings: z.output<TSettings>): AgentPermissions;
  /** One live job for each key; without it each job serves itself. */
  serves?(params: ServedBy<z.output<TMetadata>>): string;
  /** The identity whose own offer opens another session after one has ended; without it anybody's. */
  target?(params: ServedBy<z.output<TMetadata>>): string;
  /** How long its jobs may go on when the process drains; without it DRAIN_TIMEOUT. */
  readonly drainTimeoutMs?: number;
  /**
   * How long it may take to bring its summary when its job is ended, such as for a last answer from a
   * port; without it half a second. The job's status reaches the server that much later.
   */
  readonly summaryTimeoutMs?: number;
  /**
   * The agent's machine, which many jobs of a process share. Its input is an `AgentInput`. It hears
   * every `AgentFact`, and tells its parent `AgentCommand`s and `AgentReport`s, `job.end` among them.
   */
  machine(ports: AgentPorts): TMachine;
  /** What `GET /sessions` shows of it. */
  view(snapshot: SnapshotFrom<NoInfer<TMachine>>): AgentView;
}

/** Holds an agent's machine to the input that its schemas promise. */
type TakesInput<
  TMetadata extends MetadataSchema,
  TSettings extends SettingsSchema,
  TMachine extends AnyStateMachine,
> =
  AgentInput<z.output<TMetadata>, z.output<TSettings>> extends InputFrom<TMachine>
    ? unknown
    : { readonly machine: 'its input must accept AgentInput<metadata, settings>' };

/**
 * Declares an agent, and refuses one that could not be dispatched, recorded or replayed.
 *
 * @throws TypeError that names every mistake: a name that LiveKit would not take, an actor in the
 * machine that is neither machine nor port, a setting that is a secret.
 */
export function defineAgent<
  TMetadata extends MetadataSchema,
  TSettings extends SettingsSchema,
  TMachine extends AnyStateMachine,
>(
  definition: AgentDefinition<TMetadata, TSettings, TMachine> &
    TakesInput<NoInfer<TMetadata>, NoInfer<TSettings>, NoInfer<TMachine>>,
): AgentDefinition<TMetadata, TSettings, TMachine> {
  const { name } = definition;
  const problems = [
    ...(NAME.test(name) ? [] : [`its name must be letters, digits, "-" and "_", at most 64`]),
    ...Object.entries(definition.settings.shape)
      .filter(([, schema]) => settingInfo(schema)?.isSecret)
      .map(
        ([setting]) =>
          `its setting ${setting} is a secret, and settings stand in the event log; let the port ` +
          'that needs it read it',
      ),
    ...findForeignActors(definition.machine(unpluggedPorts)).map(
      (path) =>
        `the actor ${path} is neither machine nor port: a promise or callback would run again in ` +
        'a replay; make it a port with port() or request()',
    ),
  ];
  if (problems.length === 0) return definition;
  throw new TypeError(`The agent "${name}" cannot be run: ${problems.join('; ')}.`);
}

const NAME = /^[\w-]{1,64}$/;

/** Ports to look at a machine with; nobody starts them. */
export const unpluggedPorts: AgentPorts = {
  levels: notProvided('levels'),
  stats: notProvided('stats'),
  analysis: notProvided('analysis'),
};
