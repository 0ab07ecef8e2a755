import { expect, it } from 'vitest';
import { systemClock } from '../../src/io/clock.ts';
import type { JobOffer } from '../../src/machines/worker/events.ts';
import { createMetrics } from '../../src/io/metrics.ts';
import { buildSession, buildView } from '../support/sessions-view.ts';

const about = { agent: 'participant-monitor', jobId: 'AJ_1', dispatchId: 'AD_1' };

const samples = async (metrics: ReturnType<typeof createMetrics>) =>
  (await metrics.render()).split('\n').filter((line) => !line.startsWith('#'));

it('[MET-1] reads from the worker what it is, each time it is asked', async () => {
  let view = buildView([buildSession(), buildSession({ state: 'disconnected' })]);
  const metrics = createMetrics(() => view);
  expect(await samples(metrics)).toEqual(
    expect.arrayContaining([
      'greenroom_connection_state{agent="participant-monitor",state="available"} 1',
      'greenroom_connection_state{agent="participant-monitor",state="backoff"} 0',
      'greenroom_jobs 2',
      'greenroom_jobs_limit 50',
      'greenroom_sessions{agent="participant-monitor",state="connected"} 1',
      'greenroom_sessions{agent="participant-monitor",state="disconnected"} 1',
    ]),
  );
  view = buildView([]);
  const later = (await samples(metrics)).join('\n');
  expect(later).toContain('greenroom_jobs 0');
  expect(later).not.toContain('greenroom_sessions{');
});

it('[RECYCLE-5] shows why no more jobs are taken', async () => {
  const metrics = createMetrics(() => buildView([], { fullReason: 'max_jobs_total' }));
  const rendered = await samples(metrics);
  expect(rendered).toContain('greenroom_full{reason="max_jobs_total"} 1');
  expect(rendered).toContain('greenroom_full{reason="max_rss"} 0');
});

it('[MET-2] counts tracks and alerts of the sessions that go on', async () => {
  const tracks = [
    { sid: 'TR_1', kind: 'audio', source: 'microphone', muted: false, state: 'silent' },
    { sid: 'TR_2', kind: 'video', source: 'camera', muted: false, state: 'flowing' },
  ] as const;
  const alert = { key: 'suspect', severity: 'warning', message: '', openedAt: 0, evidence: {} };
  const metrics = createMetrics(() =>
    buildView([
      buildSession({ tracks, alerts: [{ ...alert, severity: 'warning' }] }),
      buildSession({ tracks, state: 'ended', endReason: 'drained' }),
    ]),
  );
  const rendered = await samples(metrics);
  expect(rendered).toContain('greenroom_tracks{agent="participant-monitor",kind="audio"} 1');
  expect(rendered).toContain('greenroom_tracks{agent="participant-monitor",kind="video"} 1');
  expect(rendered).toContain(
    'greenroom_alerts_open{agent="participant-monitor",severity="warning"} 1',
  );
});

it('[ALR-14] counts what is told of alerts', async () => {
  const metrics = createMetrics(() => buildView());
  const offer: JobOffer = {
    ...{ jobId: 'AJ_1', dispatchId: 'AD_1', agent: 'a', participant: null },
    jobType: 'room',
    room: { name: 'support', sid: 'RM_1' },
    metadata: { ok: true, value: {}, key: 'AD_1', target: null },
  };
  const alert = { key: 'x', severity: 'warning', message: '', openedAt: 0, evidence: {} } as const;
  metrics.observeJob(offer, { type: 'job.alertOpened', at: 0, alert });
  const worse = { ...alert, severity: 'critical' } as const;
  metrics.observeJob(offer, { type: 'job.alertUpdated', at: 1, alert: worse });
  metrics.observeJob(offer, { type: 'job.alertResolved', at: 2, alert: worse });
  metrics.observeJob(offer, { type: 'job.joined', at: 0 });
  const counted = (await samples(metrics)).filter((line) => line.startsWith('greenroom_alerts_'));
  expect(counted).toEqual([
    'greenroom_alerts_total{agent="a",severity="warning",phase="opened"} 1',
    'greenroom_alerts_total{agent="a",severity="critical",phase="updated"} 1',
    'greenroom_alerts_total{agent="a",severity="critical",phase="resolved"} 1',
  ]);
});

it('[MET-3] counts offers, joins, latencies and ends', async () => {
  const metrics = createMetrics(() => buildView());
  metrics.observe({
    type: 'offer.answered',
    ...about,
    problems: [],
    answer: 'unavailable',
    reason: 'at_capacity',
  });
  metrics.observe({
    type: 'job.joined',
    ...about,
    offeredAt: 1_000,
    assignedAt: 1_100,
    joinedAt: 1_350,
  });
  metrics.observe({ type: 'job.ended', ...about, reason: 'join_failed', error: null });
  metrics.observe({ type: 'job.reported', ...about, status: 'failed', delivered: false });
  metrics.observe({ type: 'reservation.expired', ...about });
  metrics.observe({ type: 'message.rejected', agent: about.agent, what: 'unknown' });
  const agent = 'agent="participant-monitor"';
  expect(await samples(metrics)).toEqual(
    expect.arrayContaining([
      `greenroom_offers_total{${agent},answer="unavailable",reason="at_capacity"} 1`,
      `greenroom_joins_total{${agent},outcome="joined"} 1`,
      `greenroom_joins_total{${agent},outcome="failed"} 1`,
      `greenroom_join_duration_seconds_sum{${agent}} 0.25`,
      `greenroom_dispatch_latency_seconds_sum{${agent}} 0.35`,
      `greenroom_dispatch_latency_seconds_bucket{le="0.3",${agent}} 0`,
      `greenroom_dispatch_latency_seconds_bucket{le="0.5",${agent}} 1`,
      `greenroom_jobs_ended_total{${agent},reason="join_failed"} 1`,
      `greenroom_job_reports_lost_total{${agent},status="failed"} 1`,
      `greenroom_reservations_expired_total{${agent}} 1`,
      `greenroom_messages_rejected_total{${agent}} 1`,
    ]),
  );
});

