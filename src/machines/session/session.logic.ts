/**
 * What a participant session makes of a fact: its changed context and its reports, as data.
 *
 * Each decision is a function of the context alone; the machine carries out what it returns.
 */
import { isSameWords, newAlert, resolved, updated } from '../alerts/alert.logic.ts';
import type { Alert, ConnectionQuality, EndReason, ParticipantInfo, StatsFact } from '../events.ts';
import { openAlertsOf, wordsOf, type AlertKey } from './alerts.logic.ts';
import { unarmed, watchPresence } from './presence.logic.ts';
import { noPath, qualityReason, qualityScore, watchPath } from './quality.logic.ts';
import {
  dueSids,
  isMediaFlowing,
  withoutTrack,
  withTrack,
  type SessionTrack,
} from './session-tracks.logic.ts';
import type { ParticipantSessionContext as Context } from './session.context.ts';
import type { SessionReport, SessionSummary } from './session.events.ts';
import {
  closeConnection,
  closeTurn,
  connectedMsAt,
  openConnection,
  openTurn,
} from './totals.logic.ts';

export type Decision = { readonly context: Context; readonly reports: readonly SessionReport[] };

type At = { readonly at: number };
type Decide = (context: Context) => Decision;

const change = (
  context: Context,
  changed: Partial<Context>,
  ...reports: SessionReport[]
): Decision => ({
  context: { ...context, ...changed },
  reports,
});

const inOrder = (context: Context, ...steps: readonly Decide[]): Decision =>
  steps.reduce<Decision>(
    (before, step) => {
      const after = step(before.context);
      return { context: after.context, reports: [...before.reports, ...after.reports] };
    },
    { context, reports: [] },
  );

export function connect(
  context: Context,
  { participant, at }: At & { participant: ParticipantInfo },
): Decision {
  const { sid, kind } = participant;
  const isRejoin = context.sid !== null && context.sid !== sid;
  const totals = openConnection(context.totals, at);
  return change(
    context,
    {
      sid,
      isAgent: kind === 'agent',
      presence: unarmed(at),
      path: noPath,
      totals: isRejoin ? { ...totals, reconnects: totals.reconnects + 1 } : totals,
    },
    { type: 'session.connected', at, sid },
  );
}

/** The connection may come back; until then it does not count. */
export const leave = (context: Context, { at }: At): Decision =>
  inOrder(
    context,
    (now) => endTurn(now, { at }),
    (now) => change(now, { absentAt: at, graceAt: at, totals: closeConnection(now.totals, at) }),
    (now) => resolveAlert(now, { key: 'suspect', at }),
  );

/** Ends the turn, the alerts of the connection and the connection itself. */
export const disconnect = (context: Context, { at }: At): Decision =>
  inOrder(
    context,
    (now) => close(now, at, ({ key }) => key !== 'long_session'),
    (now) => change(now, {}, { type: 'session.disconnected', at }),
  );

const close = (context: Context, at: number, isOver: (alert: Alert) => boolean): Decision =>
  inOrder(
    context,
    (now) => endTurn(now, { at }),
    ...openAlertsOf(context.alerts)
      .filter(isOver)
      .map(
        ({ key }): Decide =>
          (now) =>
            resolveAlert(now, { key, at }),
      ),
    (now) => change(now, { totals: closeConnection(now.totals, at) }),
  );

export function changeTrack(
  context: Context,
  { trackSid, changed }: { trackSid: string; changed: Partial<SessionTrack> },
): Decision {
  return changeTracks(context, withTrack(context.tracks, trackSid, changed));
}

export function removeTrack(context: Context, { trackSid }: { trackSid: string }): Decision {
  if (!context.tracks.some(({ sid }) => sid === trackSid)) return change(context, {});
  const endedTracks = [...context.endedTracks, trackSid].slice(-context.config.maxTracks);
  return changeTracks({ ...context, endedTracks }, withoutTrack(context.tracks, trackSid));
}

function changeTracks(context: Context, tracks: readonly SessionTrack[]): Decision {
  const flowing = isMediaFlowing(tracks, context.watch);
  const isSame = flowing === isMediaFlowing(context.tracks, context.watch);
  return change(
    context,
    { tracks },
    ...(isSame ? [] : [{ type: 'session.mediaChanged', flowing } as const]),
  );
}

/** Takes the participant's own share of a poll. */
export function poll(
  context: Context,
  sample: Extract<StatsFact, { type: 'stats.sampled' }>,
): Decision {
  const { tracks, watch, path, presence, isAgent, ownConnection } = context;
  const own = sample.tracks.filter(({ trackSid }) => tracks.some(({ sid }) => sid === trackSid));
  const ownSample = { ...sample, tracks: own };
  const isTelling = !isAgent && ownConnection === 'up';
  return change(context, {
    path: watchPath(path, ownSample),
    presence: isTelling
      ? watchPresence(presence, ownSample, dueSids(tracks, watch))
      : unarmed(sample.at),
  });
}

