import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  installationChecks,
  isAtLeast,
  leastNodeVersion,
} from '../../../src/io/doctor/installation.checks.ts';
import type { RtcCheck } from '../../../src/io/livekit/rtc-versions.ts';

const look = (nodeVersion: string, rtc: RtcCheck = { kind: 'known' }) =>
  Promise.all(
    installationChecks({ nodeVersion, checkRtc: () => rtc }).map(({ run }) =>
      run(new AbortController().signal),
    ),
  );

it.each([
  ['20.19.0', true],
  ['20.19', true],
  ['20.18.9', false],
  ['21.0.0', true],
  ['9.99.9', false],
  ['22.1.0-nightly', true],
])('[DOC-10] compares version %s with 20.19: %s', (version, isEnough) => {
  expect(isAtLeast(version, '20.19')).toBe(isEnough);
});

it('[DOC-11] wants the Node.js of package.json', async () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    engines: { node: string };
  };
  expect(engines.node).toBe(`>=${leastNodeVersion}`);
  expect(await look('18.20.0')).toMatchObject([{ status: 'failed' }, { status: 'ok' }]);
  expect(await look('20.19.0')).toMatchObject([{ status: 'ok' }, { status: 'ok' }]);
});

it('[DOC-12] says what is wrong with the media stack', async () => {
  const reason = '@livekit/rtc-node was not found';
  expect(await look('20.19.0', { kind: 'unusable', reason })).toMatchObject([
    { status: 'ok' },
    { status: 'failed', found: reason },
  ]);
});

it('[ROUTER-4] warns of a media stack whose inside is not known, and says what it costs', async () => {
  const reason = '@livekit/rtc-node 1.2.0 is installed';
  const [, rtc] = await look('20.19.0', { kind: 'otherVersion', reason });
  expect(rtc?.status).toBe('warning');
  expect(rtc?.found).toMatch(/^@livekit\/rtc-node 1\.2\.0 is installed: .*public API/);
  expect(rtc?.found).toContain('memory for every room that the server ends');
  expect(rtc?.remedy).toContain('npm ci');
});
