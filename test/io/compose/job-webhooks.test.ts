import { createMachine, sendTo } from 'xstate';
import { expect, it } from 'vitest';
import { defineAgent } from '../../../src/agents/define-agent.ts';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { JobWebhooks } from '../../../src/io/compose/job-webhooks.ts';
import { greenroomMatchers } from '../../../src/io/testing/matchers.ts';
import { runAgent } from '../../../src/io/testing/run-agent.ts';
import { outgoingWebhook } from '../../support/outgoing-webhook.ts';
import { plainAgent } from '../../support/plain-agent.ts';

expect.extend(greenroomMatchers);

const metadata = { participant_identity: 'alice' };

it('[WHK-50] tells of every session: its beginning, alerts, summary and end, in that order', async () => {
  const run = await runAgent(participantMonitor, {
    metadata: { ...metadata, end_on_disconnect: true },
    script:
      '0:01 alice joins\n0:03 alice has poor quality\n0:15 alice has good quality\n0:30 alice leaves',
  });
  expect(run.webhooks.map(({ event }) => event)).toEqual([
    'session_started',
    'alert_opened',
    'alert_resolved',
    'session_summary',
    'session_ended',
  ]);
  const [started, opened, resolved, summary, ended] = run.webhooks;
  expect(started).toMatchObject({ participant: { identity: 'alice' }, data: {}, url: null });
  expect(started?.participant?.sid).toMatch(/^PA_/);
  expect(opened?.data).toMatchObject({ key: 'poor_quality', severity: 'warning' });
  expect(resolved?.data).toMatchObject({ key: 'poor_quality' });
  expect(resolved?.data).toHaveProperty('resolvedAt');
  expect(summary?.data).toEqual(run.summary);
  expect(ended?.data).toEqual({ reason: 'participant_left', status: 'success', error: '' });
  await expect(run).toReplay();
});

it('[WHK-51] tells of a session for somebody else than who came first, by name alone', async () => {
  const run = await runAgent(participantMonitor, {
    metadata,
    participant: null,
    script: '0:01 bob joins\n0:02 room deleted',
  });
  expect(run.webhooks.map(({ participant }) => participant)).toEqual(
    run.webhooks.map(() => ({ identity: 'alice', sid: '' })),
  );
  expect(run.webhooks.at(-1)?.data).toMatchObject({ reason: 'room_deleted' });
});

/** An agent that tells of each arrival, and breaks with the second. */
const teller = defineAgent({
  name: 'teller',
  ...plainAgent,
  machine: () =>
    createMachine({
      id: 'teller',
      initial: 'first',
      states: {
        first: {
          on: {
            'participant.connected': {
              target: 'second',
              actions: sendTo(({ self }) => self._parent ?? self, {
                type: 'webhook.send',
                event: 'guest_came',
                at: Date.UTC(2026, 0, 1, 0, 0, 1),
                participant: null,
                data: { guests: 1 },
                url: 'https://guests.example.com/',
              }),
            },
          },
        },
        second: {
          on: {
            'participant.connected': {
              actions: () => {
                throw new Error('too many guests');
              },
            },
          },
        },
      },
    }),
  view: () => ({ state: 'telling' }),
});

it('[WHK-52] sends what an agent asks for, between those; and the end of one that broke, once', async () => {
  const run = await runAgent(teller, { script: '0:01 alice joins\n0:02 bob joins' });
  expect(run.webhooks).toMatchObject([
    { event: 'session_started', participant: null },
    {
      event: 'guest_came',
      atMs: 1_000,
      data: { guests: 1 },
      url: 'https://guests.example.com/',
    },
    { event: 'session_ended', data: { reason: 'agent_error', status: 'failed' } },
  ]);
});

it('[WHK-53] numbers the webhooks of a job, and says its end once', () => {
  const sent: unknown[] = [];
  const { job } = outgoingWebhook();
  const webhooks = new JobWebhooks({
    webhooks: { send: ({ seq, event }) => sent.push([seq, event]) },
    job,
    target: null,
  });
  webhooks.tell({ type: 'job.joined', at: 1 });
  webhooks.tell({ type: 'job.stoodBy', at: 2, elders: ['agent-AJ_0'] });
  webhooks.tell({ type: 'job.ending', at: 3, reason: 'drained', status: 'success', error: '' });
  const error = { code: 'E_JOB_BROKEN', message: 'too late', retryable: false };
  webhooks.tell({ type: 'job.failed', at: 4, error });
  webhooks.tell({ type: 'job.ended', at: 5, reason: 'drained' });
  expect(sent).toEqual([
    [1, 'session_started'],
    [2, 'session_ended'],
  ]);
});
