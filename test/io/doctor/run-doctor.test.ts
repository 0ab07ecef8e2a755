import { expect, it } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { checkIds } from '../../../src/io/doctor/check.ts';
import { runDoctor, type DoctorWorld } from '../../../src/io/doctor/run-doctor.ts';
import { ServerApiError } from '../../../src/io/doctor/server-api.ts';
import { buildDoctorWorld, systemError } from '../../support/scripted-doctor-world.ts';

const environment = {
  LIVEKIT_URL: 'ws://host:7880',
  LIVEKIT_API_KEY: 'devkey',
  LIVEKIT_API_SECRET: 'secret-nobody-may-see',
};

async function examine(changes: Partial<DoctorWorld> = {}, settings: Record<string, string> = {}) {
  const { world, server } = buildDoctorWorld(changes);
  const report = await runDoctor(
    {
      sources: { flags: {}, environment: { ...environment, ...settings }, dotenv: {} },
      agents: [participantMonitor],
      onProgress: () => {},
    },
    world,
  );
  const by = (status: string) =>
    report.checks.filter((check) => check.status === status).map(({ id }) => id);
  return { report, server, by };
}

it('[DOC-90] finds nothing wrong where all is well, and says what greenroom does not do', async () => {
  const { report, by } = await examine();
  expect(by('ok')).toEqual(checkIds);
  expect(report).toMatchObject({ version: 1, exitCode: 0 });
  expect(report.notes[0]).toContain('are not caught up with');
});

it('[DOC-91] ends with 1 where a check failed, and tries nothing that needs it', async () => {
  const connect = () => Promise.reject(systemError('ECONNREFUSED'));
  const { report, by } = await examine({ connect });
  expect(report.exitCode).toBe(1);
  expect(by('failed')).toEqual(['server']);
  expect(by('skipped')).toEqual([
    'clock',
    'keys',
    'registration',
    'dispatch',
    'rooms',
    'recording',
  ]);
});

it('[DOC-98] ends with 2 where nobody can read what the inspection shall show', async () => {
  const { report } = await examine({}, { INSPECT: 'stately', INSPECT_FILTER: 'rom=a' });
  expect(report.exitCode).toBe(2);
  expect(report.checks[0]?.found).toContain('there is no "rom"; room may be meant');
});

it('[DOC-92] ends with 0 where there are only warnings', async () => {
  const { report, by } = await examine({ memoryLimitBytes: () => 2 ** 30 });
  expect(report.exitCode).toBe(0);
  expect(by('warning')).toEqual(['memory']);
});

it('[DOC-93] ends with 2 where the configuration is wrong, with all mistakes at once', async () => {
  const { report, by } = await examine(
    {},
    { HTTP_PORT: 'x', INACTIVITY_TIMEOUT: 'long', MAX_JBS: '5' },
  );
  expect(report.exitCode).toBe(2);
  const [configuration] = report.checks;
  expect(configuration?.details).toEqual([
    expect.stringContaining('HTTP_PORT is "x"'),
    expect.stringContaining('INACTIVITY_TIMEOUT is "long"'),
    'MAX_JBS is not a setting: is MAX_JOBS meant?',
  ]);
  // What does not hang on the wrong ones is looked at all the same.
  expect(by('skipped')).toEqual([
    'recording',
    'webhooks',
    'analysis',
    'port',
    'inspect',
    'descriptors',
    'event_log',
    'memory',
  ]);
  expect(by('ok')).toContain('dispatch');
});

it('[DOC-94] looks for the server without keys', async () => {
  const { report, by } = await examine({}, { LIVEKIT_API_KEY: '' });
  expect(report.exitCode).toBe(2);
  expect(by('ok')).toEqual(['node', 'rtc', 'server', 'clock']);
});

it('[DOC-95] warns of a misspelt setting', async () => {
  const { report } = await examine({}, { INACTIVTY_TIMEOUT: '1m' });
  expect(report.checks[0]).toMatchObject({
    status: 'warning',
    details: ['INACTIVTY_TIMEOUT is not a setting: is INACTIVITY_TIMEOUT meant?'],
  });
});

it('[DOC-96] shows no secret, whatever a server answers', async () => {
  const { server } = buildDoctorWorld();
  const listRooms = () =>
    Promise.reject(new ServerApiError('secret-nobody-may-see is no secret', 500, null));
  const { report } = await examine({ openApi: () => ({ ...server.api, listRooms }) });
  expect(report.exitCode).toBe(1);
  expect(JSON.stringify(report)).not.toContain('secret-nobody-may-see');
});