export function beginTurn(context: Context, { trackSid, at }: At & { trackSid: string }): Decision {
  const speakingTracks = [...context.speakingTracks, trackSid];
  const totals = openTurn(context.totals, at);
  return change(
    context,
    { speakingTracks, totals },
    { type: 'session.speechChanged', at, speaking: true },
  );
}

export function endTurn(context: Context, { at }: At): Decision {
  if (context.speakingTracks.length === 0) return change(context, {});
  const totals = closeTurn(context.totals, at);
  return change(
    context,
    { speakingTracks: [], totals },
    { type: 'session.speechChanged', at, speaking: false },
  );
}

export function changeQuality(
  context: Context,
  { quality, at }: At & { quality: ConnectionQuality },
): Decision {
  const { quality: previous, qualityChanges, config, path, alerts } = context;
  const reason = qualityReason(path);
  const changes =
    quality === previous
      ? qualityChanges
      : [...qualityChanges, { from: previous, to: quality, timestamp: at, reason }];
  const score = qualityScore[quality];
  const isPoor = score < config.qualityThreshold;
  const notice = { quality, previous, score, reason };
  const changed = { quality, qualityChanges: changes.slice(-config.maxQualityChanges) };
  // Also where the quality is the same: the alert of an earlier connection ended with it.
  if (isPoor === (alerts.poor_quality !== undefined)) {
    const now = { ...context, ...changed };
    // The server tells of a quality every 5 s at most: an update needs no pause of its own.
    return isPoor && quality !== previous
      ? updateAlert(now, { key: 'poor_quality', at, evidence: notice })
      : change(now, {});
  }
  return inOrder(
    context,
    (now) => change(now, changed),
    (now) =>
      isPoor
        ? openAlert(now, { key: 'poor_quality', at, evidence: notice })
        : resolveAlert(now, { key: 'poor_quality', at }),
    (now) => change(now, {}, { type: 'session.qualityNoticed', at, ...notice }),
  );
}

export function openAlert(
  context: Context,
  { key, at, evidence }: At & { key: AlertKey; evidence: Readonly<Record<string, unknown>> },
): Decision {
  const { alerts, totals } = context;
  if (alerts[key]) return change(context, {});
  const alert = newAlert(key, at, wordsOf(key, evidence));
  return change(
    context,
    { alerts: { ...alerts, [key]: alert }, totals: { ...totals, alerts: totals.alerts + 1 } },
    { type: 'alert.opened', alert },
  );
}

/** What was known of an open one has changed. */
function updateAlert(
  context: Context,
  { key, at, evidence }: At & { key: AlertKey; evidence: Readonly<Record<string, unknown>> },
): Decision {
  const { alerts } = context;
  const known = alerts[key];
  const words = wordsOf(key, evidence);
  if (!known || isSameWords(known, words)) return change(context, {});
  const alert = updated(known, at, words);
  return change(context, { alerts: { ...alerts, [key]: alert } }, { type: 'alert.updated', alert });
}

export function resolveAlert(context: Context, { key, at }: At & { key: string }): Decision {
  const alert = openAlertsOf(context.alerts).find((open) => open.key === key);
  if (!alert) return change(context, {});
  const alerts = Object.fromEntries(
    openAlertsOf(context.alerts)
      .filter((open) => open !== alert)
      .map((open) => [open.key, open]),
  );
  return change(context, { alerts }, { type: 'alert.resolved', alert: resolved(alert, at) });
}

/** Closes everything and makes the summary. */
export const end = (context: Context, { reason, at }: At & { reason: EndReason }): Decision =>
  inOrder(
    context,
    (now) => close(now, at, () => true),
    (now) => change(now, { ended: { reason, summary: summaryOf(now, reason, at) } }),
  );

export function summaryOf(context: Context, endReason: EndReason, at: number): SessionSummary {
  const { identity, totals, quality } = context;
  const { startedAt, speakingMs, turns, tracks, reconnects, freezes, alerts } = totals;
  const connectedMs = connectedMsAt(totals, at);
  return {
    identity,
    startedAt,
    durationMs: Math.max(0, at - startedAt),
    connectedMs,
    speakingMs,
    speakingShare: connectedMs === 0 ? 0 : Math.round((speakingMs / connectedMs) * 1000) / 1000,
    turns,
    tracks,
    reconnects,
    finalQuality: quality,
    freezes,
    alerts,
    endReason,
  };
}
