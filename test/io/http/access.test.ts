import { expect, it } from 'vitest';
import { isFromThisMachine } from '../../../src/io/http/access.ts';

const asked = (remoteAddress: string | undefined, host = 'localhost:8081') => ({
  socket: { remoteAddress },
  headers: { host },
});

it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])(
  '[HTTP-12] knows %s as this machine',
  (address) => {
    expect(isFromThisMachine(asked(address))).toBe(true);
  },
);

it.each(['10.0.0.1', '::ffff:10.0.0.1', '1127.0.0.1', 'fe80::1', '', undefined])(
  '[HTTP-13] does not know %s as this machine',
  (address) => {
    expect(isFromThisMachine(asked(address))).toBe(false);
  },
);

it('[HTTP-14] is not deceived by a web page whose name points at loopback', () => {
  expect(isFromThisMachine(asked('127.0.0.1', 'evil.example:8081'))).toBe(false);
  expect(isFromThisMachine(asked('127.0.0.1', '127.0.0.1.evil.example'))).toBe(false);
  expect(isFromThisMachine(asked('::1', '[::1]:8081'))).toBe(true);
});
