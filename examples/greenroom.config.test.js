import { roomAnalytics } from 'greenroom';
import { greenroomMatchers, runAgent } from 'greenroom/testing';
import { expect, it } from 'vitest';
import config from './greenroom.config.js';

expect.extend(greenroomMatchers);

it('makes an alert of a recording that nobody makes, and tells the desk of it', async () => {
  const run = await runAgent(roomAnalytics, {
    rules: config.rules,
    script: `
      0:00 alice joins
      0:03 alice sends data on topic record: start
      0:10 alice leaves
    `,
  });
  expect(run.alerts).toMatchObject([
    { key: 'rule:record', evidence: { error: { code: 'E_NO_EGRESS' } } },
  ]);
  expect(run.webhooks).toContainEqual(expect.objectContaining({ event: 'needs_attention' }));
  await expect(run).toReplay();
});
