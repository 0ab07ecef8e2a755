import type { ConnectionQuality, ParticipantKind, TrackSource } from '../../machines/events.ts';

/** What makes a quality poor, as far as our own statistics show it. */
export type QualityCause = 'loss' | 'jitter' | 'delay' | 'bandwidth';

/** What a server may refuse to an agent: to come in, to carry out a command, to list a room's participants. */
export type Refusable = 'joins' | 'commands' | 'lists';

type By = { readonly identity: string };
type OnTrack = By & { readonly source: TrackSource };

/** Something that happens in a simulated room. */
export type Happening =
  | (By & {
      readonly type: 'join';
      readonly kind: ParticipantKind;
      readonly sources: readonly TrackSource[];
    })
  | (By & { readonly type: 'return' })
  | (By & { readonly type: 'leave' | 'drop' | 'hush' })
  | (By & { readonly type: 'freeze'; readonly durationMs: number })
  /** `level` is the RMS of the voice, 0 to 1; without a duration until `hush`. */
  | (By & { readonly type: 'speak'; readonly level: number; readonly durationMs: number | null })
  | (OnTrack & { readonly type: 'publish'; readonly encrypted: boolean })
  | (OnTrack & { readonly type: 'unpublish' | 'mute' | 'unmute' })
  | (OnTrack & { readonly type: 'stall'; readonly durationMs: number })
  | (By & { readonly type: 'turnCamera'; readonly on: boolean })
  | (By & {
      readonly type: 'changeQuality';
      readonly quality: ConnectionQuality;
      readonly cause: QualityCause | null;
    })
  | (By & { readonly type: 'sendData' | 'sendText'; readonly topic: string; readonly text: string })
  | (By & { readonly type: 'sendBytes'; readonly topic: string; readonly sizeBytes: number })
  | (By & { readonly type: 'setMetadata'; readonly metadata: string })
  | (By & { readonly type: 'setAttribute'; readonly key: string; readonly value: string })
  | { readonly type: 'setRoomMetadata'; readonly metadata: string }
  | { readonly type: 'endRoom'; readonly how: 'deleted' | 'closed' }
  | { readonly type: 'endAgents'; readonly how: 'removed' | 'replaced' }
  | { readonly type: 'ownConnection'; readonly course: 'resumes' | 'restarts' | 'fails' }
  | { readonly type: 'refuse'; readonly what: Refusable; readonly durationMs: number }
  | { readonly type: 'stopServer' };

/** A happening and when it happens, in whole milliseconds since the start. */
export type ScriptStep = { readonly atMs: number; readonly happening: Happening };

/**
 * The life of one room, as text that is read by people and by {@link parseScript}.
 *
 * One step a line: a time (`minutes:seconds`, `0:07` or `75:07.250`, never earlier than the line
 * before), who, and what. Empty lines and lines that start with `#` say nothing.
 *
 * What may stand after the time: `script-words.ts`.
 *
 * A source is microphone, camera, screen_share, screen_share_audio or unknown (audio). A duration is `400ms`,
 * `1.5s` or `2m`. A name or topic that has a space, a colon or a quote, and a participant called
 * room, agent, own or server, is written as a JSON string: `"agent" joins`. A text is the rest of the line, or a
 * JSON string.
 */
export type Script = readonly ScriptStep[];

/** The level of ordinary speech, RMS. */
export const ordinaryLevel = 0.1;

/** Words in the place of a name that mean something else there. */
export const reservedSubjects: readonly string[] = ['room', 'agent', 'own', 'server'];

/** The script as text, one canonical line for each step; the parser reads the same script from it. */
export function formatScript(script: Script): string {
  return script.map((step) => `${formatStep(step)}\n`).join('');
}

/** One step as its line. */
export function formatStep({ atMs, happening }: ScriptStep): string {
  return `${formatTime(atMs)} ${formatHappening(happening)}`;
}

