import { expect, it } from 'vitest';
import { resourceChecks, type ResourcesWorld } from '../../../src/io/doctor/resources.checks.ts';
import { buildDoctorWorld, systemError } from '../../support/scripted-doctor-world.ts';

const GiB = 2 ** 30;

const settings = {
  MAX_JOBS: 50,
  EVENT_LOG_DIR: 'greenroom-logs',
  EVENT_LOG_MAX_BYTES: GiB,
  MAX_RSS: undefined as number | undefined,
  MAX_JOBS_TOTAL: undefined as number | undefined,
};

async function look(changes: Partial<ResourcesWorld>, changed: Partial<typeof settings> = {}) {
  const { world } = buildDoctorWorld(changes);
  const checks = resourceChecks({ ...settings, ...changed }, world);
  const [files, folder, memory] = await Promise.all(
    checks.map(({ run }) => run(new AbortController().signal)),
  );
  return { files, folder, memory };
}

it.each([
  [850, 'ok', '850 allowed; MAX_JOBS=50 needs 850'],
  [849, 'failed', '849 allowed, and MAX_JOBS=50 needs 850: joins fail beyond that'],
  [Infinity, 'ok', 'unlimited allowed; MAX_JOBS=50 needs 850'],
  [null, 'skipped', 'this system does not tell the limit; MAX_JOBS=50 needs 850'],
])('[DOC-70] compares %s open files with MAX_JOBS: %s', async (limit, status, found) => {
  const { files } = await look({ readOpenFilesLimit: () => Promise.resolve(limit) });
  expect(files).toMatchObject({ status, found });
});

it('[DOC-71] says how many jobs the open files are enough for', async () => {
  const { files } = await look({ readOpenFilesLimit: () => Promise.resolve(256) });
  expect(files?.remedy).toContain('set MAX_JOBS to 10');
});

it.each([
  [{ problem: null, freeBytes: GiB, usedBytes: 0 }, 'ok'],
  [{ problem: null, freeBytes: GiB / 2, usedBytes: GiB / 2 }, 'ok'],
  [{ problem: null, freeBytes: GiB / 2, usedBytes: 0 }, 'warning'],
  [{ problem: 'EACCES', freeBytes: GiB, usedBytes: 0 }, 'failed'],
])('[DOC-72] judges a folder of event logs: %j is %s', async (state, status) => {
  const { folder } = await look({ lookAtFolder: () => Promise.resolve(state) });
  expect(folder).toMatchObject({ status });
});

it('[DOC-73] says how much to free, or why it cannot tell', async () => {
  const state = { problem: null, freeBytes: GiB / 4, usedBytes: GiB / 4 };
  const { folder } = await look({ lookAtFolder: () => Promise.resolve(state) });
  expect(folder?.remedy).toContain('Free 512 MiB');
  const failing = await look({ lookAtFolder: () => Promise.reject(systemError('EIO')) });
  expect(failing.folder).toMatchObject({
    status: 'failed',
    found: 'greenroom-logs cannot be looked at: EIO happened',
  });
});

it.each([
  [2 * GiB, 1_000, 'ok', undefined],
  [2 * GiB, 10_000, 'warning', 'Set MAX_RSS=1638MiB, or MAX_JOBS_TOTAL=6041.'],
  [null, 1_000, 'ok', undefined],
  [null, 1_000_000, 'warning', 'Set MAX_RSS=6553MiB, or MAX_JOBS_TOTAL=25702.'],
])(
  '[DOC-76] judges a limit of %s with MAX_JOBS_TOTAL %s: %s',
  async (limit, maxJobsTotal, status, remedy) => {
    const { memory } = await look(
      { memoryLimitBytes: () => limit },
      { MAX_JOBS_TOTAL: maxJobsTotal },
    );
    expect(memory?.status).toBe(status);
    expect(memory?.remedy).toBe(remedy);
  },
);

it('[DOC-77] refuses a MAX_RSS under which no worker starts', async () => {
  const { memory } = await look({}, { MAX_RSS: 100 * 2 ** 20 });
  expect(memory).toMatchObject({
    status: 'failed',
    remedy: 'Set MAX_RSS=6553MiB.',
  });
  expect(memory?.found).toContain('it would end as soon as it has started');
});

it.each([
  [null, undefined, 'ok', undefined],
  [2 * GiB, undefined, 'warning', 'Set MAX_RSS=1638MiB'],
  [2 * GiB, GiB, 'ok', undefined],
  [2 * GiB, 2 * GiB, 'warning', 'Set MAX_RSS=1638MiB.'],
  [null, GiB, 'ok', undefined],
  [null, 9 * GiB, 'warning', 'Set MAX_RSS=6553MiB.'],
])('[DOC-74] judges a limit of %s with MAX_RSS %s: %s', async (limit, maxRss, status, remedy) => {
  const { memory } = await look({ memoryLimitBytes: () => limit }, { MAX_RSS: maxRss });
  expect(memory?.status).toBe(status);
  if (remedy !== undefined) expect(memory?.remedy).toContain(remedy);
});
