import { describe, expect, it } from 'vitest';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { readMetadata } from '../../src/agents/read-metadata.ts';

const offer = (metadata: unknown) => ({
  jobId: 'AJ_1',
  dispatchId: 'AD_1',
  participant: { identity: 'bob', sid: 'PA_bob' },
  metadata: typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
});
const read = (metadata: unknown) => readMetadata(participantMonitor, offer(metadata));

it('[META-1] fills in the defaults, and says whom the job serves', () => {
  expect(read({ participant_identity: 'alice' })).toEqual({
    ok: true,
    value: {
      participant_identity: 'alice',
      monitoring_type: 'full',
      end_on_disconnect: false,
      notification_preferences: { speaking_alerts: true, quality_alerts: true },
      custom_settings: {},
    },
    key: 'AD_1/alice',
    target: 'alice',
  });
});

it('[META-2] keeps what it does not know of custom_settings, and reads its durations', () => {
  const custom = { priority: 'high', seats: [1, 2], inactivity_timeout: '90s', video: false };
  const result = read({
    participant_identity: 'alice',
    monitoring_type: 'custom',
    custom_settings: custom,
  });
  expect(result).toMatchObject({
    ok: true,
    value: { custom_settings: { ...custom, inactivity_timeout: 90_000 } },
  });
});

describe('[META-3] names the path and what was expected', () => {
  const alice = { participant_identity: 'alice' };
  it.each([
    ['no JSON', '{"participant_identity":"al', [{ path: '', expected: 'a JSON object' }]],
    ['a list', [], [{ path: '', expected: 'object' }]],
    ['null', 'null', [{ path: '', expected: 'object' }]],
    ['nothing', '', [{ path: 'participant_identity', expected: 'string' }]],
    [
      'an empty identity',
      { participant_identity: '' },
      [{ path: 'participant_identity', expected: 'an identity, not empty' }],
    ],
    [
      'a number for an identity',
      { participant_identity: 7 },
      [{ path: 'participant_identity', expected: 'string' }],
    ],
    [
      'another type',
      { ...alice, monitoring_type: 'all' },
      [{ path: 'monitoring_type', expected: 'one of basic, full, custom' }],
    ],
    [
      'a text for a boolean',
      { ...alice, end_on_disconnect: 'no' },
      [{ path: 'end_on_disconnect', expected: 'boolean' }],
    ],
    ['an unknown key', { ...alice, speed: 1 }, [{ path: 'speed', expected: 'no such key' }]],
    [
      'an unknown key further down',
      { ...alice, notification_preferences: { sms: true } },
      [{ path: 'notification_preferences.sms', expected: 'no such key' }],
    ],
    [
      'a threshold over 1',
      { ...alice, custom_settings: { speaking_threshold: 2 } },
      [{ path: 'custom_settings.speaking_threshold', expected: 'a number from 0 to 1' }],
    ],
    [
      'a duration without a unit',
      { ...alice, custom_settings: { inactivity_timeout: '90' } },
      [
        {
          path: 'custom_settings.inactivity_timeout',
          expected: 'a duration such as 500ms, 90s or 5m',
        },
      ],
    ],
  ])('%s', (_what, metadata, problems) => {
    const result = read(metadata);
    expect(result.ok).toBe(false);
    expect(result.ok ? [] : result.problems).toEqual(
      problems.map(({ path, expected }) => ({
        path,
        expected: expect.stringContaining(expected) as string,
      })),
    );
  });

  it('all mistakes at once', () => {
    const result = read({ monitoring_type: 1, speed: 1, end_on_disconnect: 1 });
    expect(result.ok ? [] : result.problems.map(({ path }) => path).sort()).toEqual([
      'end_on_disconnect',
      'monitoring_type',
      'participant_identity',
      'speed',
    ]);
  });
});

it('[META-4] lets each job serve itself where the agent does not say', () => {
  const { name, jobType, metadata, settings, permissions, machine, view } = participantMonitor;
  const agent = { name, jobType, metadata, settings, permissions, machine, view };
  const result = readMetadata(agent, offer({ participant_identity: 'alice' }));
  expect(result).toMatchObject({ ok: true, key: 'AJ_1', target: null });
});
