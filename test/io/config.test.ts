import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { duration } from '../../src/agents/setting-types.ts';
import { secretsOf } from '../../src/io/settings.ts';
import { loadConfig, readSources, type SettingSources } from '../../src/io/config.ts';
import { GreenroomError } from '../../src/io/errors.ts';

const keys = { LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret-nobody-may-see' };

const sources = (given: Partial<SettingSources> = {}): SettingSources => ({
  flags: {},
  environment: keys,
  dotenv: {},
  ...given,
});

function problemsOf(given: Partial<SettingSources>, agents = [participantMonitor]): string[] {
  try {
    loadConfig(sources(given), agents);
  } catch (error) {
    if (error instanceof GreenroomError && error.exitStatus === 2) return [...error.details];
    throw error;
  }
  return [];
}

it('[CFG-11] has the defaults of the product', () => {
  const { worker, agents, warnings } = loadConfig(sources(), [participantMonitor]);
  expect(worker).toEqual({
    ...keys,
    LIVEKIT_URL: 'ws://localhost:7880',
    LOG_LEVEL: 'info',
    LOG_PII: true,
    HTTP_HOST: '0.0.0.0',
    HTTP_PORT: 8081,
    INSPECT: 'off',
    INSPECT_PSEUDONYMS: false,
    MAX_JOBS: 50,
    JOIN_CONCURRENCY: 4,
    RTC_ROUTER: 'auto',
    DRAIN_TIMEOUT: 15_000,
    WEBHOOK_URLS: [],
    REPORT_INTERVAL: 30_000,
    ROOMS_REPORT_INTERVAL: 60_000,
    ANALYSIS_TIMEOUT: 20_000,
    EVENT_LOG_DIR: 'greenroom-logs',
    EVENT_LOG_MAX_BYTES: 1024 ** 3,
    EVENT_LOG_MAX_AGE: 7 * 86_400_000,
    EVENT_LOG_COMPRESSION: false,
    EVENT_LOG_PSEUDONYMS: false,
  });
  expect(agents.get('participant-monitor')).toEqual({
    CONNECTION_QUALITY_THRESHOLD: 0.5,
    INACTIVITY_TIMEOUT: 300_000,
    SPEAKING_THRESHOLD: 0.01,
    ENABLE_NOTIFICATIONS: true,
    HIDDEN: true,
  });
  expect(warnings).toEqual([]);
});

it('[CFG-12] prefers flags to the environment, the environment to .env, and .env to the default', () => {
  const dotenv = { MAX_JOBS: '1', HTTP_PORT: '1001', LIVEKIT_URL: 'ws://dotenv' };
  const environment = { ...keys, HTTP_PORT: '1002', LIVEKIT_URL: 'ws://environment' };
  const flags = { LIVEKIT_URL: 'ws://flag' };
  const { worker } = loadConfig({ flags, environment, dotenv }, []);
  expect(worker).toMatchObject({ MAX_JOBS: 1, HTTP_PORT: 1002, LIVEKIT_URL: 'ws://flag' });
});

it('[CFG-13] lists everything wrong at once: name, value, source, what is right, an example', () => {
  const problems = problemsOf({
    flags: { HTTP_PORT: '99999' },
    environment: { INACTIVITY_TIMEOUT: '5 minutes', SPEAKING_THRESHOLD: '' },
    dotenv: { LIVEKIT_API_KEY: 'devkey', MAX_JOBS: 'many' },
  });
  expect(problems).toEqual([
    'LIVEKIT_API_SECRET is not set: expected a text without spaces around it, for example LIVEKIT_API_SECRET=secret-of-at-least-32-characters',
    'HTTP_PORT is "99999" in --http-port: expected a whole number from 0 to 65535, for example HTTP_PORT=8081',
    'MAX_JOBS is "many" in .env: expected a whole number from 1 to 10000, for example MAX_JOBS=50',
    'INACTIVITY_TIMEOUT is "5 minutes" in the environment: expected a duration from 1s to 24d, written like 500ms, 90s, 5m or 1h30m, for example INACTIVITY_TIMEOUT=5m',
    'SPEAKING_THRESHOLD is empty in the environment: expected a number from 0 to 1, written like 0.5, for example SPEAKING_THRESHOLD=0.01',
  ]);
});

it('[CFG-14] never shows a secret, also a wrong one', () => {
  const environment = { LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: ' padded-secret' };
  const problems = problemsOf({ environment, dotenv: { HTTP_TOKEN: 'padded-token ' } });
  expect(problems).toHaveLength(2);
  expect(problems.join()).not.toContain('padded');
});

it.each(['localhost:7880', 'ftp://host', 'ws://', 'ws://user:pass@host', 'ws://host?a=b', ''])(
  '[CFG-15] refuses the server address %j',
  (LIVEKIT_URL) => {
    expect(problemsOf({ flags: { LIVEKIT_URL } })).toHaveLength(1);
  },
);

it.each([
  ['https://livekit.example.com/', 'wss://livekit.example.com'],
  ['http://127.0.0.1:7880', 'ws://127.0.0.1:7880'],
  ['wss://host/prefix', 'wss://host/prefix'],
])('[CFG-16] takes the server address %s as %s', (LIVEKIT_URL, expected) => {
  const { worker } = loadConfig(sources({ flags: { LIVEKIT_URL } }), []);
  expect(worker.LIVEKIT_URL).toBe(expected);
});

it('[CFG-17] takes an empty agent name for automatic dispatch, and one name for one agent only', () => {
  const renamed = sources({ flags: { LIVEKIT_AGENT_NAME: '' } });
  expect(loadConfig(renamed, [participantMonitor]).worker.LIVEKIT_AGENT_NAME).toBe('');
  const problems = problemsOf({ flags: { LIVEKIT_AGENT_NAME: 'x' } }, [
    participantMonitor,
    { ...participantMonitor, name: 'other' },
  ]);
  expect(problems).toEqual([expect.stringContaining('participant-monitor, other')]);
});

it('[CFG-18] warns of a name that is nearly ours, unless the right one is set', () => {
  const environment = { ...keys, INACTIVTY_TIMEOUT: '5m', MAXJOBS: '3', PATH: '/bin', HOME: '/' };
  expect(loadConfig(sources({ environment }), [participantMonitor]).warnings).toEqual([
    'INACTIVTY_TIMEOUT is not a setting: is INACTIVITY_TIMEOUT meant?',
    'MAXJOBS is not a setting: is MAX_JOBS meant?',
  ]);
  const both = { ...environment, INACTIVITY_TIMEOUT: '5m', MAX_JOBS: '3' };
  expect(loadConfig(sources({ environment: both }), [participantMonitor]).warnings).toEqual([]);
});

it('[CFG-19] composes the settings of agents, their own zod schemas among them', () => {
  const mine = {
    name: 'mine',
    settings: z.object({
      PAUSE: duration({ description: 'A pause.', default: '1s' }),
      GREETING: z.string().regex(/^h/, 'must begin with h').default('hi'),
    }),
  };
  const { agents } = loadConfig(sources({ dotenv: { PAUSE: '2s' } }), [mine]);
  expect(agents.get('mine')).toEqual({ PAUSE: 2_000, GREETING: 'hi' });
  expect(() => loadConfig(sources({ dotenv: { GREETING: 'ciao' } }), [mine])).toThrow(
    expect.objectContaining({ details: ['GREETING is wrong in .env: must begin with h'] }),
  );
});

function inFolder(prepare: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-config-'));
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  prepare(folder);
}

it('[CFG-21] reads .env in the working directory, and does without it', () => {
  inFolder((folder) => {
    expect(readSources({}).dotenv).toEqual({});
    writeFileSync(join(folder, '.env'), '# mine\nMAX_JOBS=7\nHTTP_TOKEN="a b"\n');
    expect(readSources({}).dotenv).toEqual({ MAX_JOBS: '7', HTTP_TOKEN: 'a b' });
  });
});

it('[CFG-22] says so where .env cannot be read', () => {
  inFolder((folder) => mkdirSync(join(folder, '.env')));
  expect(() => readSources({})).toThrow(/\.env cannot be read/);
});

it.each([
  ['7788', { host: '127.0.0.1', port: 7788, isStately: false }],
  ['0', { host: '127.0.0.1', port: 0, isStately: false }],
  ['localhost:9000', { host: 'localhost', port: 9000, isStately: false }],
  ['[::1]:9000', { host: '::1', port: 9000, isStately: false }],
  ['stately', { host: '127.0.0.1', port: 7788, isStately: true }],
  ['stately,9000', { host: '127.0.0.1', port: 9000, isStately: true }],
  ['off', 'off'],
])('[RLY-15] reads where to inspect: %s', (INSPECT, expected) => {
  const { worker } = loadConfig(sources({ flags: { INSPECT } }), [participantMonitor]);
  expect(worker.INSPECT).toEqual(expected);
});

it.each(['', 'on', 'localhost', ':7788', '127.0.0.1:', '1:2:3', '65536', 'stately,', '::1:9000'])(
  '[RLY-16] says how to write where to inspect, instead of "%s"',
  (INSPECT) => {
    const [problem = ''] = problemsOf({ flags: { INSPECT } });
    expect(problem).toContain('INSPECT is');
    expect(problem).toContain('in --inspect: expected off, host:port, a port, or stately');
    expect(problem).toContain('for example INSPECT=127.0.0.1:7788');
  },
);

it('[RLY-17] lists an inspection that others could reach without a token among all problems', () => {
  const open = { INSPECT: '0.0.0.0:7788', MAX_JOBS: 'many' };
  expect(problemsOf({ environment: { ...keys, INSPECT: '0.0.0.0:7788' } })).toEqual([
    'INSPECT is "0.0.0.0:7788" in the environment: expected an address on loopback, or ' +
      'INSPECT_TOKEN to be set, too',
  ]);
  expect(problemsOf({ environment: { ...keys, ...open } })).toHaveLength(2);
  const environment = { ...keys, INSPECT: '0.0.0.0:7788', INSPECT_TOKEN: 'the-token' };
  expect(problemsOf({ environment })).toEqual([]);
  // Loopback by any of its names.
  for (const INSPECT of ['[::1]:1', 'localhost:1', '127.9.9.9:1']) {
    expect(problemsOf({ flags: { INSPECT } })).toEqual([]);
  }
});

it('[RLY-18] refuses flags that have no effect, and not what waits in the environment', () => {
  const given = { INSPECT_FILTER: 'room=a', INSPECT_PSEUDONYMS: 'true' };
  expect(problemsOf({ flags: given })).toEqual([
    expect.stringContaining('--pseudonyms has no effect: expected with --inspect'),
    expect.stringContaining('--inspect-filter has no effect: expected with --inspect=stately'),
  ]);
  expect(problemsOf({ flags: { ...given, INSPECT: '7788' } })).toHaveLength(1);
  expect(problemsOf({ flags: { ...given, INSPECT: 'stately' } })).toEqual([]);
  expect(problemsOf({ environment: { ...keys, ...given } })).toEqual([]);
});

it('[ENG-42] lists an endpoint for analyses of which a part is missing or wrong', () => {
  const base = 'https://api.openai.com/v1';
  expect(problemsOf({ environment: { ...keys, ANALYSIS_BASE_URL: base } })).toEqual([
    'ANALYSIS_MODEL is not set: expected, because ANALYSIS_BASE_URL is',
  ]);
  expect(problemsOf({ environment: { ...keys, ANALYSIS_API_KEY: 'sk-secret' } })).toEqual([
    'ANALYSIS_BASE_URL is not set: expected, because ANALYSIS_API_KEY is',
  ]);
  const whole = { ...keys, ANALYSIS_BASE_URL: `${base}/`, ANALYSIS_MODEL: 'm' };
  expect(problemsOf({ environment: whole })).toEqual([]);
  for (const wrong of ['api.openai.com', 'ftp://x', 'https://key@x/v1', 'https://x/v1?key=1']) {
    const [problem] = problemsOf({ environment: { ...whole, ANALYSIS_BASE_URL: wrong } });
    expect(problem).toContain('expected an address that starts with https:// or http://');
  }
});

it('[ENG-43] knows which settings must never be shown', () => {
  const environment = {
    ...keys,
    HTTP_TOKEN: 'the-http-token',
    INSPECT_TOKEN: 'the-inspect-token',
    ANALYSIS_BASE_URL: 'http://localhost:1/v1',
    ANALYSIS_MODEL: 'm',
    ANALYSIS_API_KEY: 'sk-secret',
  };
  const { worker } = loadConfig({ flags: {}, environment, dotenv: {} }, []);
  expect(secretsOf(worker).toSorted()).toEqual(
    [keys.LIVEKIT_API_SECRET, 'the-http-token', 'the-inspect-token', 'sk-secret'].toSorted(),
  );
});
