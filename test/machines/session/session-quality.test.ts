import { expect, it } from 'vitest';
import { aliceAgain, microphone, T0 } from '../../support/session-facts.ts';
import { SessionStage } from '../../support/session-stage.ts';

const { sid: mic } = microphone;

const here = (changes?: ConstructorParameters<typeof SessionStage>[0]) => {
  const stage = new SessionStage(changes);
  stage.arrive([microphone]);
  return stage;
};

const qualityOf = ({ value }: SessionStage): unknown =>
  typeof value === 'object' && 'connected' in value ? value.connected.quality : value;

it('[SES-10] follows LiveKit’s value and keeps each change', () => {
  const stage = here();
  expect(qualityOf(stage)).toBe('unknown');
  stage.quality('excellent');
  stage.pass(5_000);
  stage.quality('good');
  stage.quality('good');
  expect(qualityOf(stage)).toBe('good');
  expect(stage.context.qualityChanges).toEqual([
    { from: 'unknown', to: 'excellent', timestamp: T0, reason: 'network_conditions' },
    { from: 'excellent', to: 'good', timestamp: T0 + 5_000, reason: 'network_conditions' },
  ]);
});

it('[SES-10] keeps the last changes only', () => {
  const stage = here({ config: { maxQualityChanges: 3 } });
  for (const quality of ['excellent', 'good', 'poor', 'good', 'lost'] as const)
    stage.quality(quality);
  expect(stage.context.qualityChanges.map(({ to }) => to)).toEqual(['poor', 'good', 'lost']);
});

it('[SES-10] names what our own statistics show', () => {
  const stage = here();
  stage.poll({ [mic]: { packetsReceived: 100, packetsLost: 0 } });
  stage.poll({ [mic]: { packetsReceived: 140, packetsLost: 10 } });
  stage.quality('poor');
  stage.poll({ [mic]: { packetsReceived: 180, packetsLost: 10, jitterMs: 80 } });
  expect(stage.context.qualityChanges).toMatchObject([{ to: 'poor', reason: 'packet_loss' }]);
});

it('[SES-10] does not explain a quality by the statistics of others', () => {
  const stage = here();
  stage.poll({ [mic]: 100, TR_bob: { packetsReceived: 100, packetsLost: 0 } });
  stage.poll({ [mic]: 140, TR_bob: { packetsReceived: 140, packetsLost: 90, jitterMs: 90 } });
  stage.quality('poor');
  expect(stage.context.qualityChanges).toMatchObject([{ reason: 'network_conditions' }]);
});

it('[SES-11] alerts below the threshold and resolves at or above it', () => {
  const stage = here();
  stage.quality('good');
  expect(stage.told('session.qualityNoticed')).toEqual([]);
  stage.pass(1_000);
  stage.quality('poor');
  const notice = { quality: 'poor', previous: 'good', score: 0.25, reason: 'network_conditions' };
  expect(stage.told('alert.opened')).toEqual([
    {
      type: 'alert.opened',
      alert: {
        key: 'poor_quality',
        severity: 'warning',
        message: 'connection quality is below the threshold',
        openedAt: T0 + 1_000,
        evidence: notice,
      },
    },
  ]);
  expect(stage.told('session.qualityNoticed')).toEqual([
    { type: 'session.qualityNoticed', at: T0 + 1_000, ...notice },
  ]);
  stage.pass(1_000);
  stage.quality('lost');
  stage.quality('good');
  expect(stage.told('alert.opened')).toHaveLength(1);
  expect(stage.told('alert.resolved')).toMatchObject([
    { alert: { key: 'poor_quality', resolvedAt: T0 + 2_000 } },
  ]);
  expect(stage.told('session.qualityNoticed').at(-1)).toMatchObject({
    quality: 'good',
    previous: 'lost',
  });
});

it('[ALR-4] says so where the quality changes while the alert is open', () => {
  const stage = here();
  stage.quality('poor');
  stage.quality('poor');
  stage.pass(5_000);
  stage.quality('lost');
  stage.quality('good');
  expect(stage.told('alert.updated')).toMatchObject([
    {
      alert: {
        key: 'poor_quality',
        openedAt: T0,
        updatedAt: T0 + 5_000,
        evidence: { quality: 'lost', previous: 'poor', score: 0 },
      },
    },
  ]);
  expect(stage.told('alert.opened')).toHaveLength(1);
  expect(stage.told('alert.resolved')).toMatchObject([{ alert: { evidence: { score: 0 } } }]);
  // The participant hears of the beginning and the end.
  expect(stage.told('session.qualityNoticed')).toHaveLength(2);
});

it('[SES-11] is resolved where the score is exactly the threshold', () => {
  const stage = here({ config: { qualityThreshold: 0.75 } });
  stage.quality('poor');
  stage.quality('good');
  expect(stage.told('alert.resolved')).toHaveLength(1);
});

it('[SES-11] takes the threshold that it is given', () => {
  const stage = here({ config: { qualityThreshold: 0.2 } });
  stage.quality('poor');
  expect(stage.told('alert.opened')).toEqual([]);
  stage.quality('lost');
  expect(stage.told('alert.opened')).toHaveLength(1);
});

it('[SES-13] resolves the alert with the leave, and says nothing of it to somebody who is gone', () => {
  const stage = here();
  stage.quality('lost');
  stage.pass(1_000);
  stage.leave();
  stage.pass(2_000);
  expect(stage.told('alert.resolved')).toMatchObject([{ alert: { resolvedAt: T0 + 1_000 } }]);
  expect(stage.told('session.qualityNoticed')).toHaveLength(1);
});

it('[SES-11] alerts again where the same quality comes with the next connection', () => {
  const stage = here();
  stage.quality('poor');
  stage.leave();
  stage.pass(5_000);
  stage.arrive([], aliceAgain);
  expect(qualityOf(stage)).toBe('unknown');
  expect(stage.context.quality).toBe('poor');
  stage.quality('poor');
  expect(qualityOf(stage)).toBe('poor');
  expect(stage.told('alert.opened')).toHaveLength(2);
  expect(stage.context.qualityChanges).toHaveLength(1);
});

it('[SES-11] stays open while a leave may still be a reconnect', () => {
  const stage = here();
  stage.quality('poor');
  stage.leave();
  stage.pass(200);
  stage.arrive([microphone]);
  expect(stage.told('alert.resolved')).toEqual([]);
  expect(qualityOf(stage)).toBe('poor');
});
