import { createRequire } from 'node:module';
import type * as Sdk from '@livekit/rtc-node';

export type LoadedSdk = {
  readonly sdk: typeof Sdk;
  /** Loads what lies beside the SDK's main file, and its own copies of its dependencies. */
  readonly sdkRequire: (id: string) => unknown;
};

const require = createRequire(import.meta.url);

/** Loads `@livekit/rtc-node`, kept quiet as far as it lets itself be. Throws where it cannot be loaded. */
export function loadSdk(): LoadedSdk {
  // The native side writes errors to standard error, with the tokens that a server refused.
  process.env['RUST_LOG'] ??= 'off';
  const sdkMain = require.resolve('@livekit/rtc-node');
  const sdkRequire = createRequire(sdkMain);
  silence(sdkRequire);
  return { sdk: sdkRequire(sdkMain) as typeof Sdk, sdkRequire };
}

/** The SDK writes JSON to standard output, which belongs to the commands, and has no public switch for it. */
function silence(sdkRequire: LoadedSdk['sdkRequire']): void {
  try {
    const { log } = sdkRequire('./log.cjs') as { readonly log?: { level?: string } };
    if (log) log.level = 'silent';
  } catch {
    // Another version keeps its logger elsewhere. It works, and is heard.
  }
}
