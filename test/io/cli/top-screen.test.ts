import { describe, expect, it } from 'vitest';
import { GreenroomError } from '../../../src/io/errors.ts';
import type { RelayMessage } from '../../../src/io/inspect/protocol.ts';
import type { LinkState } from '../../../src/io/inspect/relay-link.ts';
import type { LiveModel } from '../../../src/io/cli/live-model.ts';
import { renderTop } from '../../../src/io/cli/top-screen.ts';
import { initialState, type TopState } from '../../../src/io/cli/top-state.ts';
import {
  buildActor,
  buildSystem,
  detail,
  frozen,
  modelOf,
  story,
} from '../../support/live-stream.ts';
import { buildSession } from '../../support/sessions-view.ts';

const open: LinkState = { kind: 'open' };
const screen = { columns: 80, rows: 14, hasColour: false };

type Drawn = { readonly model?: LiveModel; readonly state?: TopState; readonly link?: LinkState };

const draw = (
  { model = modelOf(), state = initialState(), link = open }: Drawn = {},
  size: Partial<typeof screen> = {},
) => renderTop({ state, model, link }, { ...screen, ...size });

const drawn = (...args: Parameters<typeof draw>): string =>
  `\n${draw(...args)
    .lines.map((line) => line.replace(/ +$/, ''))
    .join('\n')}\n`;

it('[TOP-8] draws the sessions, those that ask for attention first', () => {
  expect(drawn()).toMatchInlineSnapshot(`
    "
    greenroom  01:00  worker running  participant-monitor available  jobs 2/50
    live start  load 3%  event loop p99 11 ms  memory 190 MiB  alerts open 1  view…
    sessions 2  by alerts
      participant     room          state               level      quality   alerts
    > alice           support-42    connected           ███████░░░ poor      1
      bob             support-43    awaitingParticipant ░░░░░░░░░░







    ? help  q quit  Enter detail  s/S sort  / filter  t tree  a alerts  p pause
    "
  `);
});

it('[TOP-9] has room for more on a wider screen', () => {
  expect(drawn({}, { columns: 120, rows: 8 })).toMatchInlineSnapshot(`
    "
    greenroom  01:00  worker running  participant-monitor available  jobs 2/50
    live start  load 3%  event loop p99 11 ms  memory 190 MiB  alerts open 1  viewers 1
    sessions 2  by alerts
      participant         room          state               level      video    quality   speech   presence alerts duration
    > alice               support-42    connected           ███████░░░ frozen   poor      speaking present  1      00:59
      bob                 support-43    awaitingParticipant ░░░░░░░░░░                                             00:30

    ? help  q quit  Enter detail  s/S sort  / filter  t tree  a alerts  p pause
    "
  `);
});

it('[TOP-10] draws the tree of actors with states, restarts and errors', () => {
  expect(drawn({ state: initialState({ view: 'tree' }) })).toMatchInlineSnapshot(`
    "
    greenroom  01:00  worker running  participant-monitor available  jobs 2/50
    live start  load 3%  event loop p99 11 ms  memory 190 MiB  alerts open 1  view…
    actors 7 of 7
      actor                          state                                  age
    > - worker                       running                                01:00
        - jobs                       port                                   01:00
          - job support-42/alice     running                                00:59
            - agent                  connected: present, speaking, frozen,… 00:58
                track:TR_1           error: the stream broke                00:49
          - job support-43/bob       running                                00:59
              agent restarted 1x     awaitingParticipant                    00:58


    ? help  q quit  Enter detail  left/right fold  / filter  t sessions  a alerts
    "
  `);
});

it('[TOP-35] tells the agents of one room apart, in the tree and among the sessions', () => {
  const agent = 'room-analytics';
  const model = modelOf([
    ...story,
    {
      ...{ type: 'actors', actors: [] },
      systems: [buildSystem({ id: 'AJ_2', agent, room: 'support-42', identity: null })],
    },
    {
      ...{ type: 'sessions', at: 60_000, total: 1 },
      sessions: [buildSession({ jobId: 'AJ_2', agent, identity: null, state: 'watching' })],
    },
  ]);
  const tree = draw({ model, state: initialState({ view: 'tree' }) }, { columns: 100 }).lines;
  expect(tree.join('\n')).toContain('- job support-42 room-analytics ');
  expect(drawn({ model })).toMatch(/> room-analytics +support-42 +watching/);
});

