import type {
  ConnectionQuality,
  ParticipantKind,
  RoomFact,
  RoomServiceFact,
  TrackKind,
  TrackSource,
} from '../events.ts';

/** The facts that rules can wait for: all of a room but how it is joined, left and commanded. */
export type RuleFactType = Exclude<
  (RoomFact | RoomServiceFact)['type'],
  'room.joinFailed' | 'room.disconnected' | 'command.failed'
>;

export type RuleFact = Extract<RoomFact | RoomServiceFact, { readonly type: RuleFactType }>;

/** What stands at a path: a whole number that is not negative is a `count`; a list holds all the words that can. */
export type FactValue = 'text' | 'textOrNull' | 'count' | 'boolean' | readonly string[];

type Values = Readonly<Record<string, FactValue>>;

/** All words of a type: the compiler refuses one too few and one too many. */
const all = <TWord extends string>(words: Readonly<Record<TWord, true>>): readonly string[] =>
  Object.keys(words);

const kinds = all<ParticipantKind>({
  standard: true,
  ingress: true,
  egress: true,
  sip: true,
  agent: true,
  connector: true,
  bridge: true,
});
const sources = all<TrackSource>({
  unknown: true,
  camera: true,
  microphone: true,
  screen_share: true,
  screen_share_audio: true,
});
const trackKinds = all<TrackKind>({ audio: true, video: true });
const qualities = all<ConnectionQuality>({ excellent: true, good: true, poor: true, lost: true });

/** Of everything that happens, beside its type. */
const always = { at: 'count', 'room.name': 'text', 'room.sid': 'text' } as const;
const about = {
  ...always,
  'participant.identity': 'text',
  'participant.sid': 'text',
  'participant.name': 'text',
  'participant.kind': kinds,
} as const;
const aboutTrack = {
  ...about,
  'track.sid': 'text',
  'track.kind': trackKinds,
  'track.source': sources,
  'track.name': 'text',
  'track.muted': 'boolean',
  'track.encrypted': 'boolean',
  'track.mimeType': 'text',
} as const;

const values: Readonly<Record<RuleFactType, Values>> = {
  'room.connected': {
    ...always,
    metadata: 'text',
    'local.identity': 'text',
    'local.sid': 'text',
  },
  'room.reconnecting': always,
  'room.reconnected': always,
  'room.metadataChanged': { ...always, metadata: 'text' },
  'room.speakersChanged': always,
  'participant.connected': {
    ...about,
    'participant.metadata': 'text',
    'participant.active': 'boolean',
    'participant.attributes.*': 'text',
  },
  'participant.active': about,
  'participant.disconnected': about,
  'participant.metadataChanged': { ...about, metadata: 'text' },
  'participant.attributesChanged': { ...about, 'attributes.*': 'text' },
  'participant.throttled': { ...about, changes: 'count' },
  'participant.qualityChanged': { ...about, quality: qualities },
  'track.published': aboutTrack,
  'track.unpublished': aboutTrack,
  'track.subscribed': aboutTrack,
  'track.unsubscribed': aboutTrack,
  'track.subscriptionFailed': { ...aboutTrack, 'error.code': 'text', 'error.message': 'text' },
  'track.muted': aboutTrack,
  'track.unmuted': aboutTrack,
  'data.received': {
    ...about,
    sizeBytes: 'count',
    topic: 'text',
    text: 'textOrNull',
    truncated: 'boolean',
  },
  'data.throttled': { ...about, messages: 'count', sizeBytes: 'count' },
  'text.received': {
    ...about,
    topic: 'text',
    text: 'text',
    truncated: 'boolean',
    'attributes.*': 'text',
  },
  'recording.started': { ...always, recordingId: 'text' },
  'recording.stopped': { ...always, recordingId: 'text' },
};

/** The types of facts, of which the table above is the one list. */
export const ruleFactTypes: readonly string[] = Object.keys(values);

export const isRuleFactType = (word: string): word is RuleFactType => Object.hasOwn(values, word);

/** The paths of the values that a fact brings. A path that ends in `*` stands for all below it. */
export const factPaths = (fact: RuleFactType): readonly string[] => [
  'type',
  ...Object.keys(values[fact]),
];

/** What stands at a path of a fact; null where it brings no such value. */
export function factValueAt(fact: RuleFactType, path: string): FactValue | null {
  if (path === 'type') return [fact];
  const found = Object.entries(values[fact]).find(([known]) => isPathOf(path, [known]));
  return found?.[1] ?? null;
}

/** Those of an alert, whatever its change. */
export const alertPaths: readonly string[] = [
  'type',
  ...Object.keys(about),
  'alert.key',
  'alert.severity',
  'alert.message',
  'alert.openedAt',
  'alert.updatedAt',
  'alert.resolvedAt',
  'alert.evidence.*',
];

/** Whether what happened is about somebody, who could be removed or muted. */
export const namesSomebody = (paths: readonly string[]): boolean =>
  paths.includes('participant.identity');

export const isPathOf = (path: string, paths: readonly string[]): boolean =>
  paths.some((known) =>
    known.endsWith('*')
      ? path.length >= known.length && path.startsWith(known.slice(0, -1))
      : path === known,
  );
