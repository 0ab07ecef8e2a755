import type { RoomFact, RoomServiceFact } from '../events.ts';

/** The facts that rules can wait for: all of a room but how it is joined, left and commanded. */
export type RuleFactType = Exclude<
  (RoomFact | RoomServiceFact)['type'],
  'room.joinFailed' | 'room.disconnected' | 'command.failed'
>;

export type RuleFact = Extract<RoomFact | RoomServiceFact, { readonly type: RuleFactType }>;

/** Of everything that happens. */
const always = ['type', 'at', 'room.name', 'room.sid'];
const someone = ['participant.identity', 'participant.sid', 'participant.name', 'participant.kind'];
const about = [...always, ...someone];
const track = [
  'track.sid',
  'track.kind',
  'track.source',
  'track.name',
  'track.muted',
  'track.encrypted',
  'track.mimeType',
];
const data = ['sizeBytes', 'topic', 'text', 'truncated'];

/**
 * The facts that rules can wait for, and the paths of the values that they bring. A path that ends in
 * `*` stands for all below it.
 */
export const factPaths: Readonly<Record<RuleFactType, readonly string[]>> = {
  'room.connected': [...always, 'metadata', 'local.identity', 'local.sid'],
  'room.reconnecting': always,
  'room.reconnected': always,
  'room.metadataChanged': [...always, 'metadata'],
  'room.speakersChanged': always,
  'participant.connected': [
    ...about,
    'participant.metadata',
    'participant.active',
    'participant.attributes.*',
  ],
  'participant.active': about,
  'participant.disconnected': about,
  'participant.metadataChanged': [...about, 'metadata'],
  'participant.attributesChanged': [...about, 'attributes.*'],
  'participant.throttled': [...about, 'changes'],
  'participant.qualityChanged': [...about, 'quality'],
  'track.published': [...about, ...track],
  'track.unpublished': [...about, ...track],
  'track.subscribed': [...about, ...track],
  'track.unsubscribed': [...about, ...track],
  'track.subscriptionFailed': [...about, ...track, 'error.code', 'error.message'],
  'track.muted': [...about, ...track],
  'track.unmuted': [...about, ...track],
  'data.received': [...about, ...data],
  'data.throttled': [...about, 'messages', 'sizeBytes'],
  'text.received': [...about, 'topic', 'text', 'truncated', 'attributes.*'],
  'recording.started': [...always, 'recordingId'],
  'recording.stopped': [...always, 'recordingId'],
};

/** Those of an alert, whatever its change. */
export const alertPaths: readonly string[] = [
  ...about,
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

/** The types of facts, of which {@link factPaths} is the one list. */
export const ruleFactTypes: readonly string[] = Object.keys(factPaths);

export const isRuleFactType = (word: string): word is RuleFactType =>
  Object.hasOwn(factPaths, word);

export const isPathOf = (path: string, paths: readonly string[]): boolean =>
  paths.some((known) =>
    known.endsWith('*')
      ? path.length >= known.length && path.startsWith(known.slice(0, -1))
      : path === known,
  );
