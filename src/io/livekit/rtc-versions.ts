import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** Their inside is known; that of any other version is not. */
export const supportedRtcVersions = {
  '@livekit/rtc-node': '1.1.0',
  '@livekit/rtc-ffi-bindings': '0.12.73',
} as const;

export type RtcVersions = Readonly<Record<keyof typeof supportedRtcVersions, string>>;

/** What can be done with the installed packages: everything, only what their public API does, or nothing. */
export type RtcCheck =
  | { readonly kind: 'known' }
  | { readonly kind: 'otherVersion'; readonly reason: string }
  | { readonly kind: 'unusable'; readonly reason: string };

/** What the public API comes to, for the log and for people. */
export const publicRtcNotice =
  'rooms are joined by the public API of the media stack alone, which takes more CPU, and memory for every room that the server ends';

/** Looks at what is installed. Loads no native code. */
export function checkRtc(versions: () => RtcVersions = installedRtcVersions): RtcCheck {
  if (!isMainThread) {
    return {
      kind: 'unusable',
      reason:
        '@livekit/rtc-node works on the main thread only: its native side has one callback, which a worker thread would steal',
    };
  }
  try {
    const reason = versionProblem(versions());
    return reason === null ? { kind: 'known' } : { kind: 'otherVersion', reason };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const wanted = supportedRtcVersions['@livekit/rtc-node'];
    return { kind: 'unusable', reason: `@livekit/rtc-node ${wanted} was not found: ${why}` };
  }
}

function versionProblem(found: RtcVersions): string | null {
  for (const [name, expected] of Object.entries(supportedRtcVersions)) {
    const installed: unknown = Reflect.get(found, name);
    if (installed !== expected) {
      return `${name} ${String(installed)} is installed, and only the inside of ${expected} is known`;
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