it('[TOP-11] draws the alerts, and the evidence of the chosen one', () => {
  const later = {
    ...frozen,
    identity: 'bob',
    alert: { ...frozen.alert, key: 'quality', openedAt: 20_000, resolvedAt: 25_000 },
  };
  const model = modelOf([...story, { type: 'alerts', isAll: false, alerts: [later] }]);
  expect(drawn({ model, state: initialState({ view: 'alerts' }) })).toMatchInlineSnapshot(`
    "
    greenroom  01:00  worker running  participant-monitor available  jobs 2/50
    live start  load 3%  event loop p99 11 ms  memory 190 MiB  alerts open 1  view…
    alerts 2 of 2
      opened resolved participant     alert
    > 00:12  open     alice           video_frozen: the camera stopped delivering …
      00:19  00:24    bob             quality: the camera stopped delivering frames



    evidence of video_frozen (warning, participant-monitor)
      trackSid: "TR_1"
      lastFrame.at: 12000
      lastFrame.frames: 290
    ? help  q quit  Enter session  / filter  a sessions  t tree  p pause
    "
  `);
});

it('[ALR-11] says what led to an alert, and how to look at that moment again', () => {
  const trace = {
    ...{ log: 'AJ_1', startedAt: 0, fromSeq: 7, toSeq: 9 },
    steps: [{ t: 12_000, actor: 'job/agent', event: 'x.happened', from: 'a', to: 'b' }],
    states: {},
  };
  const alert = { ...frozen.alert, updatedAt: 14_000, evidence: { score: 1, trace } };
  const model = modelOf([
    ...story,
    { type: 'alerts', isAll: true, alerts: [{ ...frozen, alert }] },
  ]);
  const state = initialState({ view: 'alerts' });
  const screen = drawn({ model, state }, { rows: 24 });
  expect(screen).toContain('score: 1');
  expect(screen).toContain('0:12.000  job/agent  x.happened: a -> b');
  expect(screen).toContain('greenroom replay greenroom-logs/*/AJ_1.1.jsonl --find seq:9');
});

it('[TOP-12] draws what is known of one actor', () => {
  const model = modelOf([...story, { type: 'actor', ...detail }]);
  const state = { ...initialState(), detail: { system: 'AJ_1', path: 'job/agent' } };
  expect(drawn({ model, state }, { rows: 20 })).toMatchInlineSnapshot(`
    "
    greenroom  01:00  worker running  participant-monitor available  jobs 2/50
    live start  load 3%  event loop p99 11 ms  memory 190 MiB  alerts open 1  view…
    AJ_1  job/agent
    support-42  alice  participant-monitor
    active
    state connected.presence.present
    state connected.speech.speaking
    state connected.video.frozen
    state connected.quality.poor
    timer xstate.after.graceMs.participant-session.connected in 1.5s

    context
      identity: "alice"
      totals.turns: 3
      totals.speakingMs: 4200

    last events, newest first
      00:03  participant.active sid "PA_1" from job -> connected: present, speakin…

    ? help  q quit  Esc back  up/down scroll
    "
  `);
});

it('[TOP-12] tells of events that are no longer known, in front of the one behind them', () => {
  const entries = detail.entries.map((entry) => ({ ...entry, seq: 42, at: 5_000 }));
  const { id, at, value, status, context, output, timers, counts, isTooBig } = detail;
  const model = modelOf([
    ...story,
    { type: 'actor', ...detail },
    {
      type: 'actorChanged',
      ...{ id, at, value, status, context, output, timers, counts, isTooBig, entries },
      entriesLost: 40,
    },
  ]);
  const state = { ...initialState(), detail: { system: 'AJ_1', path: 'job/agent' } };
  expect(drawn({ model, state }, { rows: 30 })).toMatch(
    /00:04 {2}participant.active.*\n.*40 before it are no longer known\n.*00:03 {2}participant.active/,
  );
});

it('[TOP-13] says that an actor is not there, and that a relay is lost', () => {
  const address = { system: 'AJ_9', path: 'job' };
  const model = modelOf([...story, { type: 'noActor', ...address }]);
  const state = { ...initialState(), detail: address };
  expect(drawn({ model, state })).toContain('There is no such actor, or no longer.');
  const error = new GreenroomError('E_RELAY_UNREACHABLE', 'it closed the connection');
  const lost = drawn({ link: { kind: 'lost', error, retryMs: 2_000 } });
  expect(lost).toContain('NOT CONNECTED, tried again in 2.0s: it closed the connection');
});