it('[MET-4] measures the process: lag, memory, media, log lines, fatal errors', async () => {
  const metrics = createMetrics(() => buildView());
  metrics.observeVitals({ type: 'vitals.sampled', at: 0, eventLoopP99Ms: 12, rssBytes: 1 });
  const logs = { droppedCount: 0 };
  metrics.watchEventLogs(logs);
  logs.droppedCount = 3;
  let heldCount = 0;
  metrics.watchMedia({ heldCount: () => heldCount });
  heldCount = 2;
  const system = { actorCount: 0 };
  metrics.watchActors(system);
  system.actorCount = 7;
  metrics.countFatalError();
  const rendered = await samples(metrics);
  expect(rendered).toContain('greenroom_event_loop_lag_p99_seconds 0.012');
  expect(rendered).toContain('greenroom_event_log_lines_dropped_total 3');
  expect(rendered).toContain('greenroom_media_handles 2');
  expect(rendered).toContain('greenroom_fatal_errors_total 1');
  expect(rendered).toContain('greenroom_actors 7');
  const bytes = (name: string) =>
    Number(rendered.find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
  expect(bytes('greenroom_resident_memory_bytes')).toBeGreaterThan(1e7);
  expect(bytes('greenroom_native_memory_bytes')).toBeGreaterThan(0);
  expect(bytes('greenroom_heap_bytes')).toBeLessThan(bytes('greenroom_resident_memory_bytes'));
  expect(bytes('greenroom_heap_used_bytes')).toBeLessThan(bytes('greenroom_heap_bytes'));
});

it('[MET-4] counts the timers that are still to fire', async () => {
  const metrics = createMetrics(() => buildView());
  metrics.watchActors({ actorCount: 0 });
  const count = async () =>
    Number(/^greenroom_timers (\d+)$/m.exec(await metrics.render())?.[1] ?? 'none');
  const before = await count();
  const timer = systemClock.setTimeout(() => {}, 60_000);
  expect(await count()).toBe(before + 1);
  systemClock.clearTimeout(timer);
  expect(await count()).toBe(before);
});

it('[ENG-41] counts analyses by engine and outcome, and how long they took', async () => {
  const metrics = createMetrics(() => buildView());
  metrics.observeAnalysis({ engine: 'endpoint', outcome: 'timed_out', tookMs: 20_000 });
  metrics.observeAnalysis({ engine: 'lexicon', outcome: 'answered', tookMs: 4 });
  const rendered = await samples(metrics);
  expect(rendered).toContain('greenroom_analysis_total{engine="endpoint",outcome="timed_out"} 1');
  expect(rendered).toContain('greenroom_analysis_total{engine="lexicon",outcome="answered"} 1');
  expect(rendered).toContain('greenroom_analysis_duration_seconds_sum{engine="endpoint"} 20');
});

it('[MET-5] names neither rooms nor people', async () => {
  const metrics = createMetrics(() => buildView([buildSession()]));
  metrics.observe({ type: 'job.ended', ...about, reason: 'drained', error: null });
  expect(await metrics.render()).not.toMatch(/alice|support-42|AJ_1|AD_1|PA_1|RM_1/);
});

it('[MET-6] keeps two workers in one process apart', async () => {
  const [one, other] = [createMetrics(() => buildView()), createMetrics(() => buildView())];
  one.countFatalError();
  expect(await samples(other)).toContain('greenroom_fatal_errors_total 0');
});

it('[WHK-90] counts webhooks by what became of them, and reads how many wait', async () => {
  const metrics = createMetrics(() => buildView());
  metrics.watchWebhooks({ queuedCount: 7, queuedBytes: 900 });
  metrics.observeWebhook('delivered', 300);
  metrics.observeWebhook('dropped', 60_000);
  const rendered = await samples(metrics);
  expect(rendered).toContain('greenroom_webhooks_total{outcome="delivered"} 1');
  expect(rendered).toContain('greenroom_webhooks_total{outcome="dropped"} 1');
  expect(rendered).toContain('greenroom_webhooks_queued 7');
  expect(rendered).toContain('greenroom_webhooks_queued_bytes 900');
  // What was lost is not counted as delivered late.
  expect(rendered).toContain('greenroom_webhook_delay_seconds_count 1');
});

it('[MET-7] looks at the sessions once for each answer, and not once for each metric of them', async () => {
  let looks = 0;
  const metrics = createMetrics(() => {
    looks += 1;
    return buildView();
  });
  await metrics.render();
  await metrics.render();
  expect(looks).toBe(2);
});
