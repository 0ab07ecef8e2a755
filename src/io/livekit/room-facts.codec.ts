import type {
  LocalParticipant,
  Participant,
  RemoteParticipant,
  TrackPublication,
} from '@livekit/rtc-node';
import type {
  ConnectionQuality,
  DisconnectReason,
  ErrorInfo,
  ParticipantInfo,
  ParticipantKind,
  ParticipantRef,
  TrackInfo,
  TrackKind,
  TrackSource,
} from '../../machines/events.ts';
import { GreenroomError } from '../errors.ts';
import { maskTokens } from '../mask-secrets.ts';

/** The media stack's numbers, in their order (rtc-ffi-bindings 0.12.73, `proto/*_pb.d.ts`). */
const qualities: readonly ConnectionQuality[] = ['poor', 'good', 'excellent', 'lost'];
const participantKinds: readonly ParticipantKind[] = [
  'standard',
  'ingress',
  'egress',
  'sip',
  'agent',
  'connector',
  'bridge',
];
const trackSources: readonly TrackSource[] = [
  'unknown',
  'camera',
  'microphone',
  'screen_share',
  'screen_share_audio',
];
const disconnectReasons: readonly DisconnectReason[] = [
  'unknown_reason',
  'client_initiated',
  'duplicate_identity',
  'server_shutdown',
  'participant_removed',
  'room_deleted',
  'state_mismatch',
  'join_failure',
  'migration',
  'signal_close',
  'room_closed',
  'user_unavailable',
  'user_rejected',
  'sip_trunk_failure',
  'connection_timeout',
  'media_failure',
  'agent_error',
];
const trackKinds: readonly TrackKind[] = ['audio', 'audio', 'video'];
const participantStates = ['joining', 'joined', 'active', 'disconnected'] as const;

/** Null for a number that LiveKit has added since. */
export const toQuality = (quality: number): ConnectionQuality | null => qualities[quality] ?? null;

export const toDisconnectReason = (reason: number): DisconnectReason =>
  disconnectReasons[reason] ?? 'unknown_reason';

export const toParticipantKind = (kind: number): ParticipantKind =>
  participantKinds[kind] ?? 'standard';

export const toParticipantRef = ({
  identity,
  sid,
}: Pick<Participant | LocalParticipant, 'identity' | 'sid'>): ParticipantRef => ({
  identity,
  sid: sid ?? '',
});

export function toParticipantInfo(
  participant: Pick<
    RemoteParticipant,
    'identity' | 'sid' | 'name' | 'kind' | 'metadata' | 'attributes' | 'trackPublications'
  > & {
    /** No public API: another version of the SDK may not have it. */
    readonly info?: Pick<RemoteParticipant['info'], 'state' | 'joinedAt'> | undefined;
  },
): ParticipantInfo {
  return {
    ...toParticipantRef(participant),
    name: participant.name ?? '',
    kind: toParticipantKind(participant.kind),
    metadata: participant.metadata,
    attributes: { ...participant.attributes },
    active: participantStates[participant.info?.state ?? 0] === 'active',
    ...joinTimeOf(participant.info?.joinedAt),
    tracks: [...participant.trackPublications.values()].map(toTrackInfo),
  };
}

/** Older servers do not say it: 0. */
const joinTimeOf = (joinedAt: bigint | undefined): Pick<ParticipantInfo, 'joinedAt'> =>
  joinedAt ? { joinedAt: Number(joinedAt) } : {};

export const toTrackInfo = (
  publication: Pick<
    TrackPublication,
    'sid' | 'kind' | 'source' | 'name' | 'muted' | 'encryptionType' | 'mimeType'
  >,
): TrackInfo => ({
  sid: publication.sid ?? '',
  kind: trackKinds[publication.kind ?? 0] ?? 'audio',
  source: trackSources[publication.source ?? 0] ?? 'unknown',
  name: publication.name ?? '',
  muted: publication.muted ?? false,
  encrypted: (publication.encryptionType ?? 0) !== 0,
  mimeType: publication.mimeType ?? '',
});

const MAX_MESSAGE_LENGTH = 500;

/** Why a join failed. */
export function toJoinError(cause: unknown, token: string): ErrorInfo {
  const message = withoutTokens(messageOf(cause), token);
  const toError = (code: string, retryable: boolean): ErrorInfo => ({
    code,
    message: `could not join the room: ${message}`.slice(0, MAX_MESSAGE_LENGTH),
    retryable,
  });
  if (cause instanceof GreenroomError) return toError(cause.code, false);
  if (/\b40[13]\b/.test(message)) return toError('E_ROOM_REFUSED', false);
  return toError('E_ROOM_JOIN', true);
}

export const toCommandError = (cause: unknown, token: string): ErrorInfo => ({
  code: 'E_ROOM_COMMAND',
  message: withoutTokens(messageOf(cause), token).slice(0, MAX_MESSAGE_LENGTH),
  retryable: true,
});

/** The server repeats a token that it refuses. */
export const withoutTokens = (message: string, token = ''): string =>
  maskTokens(token === '' ? message : message.replaceAll(token, '[token]'));

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);
