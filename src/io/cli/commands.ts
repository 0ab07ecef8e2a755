import type { AgentDefinition } from '../../agents/define-agent.ts';
import type { Config, SettingSources } from '../config.ts';
import type { DoctorOptions, DoctorReport } from '../doctor/run-doctor.ts';
import type { RunInspectOptions } from '../inspect/recording/run-inspect.ts';
import type { Logger } from '../logger.ts';
import type { ReadRules } from '../rules/read-rules.ts';
import type { RunReplayOptions } from '../replay/replay-options.ts';
import type { RunReportOptions } from '../report/run-report.ts';
import type { ConnectionSettings, RelaySettings } from '../settings.ts';
import type { ShutdownRequests } from '../shutdown.ts';
import type { Script } from '../simulated/script.ts';
import type { DispatchOutcome, WatchedDispatch } from './dispatch-outcome.ts';
import type { Output } from './output.ts';
import type { TopState } from './top-state.ts';
import type { KeyInput, ResizableOutput } from './top-terminal.ts';

export type RunWorkerOptions = {
  readonly agents: readonly AgentDefinition[];
  readonly config: Config;
  readonly rules: ReadRules;
  readonly logger: Logger;
  readonly shutdown: ShutdownRequests;
  /** A terminal, for what people would rather see than read; null where there is none. */
  readonly output: Output | null;
};

export type RunDemoOptions = {
  /** A server named by the user; null: find or start one. */
  readonly server: {
    readonly url: string;
    readonly apiKey: string;
    readonly apiSecret: string;
  } | null;
  readonly inspect: RelaySettings;
  /** How long the room is shown; null: until a signal. */
  readonly durationMs: number | null;
  /** Redraw the view in place; else a line for each change. */
  readonly isTty: boolean;
  readonly output: Output;
  readonly shutdown: ShutdownRequests;
};

export type RunConnectionOptions = {
  readonly agent: AgentDefinition;
  readonly config: Config;
  readonly rules: ReadRules;
  readonly room: string;
  /** Whom a job of one participant is for; null: nobody in particular. */
  readonly participant: string | null;
  /** What the agent accepts. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Print the result as one JSON document; else as lines and a table. */
  readonly isJson: boolean;
  /** Redraw the view in place; else a line for each change. */
  readonly isTty: boolean;
  readonly output: Output;
  /** For what is no result. */
  readonly notices: NodeJS.WritableStream;
  readonly shutdown: ShutdownRequests;
};

export type RunSimulationOptions = {
  readonly script: Script;
  /** 0 to 2^32-1. */
  readonly seed: number;
  /** 0 to 1. */
  readonly nastiness: number;
  /** So many times as fast as real time; null: as fast as it can. */
  readonly speed: number | null;
  readonly config: Config;
  /** Print the result as one JSON document; else as lines and a table. */
  readonly isJson: boolean;
  /** Redraw the view in place; else a line for each change. */
  readonly isTty: boolean;
  readonly output: Output;
  /** For what is no result. */
  readonly notices: NodeJS.WritableStream;
  readonly shutdown: ShutdownRequests;
};

export type RunTopOptions = {
  /** Of the relay. */
  readonly url: string;
  readonly token: string | null;
  /** What is shown first. */
  readonly state: TopState;
  /** Print what there is, and end. */
  readonly isOnce: boolean;
  /** With `isOnce`: as one JSON document. */
  readonly isJson: boolean;
  /** What is drawn on, and where keys come from; null: a line for each change. */
  readonly terminal: { readonly input: KeyInput; readonly output: ResizableOutput } | null;
  readonly hasColour: boolean;
  readonly output: Output;
  readonly shutdown: ShutdownRequests;
};

export type Dispatch = {
  readonly room: string;
  readonly agent: string;
  readonly metadata: string;
};

/** Everything that the command line does in the world, so that a test can do it instead. */
export type CommandWorld = {
  readonly stdin: KeyInput;
  readonly stdout: ResizableOutput & NodeJS.WritableStream;
  readonly stderr: Output & NodeJS.WritableStream;
  readonly signals: Pick<NodeJS.EventEmitter, 'on' | 'off'>;
  readonly readSources: (flags: SettingSources['flags']) => SettingSources;
  readonly builtInAgents: readonly AgentDefinition[];
  readonly runWorker: (options: RunWorkerOptions) => Promise<{ exitCode: number }>;
  readonly runDemo: (options: RunDemoOptions) => Promise<{ exitCode: number }>;
  readonly runConnection: (options: RunConnectionOptions) => Promise<{ exitCode: number }>;
  readonly runSimulation: (options: RunSimulationOptions) => Promise<{ exitCode: number }>;
  readonly runReplay: (options: RunReplayOptions) => Promise<{ exitCode: number }>;
  readonly runInspect: (options: RunInspectOptions) => Promise<{ exitCode: number }>;
  readonly runReport: (options: RunReportOptions) => Promise<{ exitCode: number }>;
  readonly runTop: (options: RunTopOptions) => Promise<{ exitCode: number }>;
  readonly runDoctor: (options: DoctorOptions) => Promise<DoctorReport>;
  /** Gives the id of the new dispatch. */
  readonly createDispatch: (settings: ConnectionSettings, dispatch: Dispatch) => Promise<string>;
  readonly watchDispatch: (
    settings: ConnectionSettings,
    dispatch: WatchedDispatch,
  ) => Promise<DispatchOutcome>;
};
