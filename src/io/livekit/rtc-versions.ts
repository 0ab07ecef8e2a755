import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** Their inside is known; that of any other version is not. */
export const supportedRtcVersions = {
  '@livekit/rtc-node': '1.1.0',
  '@livekit/rtc-ffi-bindings': '0.12.73',
} as const;

export type RtcVersions = Readonly<Record<keyof typeof supportedRtcVersions, string>>;

/** Why rooms cannot be joined here with the installed packages, or null. Loads no native code. */
export function findRtcProblem(versions: () => RtcVersions = installedRtcVersions): string | null {
  if (!isMainThread) {
    return '@livekit/rtc-node works on the main thread only: its native side has one callback, which a worker thread would steal';
  }
  try {
    return versionProblem(versions());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return `@livekit/rtc-node ${supportedRtcVersions['@livekit/rtc-node']} was not found: ${reason}`;
  }
}

function versionProblem(found: RtcVersions): string | null {
  for (const [name, expected] of Object.entries(supportedRtcVersions)) {
    const installed: unknown = Reflect.get(found, name);
    if (installed !== expected) {
      return `${name} ${String(installed)} is installed, and only ${expected} is known to work`;
    }
  }
  return null;
}

const require = createRequire(import.meta.url);

function installedRtcVersions(): RtcVersions {
  const sdkMain = require.resolve('@livekit/rtc-node');
  // The SDK's own copy of the bindings: the native callback belongs to whoever loaded it.
  const bindingsMain = createRequire(sdkMain).resolve('@livekit/rtc-ffi-bindings');
  return {
    '@livekit/rtc-node': versionIn(join(dirname(sdkMain), '..')),
    '@livekit/rtc-ffi-bindings': versionIn(dirname(bindingsMain)),
  };
}

function versionIn(packageDir: string): string {
  const manifest: unknown = require(join(packageDir, 'package.json'));
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return hasVersion ? String(manifest.version) : 'of unknown version';
}
