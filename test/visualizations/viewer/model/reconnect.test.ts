import { expect, it } from 'vitest';
import { reconnectDelayMs } from '../../../../visualizations/viewer/src/model/reconnect.ts';
import { decodeRelayMessage } from '../../../../src/io/inspect/relay-message.codec.ts';

it('[VWR-4] tries again ever later, up to 10 s, and not with all other pages at once', () => {
  expect([1, 2, 3, 4, 50].map((failures) => reconnectDelayMs(failures, 1))).toEqual([
    ...[250, 500, 1_000, 2_000, 10_000],
  ]);
  expect(reconnectDelayMs(50, 0)).toBe(5_000);
});

it('[VWR-4] takes the messages of a relay, and nothing else', () => {
  expect(decodeRelayMessage('{"type":"ready","at":1}')).toEqual({ type: 'ready', at: 1 });
  const others = [
    '',
    '{',
    'null',
    '1',
    '[]',
    '{"type":7}',
    '{"type":"toString"}',
    new Uint8Array(),
  ];
  for (const other of others) expect(decodeRelayMessage(other)).toBeNull();
});
