import { expect, it } from 'vitest';
import { checkRtc, supportedRtcVersions } from '../../../src/io/livekit/rtc-versions.ts';

it('[RTC-1] knows the inside of what the lock file installs', () => {
  expect(checkRtc()).toEqual({ kind: 'known' });
});

it('[RTC-2] names the package, what is installed and what would be right', () => {
  expect(checkRtc(() => ({ ...supportedRtcVersions, '@livekit/rtc-node': '1.2.0' }))).toEqual({
    kind: 'otherVersion',
    reason: '@livekit/rtc-node 1.2.0 is installed, and only the inside of 1.1.0 is known',
  });
});

it('[RTC-3] says so where nothing is installed', () => {
  const check = checkRtc(() => {
    throw new Error("Cannot find module '@livekit/rtc-node'");
  });
  expect(check).toEqual({
    kind: 'unusable',
    reason: "@livekit/rtc-node 1.1.0 was not found: Cannot find module '@livekit/rtc-node'",
  });
});
