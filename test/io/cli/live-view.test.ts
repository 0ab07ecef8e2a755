import { expect, it } from 'vitest';
import type { LiveAlert, LiveFrame } from '../../../src/io/cli/live-frame.ts';
import { renderLive } from '../../../src/io/cli/live-view.ts';
import { levelBar } from '../../../src/io/cli/session-columns.ts';
import type { ConnectionView } from '../../../src/io/http/sessions-view.ts';
import { buildSession, buildView } from '../../support/sessions-view.ts';

const screen = { columns: 100, rows: 24, hasColour: false };

const alert: LiveAlert = {
  jobId: 'AJ_1',
  identity: 'alice',
  alert: {
    key: 'video_frozen',
    severity: 'warning',
    message: 'the camera stopped delivering frames',
    openedAt: 12_000,
    evidence: {},
  },
};

const buildFrame = (changes: Partial<LiveFrame> = {}): LiveFrame => ({
  view: buildView([buildSession()]),
  alerts: [],
  startedAt: 0,
  now: 65_000,
  ...changes,
});

it('[CLI-27] draws the worker, a line for each session, and the last alerts', () => {
  const speaking = buildSession({
    speech: 'speaking',
    audioLevel: 0.1,
    video: 'flowing',
    frameRateHz: 14.9,
    quality: 'excellent',
  });
  const awaited = buildSession({
    identity: 'bob',
    state: 'awaitingParticipant',
    presence: null,
    speech: null,
    video: null,
    quality: null,
  });
  const resolved = { ...alert, alert: { ...alert.alert, resolvedAt: 15_000 } };
  const frame = buildFrame({ view: buildView([speaking, awaited]), alerts: [resolved, alert] });
  expect(renderLive(frame, screen)).toEqual([
    'greenroom  01:05  worker running  participant-monitor available  jobs 2/50',
    'participant     state               level      video    quality   speech   presence',
    'alice           connected           ███████░░░ 15 fps   excellent speaking present',
    'bob             awaitingParticipant ░░░░░░░░░░',
    '',
    'last alerts',
    '00:12  alice  video_frozen: the camera stopped delivering frames (resolved 00:15)',
    '00:12  alice  video_frozen: the camera stopped delivering frames (open)',
  ]);
});

const roomSession = {
  ...buildSession({ agent: 'room-analytics', state: 'watching', presence: null, speech: null }),
  ...{ jobId: 'AJ_2', identity: null, video: null, quality: null },
};

it('[CLI-42] names what is about a whole room by its agent', () => {
  const limit = { ...alert, jobId: 'AJ_2', identity: null };
  const frame = buildFrame({ view: buildView([roomSession]), alerts: [limit] });
  const lines = renderLive(frame, screen);
  expect(lines[2]).toMatch(/^room-analytics +watching/);
  expect(lines.at(-1)).toMatch(/^00:12 {2}room-analytics in support-42 {2}video_frozen/);
});

it('[CLI-43] counts the agents of a worker that are in the same state, and names one that is not', () => {
  const connectionOf = (agent: string, state: ConnectionView['state']): ConnectionView => ({
    ...{ agent, jobType: 'room', state, workerId: 'AW_1' },
  });
  const headOf = (first: ConnectionView['state']) => {
    const others = ['b', 'c', 'd'].map((agent) => connectionOf(agent, 'available'));
    const connections = [connectionOf('a', first), ...others];
    return renderLive(buildFrame({ view: buildView([], { connections }) }), screen)[0];
  };
  expect(headOf('available')).toContain('running  4 agents available  jobs');
  expect(headOf('backoff')).toContain('running  a backoff  3 agents available  jobs');
});

it('[CLI-28] says why a session ended', () => {
  const ended = buildSession({ state: 'ended', endReason: 'participant_left' });
  expect(renderLive(buildFrame({ view: buildView([ended]) }), screen)[2]).toContain(
    'participant_left',
  );
});

it.each([
  [100, 24],
  [80, 12],
  [60, 8],
  [20, 4],
  [5, 1],
])('[CLI-29] stays within a screen of %i x %i, with those that go on first', (columns, rows) => {
  const ended = buildSession({ identity: 'ended', state: 'ended', endReason: 'drained' });
  const live = Array.from({ length: 40 }, (_, index) =>
    buildSession({ identity: `participant-with-a-long-name-${index}` }),
  );
  const frame = buildFrame({ view: buildView([ended, ...live]), alerts: [alert, alert] });
  const lines = renderLive(frame, { columns, rows, hasColour: false });
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  expect(lines.join('\n')).not.toContain('drained');
});

it('[CLI-30] counts wide letters twice, and lets no identity move the cursor', () => {
  const wide = buildSession({ identity: '漢字漢字漢字漢字漢字' });
  const hostile = buildSession({ identity: 'a\x1b[2J\u202eb' });
  const lines = renderLive(buildFrame({ view: buildView([wide, hostile]) }), screen);
  expect(lines[2]).toMatch(/^漢字漢字漢字漢… connected/);
  expect(lines[3]).toMatch(/^a\?\[2J\?b +connected/);
});

it('[CLI-31] colours what matters, only where asked', () => {
  const frozen = buildSession({ video: 'frozen' });
  const frame = buildFrame({ view: buildView([frozen]), alerts: [alert] });
  const red = '\x1b[31mfrozen';
  expect(renderLive(frame, { ...screen, hasColour: true }).join('\n')).toContain(red);
  expect(renderLive(frame, screen).join('\n')).not.toContain('\x1b');
});

it('[TOP-34] ends what is dim where it is cut', () => {
  const [header, awaited] = [buildSession({ state: 'awaitingParticipantOfThatName' }), alert];
  const frame = buildFrame({ view: buildView([header]), alerts: [awaited] });
  const lines = renderLive(frame, { columns: 40, rows: 24, hasColour: true });
  const cut = lines.filter((line) => line.includes('…'));
  expect(cut.length).toBeGreaterThan(1);
  for (const line of cut) expect(line.split('\x1b[22m').length).toBeGreaterThan(1);
  expect(cut.join('')).toContain('\x1b[22m…');
});

it.each([
  [0, '░░░░░░░░░░'],
  [0.001, '░░░░░░░░░░'],
  [0.01, '███░░░░░░░'],
  [1, '██████████'],
  [7, '██████████'],
])('[CLI-32] shows the level %d in steps of 6 dB', (rms, bar) => {
  expect(levelBar(rms)).toBe(bar);
});
