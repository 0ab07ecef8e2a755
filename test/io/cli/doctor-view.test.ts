import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { renderDoctorReport } from '../../../src/io/cli/doctor-view.ts';
import type { CheckResult } from '../../../src/io/doctor/check.ts';
import type { DoctorReport } from '../../../src/io/doctor/run-doctor.ts';

const result = (changes: Partial<CheckResult>): CheckResult => ({
  id: 'node',
  title: 'Node.js',
  status: 'ok',
  found: '20.19.0',
  details: [],
  remedy: null,
  durationMs: 1,
  ...changes,
});

const report: DoctorReport = {
  version: 1,
  exitCode: 1,
  checks: [
    result({}),
    result({
      id: 'configuration',
      title: 'configuration',
      status: 'failed',
      found: '2 settings are wrong',
      details: ['HTTP_PORT is "x"', 'MAX_JOBS is "y"'],
      remedy: 'Correct the settings named.',
    }),
    result({ id: 'clock', title: 'clock', status: 'skipped', found: 'see "LiveKit server"' }),
  ],
  notes: ['What came before is not caught up with.'],
};

it('[CLI-60] shows each check with what was found, and below it what to do', () => {
  expect(renderDoctorReport(report, { columns: null, hasColour: false })).toBe(
    [
      'ok       Node.js        20.19.0',
      'failed   configuration  2 settings are wrong',
      '                        - HTTP_PORT is "x"',
      '                        - MAX_JOBS is "y"',
      '                        -> Correct the settings named.',
      'skipped  clock          see "LiveKit server"',
      '',
      '3 checks: 1 ok, 1 failed, 1 skipped',
      '',
      'What greenroom does not do:',
      '- What came before is not caught up with.',
      '',
    ].join('\n'),
  );
});

it('[CLI-61] breaks lines between words at the edge of the screen', () => {
  const found = 'nothing listens on a host with a name that is longer than the line that it is on';
  const checks = [
    result({ status: 'failed', found, remedy: 'Check that it runs there, and how.' }),
  ];
  const text = renderDoctorReport({ ...report, checks }, { columns: 60, hasColour: false });
  const lines = text.split('\n').slice(0, 4);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  expect(
    lines
      .map((line) => line.slice(17))
      .slice(0, 2)
      .join(' '),
  ).toBe(found);
  expect(lines[2]).toBe('                 -> Check that it runs there, and how.');
});

it('[CLI-62] colours what failed, and what is only shown to people never moves their cursor', () => {
  const checks = [result({ status: 'failed', found: 'moved\u001b[2Jup' })];
  const text = renderDoctorReport({ ...report, checks }, { columns: 80, hasColour: true });
  expect(text).toContain('\u001b[31mfailed\u001b[39m');
  expect(stripVTControlCharacters(text)).toContain('moved?[2Jup');
});
