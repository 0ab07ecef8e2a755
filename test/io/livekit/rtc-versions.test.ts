import { expect, it } from 'vitest';
import { findRtcProblem, supportedRtcVersions } from '../../../src/io/livekit/rtc-versions.ts';

it('[RTC-1] can use what the lock file installs', () => {
  expect(findRtcProblem()).toBeNull();
});

it('[RTC-2] names the package, what is installed and what would be right', () => {
  const problem = findRtcProblem(() => ({ ...supportedRtcVersions, '@livekit/rtc-node': '1.2.0' }));
  expect(problem).toBe('@livekit/rtc-node 1.2.0 is installed, and only 1.1.0 is known to work');
});

it('[RTC-3] says so where nothing is installed', () => {
  const problem = findRtcProblem(() => {
    throw new Error("Cannot find module '@livekit/rtc-node'");
  });
  expect(problem).toContain("1.1.0 was not found: Cannot find module '@livekit/rtc-node'");
});
