/** What everybody may know of an error code: the table of docs/errors.md. */
export type ErrorEntry = {
  readonly meaning: string;
  readonly remedy: string;
  /** Whether the same thing tried again may go well. */
  readonly retryable: boolean;
  /** What a command ends with when this ends it: 1 failed at run time, 2 configuration or usage. */
  readonly exitStatus: 1 | 2;
};

/** Every error code there is. Those of the logs of events and of the rooms appear in log lines only. */
export const errorTable = {
  E_USAGE: {
    meaning: 'The command line is wrong.',
    remedy: 'Run the command with --help.',
    retryable: false,
    exitStatus: 2,
  },
  E_CONFIG: {
    meaning: 'Settings are missing or wrong.',
    remedy: 'Correct the settings named; the README lists all of them.',
    retryable: false,
    exitStatus: 2,
  },
  E_AGENT_MODULE: {
    meaning: 'An agent could not be loaded.',
    remedy:
      'Name a built-in agent, or a JavaScript file whose default export is made by defineAgent.',
    retryable: false,
    exitStatus: 2,
  },
  E_METADATA: {
    meaning: 'The metadata of a dispatch or job does not fit the agent.',
    remedy: 'Correct the metadata at the path named.',
    retryable: false,
    exitStatus: 2,
  },
  E_HTTP_LISTEN: {
    meaning: 'The address for health and metrics, or for inspection, cannot be listened on.',
    remedy: 'Choose another HTTP_HOST or HTTP_PORT, or stop what uses it. Port 0 takes a free one.',
    retryable: false,
    exitStatus: 2,
  },
  E_INSPECT_PAGE: {
    meaning: 'The page for inspection is not built.',
    remedy: 'Run npm run build; an installed package brings the page along.',
    retryable: false,
    exitStatus: 2,
  },
  E_VIEWER_MESSAGE: {
    meaning: 'A viewer of an inspection said what is not of its protocol, and was not heard.',
    remedy: 'Use the page or the greenroom of the same version as the worker.',
    retryable: false,
    exitStatus: 1,
  },
  E_UNAUTHORIZED: {
    meaning: 'The LiveKit server refuses the API key.',
    remedy: 'Compare LIVEKIT_API_KEY and LIVEKIT_API_SECRET with the keys of the server.',
    retryable: false,
    exitStatus: 1,
  },
  E_SERVER_UNREACHABLE: {
    meaning: 'The LiveKit server cannot be reached.',
    remedy: 'Check that it runs and that LIVEKIT_URL names it.',
    retryable: true,
    exitStatus: 1,
  },
  E_SERVER_START: {
    meaning: 'The LiveKit server of a demo, test or bench did not start.',
    remedy: 'Read the last lines of the server in the message.',
    retryable: true,
    exitStatus: 1,
  },
  E_DISPATCH: {
    meaning: 'The LiveKit server refused a dispatch.',
    remedy: 'Read the answer of the server in the message.',
    retryable: false,
    exitStatus: 1,
  },
  E_RTC_VERSION: {
    meaning: 'The installed @livekit/rtc-node cannot be used.',
    remedy: 'Install the versions that package.json of greenroom pins.',
    retryable: false,
    exitStatus: 1,
  },
  E_ROOM_JOIN: {
    meaning: 'One attempt to join a room failed.',
    remedy: 'Check that media ports of the server can be reached; it is tried again.',
    retryable: true,
    exitStatus: 1,
  },
  E_ROOM_REFUSED: {
    meaning: 'The server refused the token of a room.',
    remedy: 'Check the clock and the keys of the server; the job ends as join_failed.',
    retryable: false,
    exitStatus: 1,
  },
  E_ROOM_COMMAND: {
    meaning: 'A command to a room could not be carried out.',
    remedy: 'Nothing else is harmed; look at the state of the room in the same log.',
    retryable: true,
    exitStatus: 1,
  },
  E_TRACK_SUBSCRIPTION: {
    meaning: 'The server refused the subscription of a track.',
    remedy:
      'The track is listed and not measured; look at its codec and at the permissions of the agent.',
    retryable: true,
    exitStatus: 1,
  },
  E_AUDIO_LEVELS: {
    meaning: 'The audio of a track can no longer be read.',
    remedy: 'Speech of this track is unavailable from here on; look at the track events before it.',
    retryable: true,
    exitStatus: 1,
  },
  E_TRACK_STATS: {
    meaning: 'The statistics of a room could not be read.',
    remedy: 'They are read again at the next poll.',
    retryable: true,
    exitStatus: 1,
  },
  E_ROSTER: {
    meaning: 'The server did not list the participants of a room.',
    remedy:
      'Check that the API of the server can be reached and that the key may list participants.',
    retryable: true,
    exitStatus: 1,
  },
  E_ROOM_SERVICE: {
    meaning: 'The server did not do to a room what an agent asked: remove, mute, record.',
    remedy:
      'Read the message. The API of the server must be reachable, and the key allowed to administer rooms.',
    retryable: true,
    exitStatus: 1,
  },
  E_ANALYSIS: {
    meaning: 'No engine could read a part of a conversation.',
    remedy: 'Read the message; the conversation goes on, and later parts are tried again.',
    retryable: true,
    exitStatus: 1,
  },
  E_NO_EGRESS: {
    meaning: 'A rule asked for a recording, and no Egress service answered.',
    remedy: 'Run LiveKit Egress and Redis with the server; rooms go on without a recording.',
    retryable: true,
    exitStatus: 1,
  },
  E_RULE: {
    meaning:
      'A function of a rule threw or took too long, or an alert is about nobody it could act on.',
    remedy:
      'Correct the rule in greenroom.config as the message says; that of a function is its own.',
    retryable: true,
    exitStatus: 1,
  },
  E_REQUEST: {
    meaning: 'A request port of an agent failed.',
    remedy: 'Read the message: it is that of the function of the agent.',
    retryable: true,
    exitStatus: 1,
  },
  E_ANALYSIS_REFUSED: {
    meaning:
      'The endpoint for analyses refuses to be asked; the embedded lexicon answered instead.',
    remedy:
      'Compare ANALYSIS_BASE_URL, ANALYSIS_API_KEY and ANALYSIS_MODEL; greenroom doctor tries them.',
    retryable: false,
    exitStatus: 1,
  },
  E_ANALYSIS_UNAVAILABLE: {
    meaning:
      'The endpoint for analyses is down, too slow, or has too much to do; the embedded lexicon answered instead.',
    remedy: 'Look at the endpoint; it is asked again with a later window.',
    retryable: true,
    exitStatus: 1,
  },
  E_ANALYSIS_ANSWER: {
    meaning:
      'The model of the endpoint for analyses answered twice what cannot be used; the embedded lexicon answered instead.',
    remedy: 'Where it happens often, choose a model that keeps to a JSON schema.',
    retryable: true,
    exitStatus: 1,
  },
  E_JOB_BROKEN: {
    meaning: 'An exception ended a job as agent_error. Other jobs go on.',
    remedy:
      'Correct the machine or port of the agent; the event log of the job has its last steps.',
    retryable: false,
    exitStatus: 1,
  },
  E_AGENT_VIEW: {
    meaning: 'The view of an agent threw, or is not what can be shown. The job goes on.',
    remedy: 'Let view() return plain JSON with a short state, whatever the snapshot.',
    retryable: false,
    exitStatus: 1,
  },
  E_JOB_NO_STATUS: {
    meaning: 'A job ended without a final status.',
    remedy: 'Report it with the event log of the job: it is a mistake in greenroom.',
    retryable: false,
    exitStatus: 1,
  },
  E_LOG_HEAD: {
    meaning: 'The input of an actor cannot stand in the head of an event log.',
    remedy: 'Give the machine plain finite JSON as input, without secrets.',
    retryable: false,
    exitStatus: 1,
  },
  E_LOG_FORMAT: {
    meaning: 'A file is not an event log of this version, or is damaged.',
    remedy:
      'Name a log as a worker wrote it; one of another version is read by the greenroom of that version.',
    retryable: false,
    exitStatus: 1,
  },
  E_REPLAY_AGENT: {
    meaning: 'An event log is of an agent that is not known here.',
    remedy: 'Name the file of the agent with --agent.',
    retryable: false,
    exitStatus: 2,
  },
  E_RESUME: {
    meaning: 'A session cannot go on from its event log.',
    remedy: 'Look at the log with greenroom replay; the room goes on without the session.',
    retryable: false,
    exitStatus: 1,
  },
  E_LOG_PAYLOAD: {
    meaning: 'A port or machine said something that is not plain finite JSON.',
    remedy: 'Report plain values from the port; the line is kept with the problem in its place.',
    retryable: false,
    exitStatus: 1,
  },
  E_LOG_OVERFLOW: {
    meaning: 'An event log lost lines, because more came than the disk took.',
    remedy: 'Look at the disk of EVENT_LOG_DIR; the log says how many lines are missing.',
    retryable: true,
    exitStatus: 1,
  },
  E_LOG_WRITE: {
    meaning: 'An event log cannot be written and ends. The job goes on.',
    remedy: 'Look at EVENT_LOG_DIR: its disk, its permissions.',
    retryable: true,
    exitStatus: 1,
  },
  E_LOG_SWEEP: {
    meaning: 'Old event logs could not be removed.',
    remedy: 'Look at the permissions of EVENT_LOG_DIR; it is tried again.',
    retryable: true,
    exitStatus: 1,
  },
  E_LOG_PACK: {
    meaning: 'A closed event log could not be packed, and stays as it is.',
    remedy: 'Look at EVENT_LOG_DIR: its disk, its permissions.',
    retryable: false,
    exitStatus: 1,
  },
  E_LOG_RECORDER: {
    meaning: 'The event log of a job broke off. The job goes on.',
    remedy: 'Report it with the message: it is a mistake in greenroom.',
    retryable: false,
    exitStatus: 1,
  },
  E_LOG_FOREIGN_ACTOR: {
    meaning: 'An actor is neither machine nor port, so a replay would run it again.',
    remedy: 'Turn the function into a port.',
    retryable: false,
    exitStatus: 1,
  },
  E_NO_RECORDING: {
    meaning: 'A viewer asked to play what is no recording, or before one was opened.',
    remedy: 'Open a log with greenroom inspect FILE.',
    retryable: false,
    exitStatus: 1,
  },
  E_RELAY_UNREACHABLE: {
    meaning: 'The stream of an inspected process cannot be reached, or broke off.',
    remedy: 'Check that it runs with --inspect, and give as --url what it printed.',
    retryable: true,
    exitStatus: 1,
  },
  E_RELAY_REFUSED: {
    meaning: 'The stream of an inspected process cannot be read.',
    remedy: 'Give the address that --inspect printed, and the same INSPECT_TOKEN.',
    retryable: false,
    exitStatus: 1,
  },
  E_INTERNAL: {
    meaning: 'Something that should never happen.',
    remedy: 'Run again with --log-level debug and report the stack.',
    retryable: false,
    exitStatus: 1,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorTable, code);

type GreenroomErrorOptions = {
  /** One line for each single thing that is wrong. */
  readonly details?: readonly string[];
  /** What to do, where more is known than the table says. */
  readonly remedy?: string;
  readonly cause?: unknown;
};

/** An error that a person can do something about. Its message never holds a secret. */
export class GreenroomError extends Error {
  override readonly name = 'GreenroomError';
  readonly code: ErrorCode;
  readonly details: readonly string[];
  readonly remedy: string;
  readonly retryable: boolean;
  readonly exitStatus: 1 | 2;

  constructor(code: ErrorCode, message: string, options: GreenroomErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    const entry = errorTable[code];
    this.code = code;
    this.details = options.details ?? [];
    this.remedy = options.remedy ?? entry.remedy;
    this.retryable = entry.retryable;
    this.exitStatus = entry.exitStatus;
  }
}

/** Anything thrown, as an error of the table: `E_INTERNAL` unless it carries a code of ours. */
export function toGreenroomError(cause: unknown): GreenroomError {
  if (cause instanceof GreenroomError) return cause;
  if (!(cause instanceof Error)) return new GreenroomError('E_INTERNAL', String(cause), { cause });
  const code = 'code' in cause && isErrorCode(cause.code) ? cause.code : 'E_INTERNAL';
  return new GreenroomError(code, cause.message, { cause });
}