/** As the first column of a script: `0:07`, `75:07.250`. */
export function formatTime(atMs: number): string {
  const minutes = Math.floor(atMs / 60_000);
  const seconds = String(Math.floor(atMs / 1000) % 60).padStart(2, '0');
  const millis = atMs % 1000 === 0 ? '' : `.${String(atMs % 1000).padStart(3, '0')}`;
  return `${minutes}:${seconds}${millis}`;
}

function formatHappening(happening: Happening): string {
  const rest = formatDeed(happening);
  return 'identity' in happening ? `${formatName(happening.identity)} ${rest}` : rest;
}

function formatDeed(happening: Happening): string {
  switch (happening.type) {
    case 'join':
      return `joins${formatKind(happening.kind)}${formatSources(happening.sources)}`;
    case 'leave':
      return 'leaves';
    case 'drop':
      return 'drops';
    case 'return':
      return 'returns';
    case 'hush':
      return 'stops speaking';
    case 'freeze':
      return `freezes for ${formatDuration(happening.durationMs)}`;
    case 'speak':
      return `speaks${formatSpeech(happening.durationMs, happening.level)}`;
    case 'publish':
      return `publishes ${happening.source}${happening.encrypted ? ' encrypted' : ''}`;
    case 'unpublish':
      return `unpublishes ${happening.source}`;
    case 'mute':
      return `mutes ${happening.source}`;
    case 'unmute':
      return `unmutes ${happening.source}`;
    case 'stall':
      return `stalls ${happening.source} for ${formatDuration(happening.durationMs)}`;
    case 'turnCamera':
      return `turns camera ${happening.on ? 'on' : 'off'}`;
    case 'changeQuality':
      return `has ${happening.quality} quality${happening.cause ? ` from ${happening.cause}` : ''}`;
    case 'sendData':
      return `sends data on topic ${formatWord(happening.topic)}: ${formatText(happening.text)}`;
    case 'sendText':
      return `sends text on topic ${formatWord(happening.topic)}: ${formatText(happening.text)}`;
    case 'sendBytes':
      return `sends ${happening.sizeBytes} bytes on topic ${formatWord(happening.topic)}`;
    case 'setMetadata':
      return `sets metadata: ${formatText(happening.metadata)}`;
    case 'setAttribute':
      return `sets attribute ${formatWord(happening.key)}: ${formatText(happening.value)}`;
    case 'setRoomMetadata':
      return `room sets metadata: ${formatText(happening.metadata)}`;
    case 'endRoom':
      return `room ${happening.how}`;
    case 'endAgents':
      return `agent ${happening.how}`;
    case 'ownConnection':
      return `own connection ${happening.course}`;
    case 'refuse':
      return `server refuses ${happening.what} for ${formatDuration(happening.durationMs)}`;
    case 'stopServer':
      return 'server stops';
  }
}

const formatKind = (kind: ParticipantKind): string => (kind === 'standard' ? '' : ` as ${kind}`);

function formatSources(sources: readonly TrackSource[]): string {
  if (sources.length === 1 && sources[0] === 'microphone') return '';
  return ` with ${sources.length === 0 ? 'nothing' : sources.join(' and ')}`;
}

function formatSpeech(durationMs: number | null, level: number): string {
  const duration = durationMs === null ? '' : ` for ${formatDuration(durationMs)}`;
  return `${duration}${level === ordinaryLevel ? '' : ` at ${level}`}`;
}

const formatDuration = (durationMs: number): string =>
  durationMs % 1000 === 0 ? `${durationMs / 1000}s` : `${durationMs}ms`;

const formatName = (name: string): string =>
  reservedSubjects.includes(name) ? JSON.stringify(name) : formatWord(name);

/** A word stands as it is where the parser would read it back as one word. */
const formatWord = (word: string): string =>
  /^[^\s":#]+$/u.test(word) ? word : JSON.stringify(word);

/** A text stands as it is where the rest of a line can be it. */
const formatText = (text: string): string => {
  const isPlain = text !== '' && text === text.trim() && !text.startsWith('"');
  return isPlain && !/\p{Cc}/u.test(text) ? text : JSON.stringify(text);
};