describe('[TOP-14] stays within the screen', () => {
  const long = Array.from({ length: 60 }, (_, index) =>
    buildSession({ jobId: `AJ_${index}`, identity: `漢字-with-a-very-long-name-\x1b[2J${index}` }),
  );
  const model = modelOf([
    ...story,
    { type: 'sessions', at: 61_000, sessions: long, total: 60 },
    { type: 'actor', ...detail },
  ]);
  const address = { system: 'AJ_1', path: 'job/agent' };
  const states: readonly TopState[] = [
    initialState(),
    initialState({ view: 'tree' }),
    initialState({ view: 'alerts' }),
    { ...initialState(), detail: address },
    { ...initialState(), isHelp: true },
    { ...initialState({ filter: 'x'.repeat(60) }), isTyping: true },
  ];
  it.each([
    [200, 50],
    [80, 24],
    [40, 12],
    [20, 5],
    [8, 3],
    [3, 1],
    [1, 1],
  ])('of %i x %i', (columns, rows) => {
    for (const state of states) {
      const { lines } = draw({ model, state }, { columns, rows });
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(lines.join('')).not.toContain('\x1b');
    }
  });
});

/** As a terminal shows it: a wide letter takes two columns. */
const widthOf = (line: string): number => line.length + (line.match(/[漢字]/g)?.length ?? 0);

it('[TOP-15] marks the chosen row, with and without colours', () => {
  expect(draw().lines.filter((line) => line.startsWith('>'))).toHaveLength(1);
  const coloured = draw({}, { hasColour: true }).lines.filter((line) => line.includes('\x1b[7m'));
  expect(coloured).toHaveLength(1);
  expect(coloured[0]).toContain('> ');
});

it.each([
  ['alerts', ['alice', 'bob', 'carol']],
  ['level', ['carol', 'alice', 'bob']],
  ['quality', ['alice', 'carol', 'bob']],
  ['duration', ['alice', 'bob', 'carol']],
  ['name', ['alice', 'bob', 'carol']],
  ['state', ['bob', 'alice', 'carol']],
] as const)('[TOP-16] sorts by %s, and the other way round; the ended ones last', (sort, order) => {
  const carol = buildSession({
    jobId: 'AJ_3',
    identity: 'carol',
    startedAt: 40_000,
    audioLevel: 0.5,
    quality: 'good',
  });
  const dave = buildSession({ jobId: 'AJ_4', identity: 'dave', endReason: 'drained' });
  const told = story.find((message) => message.type === 'sessions');
  const sessions = [dave, carol, ...(told?.sessions ?? [])];
  const model = modelOf([...story, { type: 'sessions', at: 61_000, sessions, total: 4 }]);
  const names = (isReversed: boolean): readonly string[] =>
    draw({ model, state: { ...initialState({ sort }), isReversed } })
      .lines.map((line) => /^[> ] (alice|bob|carol|dave) /.exec(line)?.[1] ?? '')
      .filter((name) => name !== '');
  expect(names(false)).toEqual([...order, 'dave']);
  const reversed = names(true);
  expect(reversed[3]).toBe('dave');
  if (sort === 'name') expect(reversed).toEqual(['carol', 'bob', 'alice', 'dave']);
});

it('[TOP-17] filters sessions, actors and alerts, and says of how many', () => {
  expect(drawn({ state: initialState({ filter: 'FROZEN' }) })).toMatch(
    /sessions 1 of 2 .*"FROZEN"/,
  );
  expect(drawn({ state: initialState({ room: 'support-43' }) })).toMatch(/sessions 1 of 2[^]*bob/);
  const tree = drawn({ state: initialState({ view: 'tree', filter: 'track' }) });
  expect(tree).toContain('actors 5 of 7');
  expect(tree).toContain('track:TR_1');
  const room = drawn({ state: initialState({ view: 'tree', room: 'support-43' }) });
  expect(room).toContain('support-43/bob');
  expect(room).not.toContain('alice');
  expect(drawn({ state: initialState({ view: 'alerts', filter: 'bob' }) })).toContain(
    'alerts 0 of 1',
  );
});

it('[TOP-18] draws one screenful of 10,000 actors', () => {
  let rowsRead = 0;
  const rows = Array.from({ length: 10_000 }, (_, index) =>
    Object.defineProperty(
      buildActor({ id: index, name: `actor-${index}`, path: `actor-${index}` }),
      'error',
      {
        get: () => {
          rowsRead += 1;
          return null;
        },
      },
    ),
  );
  const actors: RelayMessage = { type: 'actors', systems: [], actors: rows };
  const model = modelOf([...story.slice(0, 2), actors, { type: 'ready', at: 61_000 }]);
  const state = initialState({ view: 'tree' });
  const first = draw({ model, state }, { rows: 24 });
  expect(first.lines.filter((line) => line.includes('actor-'))).toHaveLength(first.shown.height);
  expect(rowsRead).toBe(first.shown.height);
  const last = draw({ model, state: { ...state, cursor: { key: '9999', index: 0, first: 0 } } });
  expect(last.lines.join('\n')).toContain('>   actor-9999');
});
