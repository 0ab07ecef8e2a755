import type { Command } from 'commander';

/** The flags that every command with a server has. */
export type ConnectionFlags = {
  readonly url?: string;
  readonly apiKey?: string;
  readonly apiSecret?: string;
  readonly logLevel?: string;
};

export const addConnectionOptions = (command: Command): Command =>
  command
    .option('--url <address>', 'where the LiveKit server is (LIVEKIT_URL)')
    .option('--api-key <key>', 'an API key of the server (LIVEKIT_API_KEY)')
    .option('--api-secret <secret>', 'the secret of the key (LIVEKIT_API_SECRET)')
    .option('--log-level <level>', 'trace, debug, info, warn, error, fatal or silent (LOG_LEVEL)');

/** Flags by the names of the settings that they stand for. */
export const toSettingFlags = ({ url, apiKey, apiSecret, logLevel }: ConnectionFlags) => ({
  LIVEKIT_URL: url,
  LIVEKIT_API_KEY: apiKey,
  LIVEKIT_API_SECRET: apiSecret,
  LOG_LEVEL: logLevel,
});
