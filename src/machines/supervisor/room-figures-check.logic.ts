import type { RoomFigures } from '../room/room-figures.ts';

const figures = [
  'startedAt',
  'durationMs',
  'participants',
  'peakParticipants',
  'joins',
  'leaves',
  'identities',
  'peakTracks',
  'tracksPublished',
  'messages',
  'messageBytes',
] as const satisfies readonly (keyof RoomFigures)[];

const isCount = (value: unknown): boolean => Number.isFinite(value);

type Given = Readonly<Record<string, unknown>>;

/** The figures of an agent where they are those of a room: other agents, also of users, report figures of their own. */
export const readRoomFigures = (given: Given): RoomFigures | null =>
  isRoomFigures(given) ? given : null;

const isRoomFigures = (given: Given): given is Given & RoomFigures =>
  given['kind'] === 'room' &&
  (given['state'] === 'active' || given['state'] === 'ended') &&
  typeof given['room'] === 'string' &&
  typeof given['roomSid'] === 'string' &&
  figures.every((name) => isCount(given[name])) &&
  isCounts(given['tracks']);

const isCounts = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && Object.values(given).every(isCount);
