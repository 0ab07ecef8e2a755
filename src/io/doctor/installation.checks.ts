import { publicRtcNotice, type RtcCheck } from '../livekit/rtc-versions.ts';
import { failed, ok, warning, type Check, type Finding } from './check.ts';

export interface InstallationWorld {
  /** Without a v: 20.19.0. */
  readonly nodeVersion: string;
  /** What can be done with the installed media stack. */
  checkRtc(): RtcCheck;
}

/** As package.json has it. */
export const leastNodeVersion = '20.19';

const LOCAL_TIMEOUT_MS = 5_000;
const timeoutRemedy = 'Look at the load of this machine.';

/** What must be installed. */
export const installationChecks = (world: InstallationWorld): readonly Check[] => [
  {
    id: 'node',
    timeoutMs: LOCAL_TIMEOUT_MS,
    timeoutRemedy,
    run: () =>
      Promise.resolve(
        isAtLeast(world.nodeVersion, leastNodeVersion)
          ? ok(world.nodeVersion)
          : failed(
              `${world.nodeVersion}, and ${leastNodeVersion} is the least that works`,
              `Install Node.js ${leastNodeVersion} or later.`,
            ),
      ),
  },
  {
    id: 'rtc',
    timeoutMs: LOCAL_TIMEOUT_MS,
    timeoutRemedy,
    run: () => Promise.resolve(rtcFinding(world.checkRtc())),
  },
];

const installRemedy =
  'Run npm ci in the folder of greenroom, or install the versions that its package.json pins.';

function rtcFinding(check: RtcCheck): Finding {
  switch (check.kind) {
    case 'known':
      return ok('@livekit/rtc-node is the version that is known to work');
    case 'otherVersion':
      return warning(`${check.reason}: ${publicRtcNotice}`, installRemedy);
    case 'unusable':
      return failed(check.reason, installRemedy);
  }
}

/** Compares numbers between dots; what a version does not name counts as 0. */
export function isAtLeast(version: string, least: string): boolean {
  const [found, needed] = [numbersOf(version), numbersOf(least)];
  for (const [place, number] of needed.entries()) {
    const other = found[place] ?? 0;
    if (other !== number) return other > number;
  }
  return true;
}

const numbersOf = (version: string): number[] =>
  version.split('.').map((part) => Number.parseInt(part, 10) || 0);
