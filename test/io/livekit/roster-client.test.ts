import { ParticipantInfo, ParticipantInfo_Kind, ParticipantInfo_State } from '@livekit/protocol';
import { expect, it } from 'vitest';
import { toRosterEntry } from '../../../src/io/livekit/roster-client.ts';

const listed = new ParticipantInfo({
  identity: 'alice',
  sid: 'PA_a',
  kind: ParticipantInfo_Kind.CONNECTOR,
  joinedAt: 1_700_000_000n,
  joinedAtMs: 1_700_000_000_123n,
  state: ParticipantInfo_State.ACTIVE,
  attributes: { seat: '4' },
});

it('[ROST-4] describes an entry of the list as plain data', () => {
  expect(toRosterEntry(listed)).toEqual({
    identity: 'alice',
    sid: 'PA_a',
    kind: 'connector',
    joinedAt: 1_700_000_000_123,
    active: true,
    attributes: { seat: '4' },
  });
});

it('[ROST-5] takes whole seconds from a server that knows no milliseconds', () => {
  const entry = toRosterEntry(new ParticipantInfo({ joinedAt: 1_700_000_000n }));
  expect(entry.joinedAt).toBe(1_700_000_000_000);
});
