import e2eeProto from '@livekit/rtc-ffi-bindings/proto/e2ee_pb.js';
import participantProto from '@livekit/rtc-ffi-bindings/proto/participant_pb.js';
import roomProto from '@livekit/rtc-ffi-bindings/proto/room_pb.js';
import trackProto from '@livekit/rtc-ffi-bindings/proto/track_pb.js';
import { expect, it } from 'vitest';
import { GreenroomError } from '../../../src/io/errors.ts';
import {
  toCommandError,
  toDisconnectReason,
  toJoinError,
  toParticipantInfo,
  toParticipantKind,
  toQuality,
  toTrackInfo,
} from '../../../src/io/livekit/room-facts.codec.ts';

/** The names of a protobuf enum by number, without their prefix. */
const namesOf = <TValue extends number>(
  values: Readonly<Record<string, TValue | string>>,
): [TValue, string][] =>
  Object.entries(values).flatMap(([key, value]) =>
    typeof value === 'number' ? [[value, key.toLowerCase()] as [TValue, string]] : [],
  );

it.each(namesOf(participantProto.DisconnectReason))(
  '[ROOM-5] knows disconnect reason %i as %s',
  (number, name) => expect(toDisconnectReason(number)).toBe(name),
);

it.each(namesOf(participantProto.ParticipantKind))(
  '[ROOM-5] knows participant kind %i as %s',
  (number, name) => expect(toParticipantKind(number)).toBe(name),
);

it.each(namesOf(roomProto.ConnectionQuality))(
  '[ROOM-5] knows connection quality %i as %s',
  (number, name) => expect(`quality_${toQuality(number) ?? ''}`).toBe(name),
);

it.each(namesOf(trackProto.TrackSource))('[ROOM-5] knows track source %i as %s', (number, name) => {
  const source = toTrackInfo({ ...microphone, source: number }).source;
  expect(`source_${source.replace('screen_share', 'screenshare')}`).toBe(name);
});

it('[ROOM-6] takes numbers that LiveKit has added since for the unknown', () => {
  expect(toDisconnectReason(99)).toBe('unknown_reason');
  expect(toParticipantKind(99)).toBe('standard');
  expect(toQuality(99)).toBeNull();
});

const microphone = {
  sid: 'TR_a',
  kind: trackProto.TrackKind.KIND_AUDIO,
  source: trackProto.TrackSource.SOURCE_MICROPHONE,
  name: 'mic',
  muted: true,
  encryptionType: e2eeProto.EncryptionType.NONE,
  mimeType: 'audio/opus',
};

it('[ROOM-7] describes a participant with its tracks as plain data', () => {
  const participant = {
    identity: 'alice',
    sid: 'PA_a',
    name: 'Alice',
    kind: participantProto.ParticipantKind.SIP,
    metadata: '{}',
    attributes: { seat: '4' },
    info: { state: participantProto.ParticipantState.ACTIVE, joinedAt: 1_700_000_000_123n },
    trackPublications: new Map([
      ['TR_a', { ...microphone, encryptionType: e2eeProto.EncryptionType.GCM }],
    ]),
  } as unknown as Parameters<typeof toParticipantInfo>[0];
  expect(toParticipantInfo(participant)).toEqual({
    identity: 'alice',
    sid: 'PA_a',
    name: 'Alice',
    kind: 'sip',
    metadata: '{}',
    attributes: { seat: '4' },
    active: true,
    joinedAt: 1_700_000_000_123,
    tracks: [
      {
        sid: 'TR_a',
        kind: 'audio',
        source: 'microphone',
        name: 'mic',
        muted: true,
        encrypted: true,
        mimeType: 'audio/opus',
      },
    ],
  });
  const { joinedAt, ...unsaid } = toParticipantInfo({ ...participant, info: undefined });
  expect(joinedAt).toBe(undefined);
  expect(unsaid.active).toBe(false);
  const info = { state: participantProto.ParticipantState.ACTIVE, joinedAt: 0n };
  expect(toParticipantInfo({ ...participant, info })).not.toHaveProperty('joinedAt');
});

const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';

it('[ROOM-8] does not try again where the server refuses, and keeps the token to itself', () => {
  // As livekit-server 1.13.5 answers.
  const cause = new Error(`client error: 401 Unauthorized - invalid token: ${token}, error: x`);
  expect(toJoinError(cause, token)).toEqual({
    code: 'E_ROOM_REFUSED',
    message:
      'could not join the room: client error: 401 Unauthorized - invalid token: [token], error: x',
    retryable: false,
  });
  expect(toCommandError(new Error(`bad ${token}`), 'another').message).toBe('bad [token]');
});

it('[ROOM-9] tries again where the server was not reached', () => {
  expect(toJoinError(new Error('Connection refused (os error 111)'), token)).toMatchObject({
    code: 'E_ROOM_JOIN',
    retryable: true,
  });
});

it('[ROOM-10] does not try again with packages that cannot be used', () => {
  const cause = new GreenroomError('E_RTC_VERSION', 'rtc-node 9 is installed');
  expect(toJoinError(cause, token)).toMatchObject({ code: 'E_RTC_VERSION', retryable: false });
});
