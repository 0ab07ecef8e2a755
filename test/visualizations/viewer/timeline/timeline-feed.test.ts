import { afterEach, describe, expect, test } from 'vitest';
import type { RelayMessage } from '../../../../src/io/inspect/protocol.ts';
import { Store } from '../../../../visualizations/viewer/src/model/store.ts';
import { TimelineFeed } from '../../../../visualizations/viewer/src/timeline/timeline-feed.ts';
import type { TimelineModel } from '../../../../visualizations/viewer/src/timeline/timeline-model.ts';
import {
  agentDetail,
  agentRow,
  entryOf,
  jobRow,
  ROOM_AT,
  standup,
  viewedRoom,
} from '../../../support/viewed-room.ts';

const open: TimelineFeed[] = [];

afterEach(() => {
  for (const feed of open.splice(0)) feed.close();
});

function feedOf(messages: readonly RelayMessage[] = viewedRoom) {
  const store = new Store();
  const feed = new TimelineFeed(store);
  open.push(feed);
  for (const message of messages) store.apply(message);
  return { store, feed };
}

const changes = (
  more: Partial<Extract<RelayMessage, { type: 'changes' }>>,
  at = ROOM_AT + 4_000,
): RelayMessage => ({
  ...{ type: 'changes', at, systems: [], added: [], changed: [], removed: [], removedSystems: [] },
  ...more,
});

/** State and seconds since the room began, of each bar. */
const bars = (model: TimelineModel): readonly string[] =>
  model.rows.flatMap(({ path, lanes }) =>
    lanes.flatMap(({ segments }) =>
      segments.map(({ states, from, to }) => {
        const seconds = [from, to].map((at) => (at === null ? '' : (at - ROOM_AT) / 1_000));
        return `${path} ${states.join('.')} ${seconds.join('-')}`;
      }),
    ),
  );

const PAST = ['job/agent silent 0-1', 'job/agent speaking 1-2'];

describe('what a timeline is fed with', () => {
  test('[TLN-10] a room begins with what the relay knows of it and goes on with the changes', () => {
    const { store, feed } = feedOf();
    expect(bars(feed.room)).toEqual([...PAST, 'job/agent silent 2-']);
    const track = { ...agentRow, id: 3, path: 'job/agent/track', startedAt: ROOM_AT + 3_500 };
    const version = feed.version.value;
    store.apply(
      changes({
        added: [track],
        changed: [{ id: 2, value: 'speaking', status: 'active', endedAt: null, error: null }],
      }),
    );
    expect(bars(feed.room)).toEqual([
      ...[...PAST, 'job/agent silent 2-4', 'job/agent speaking 4-'],
      'job/agent/track silent 3.5-',
    ]);
    expect(feed.version.value).toBeGreaterThan(version);
  });

  test('[TLN-10] actors of other rooms are none of its business', () => {
    const { store, feed } = feedOf();
    const other = { ...jobRow, id: 'AJ_2', room: 'retro' };
    store.apply(changes({ systems: [other], added: [{ ...agentRow, id: 9, system: 'AJ_2' }] }));
    expect(feed.room.rows.map(({ system }) => system)).toEqual(['AJ_1']);
  });

  test('[TLN-10] another room takes the place of the one before', () => {
    const { store, feed } = feedOf();
    store.apply({ ...standup, type: 'room', at: ROOM_AT, room: 'retro', rows: [], levels: [] });
    expect(feed.room.rows).toEqual([]);
    expect(feed.levels.systems).toEqual([]);
  });

  test('[TLN-11] the chosen actor has the exact times of its states, also in no room', () => {
    const { store, feed } = feedOf(viewedRoom.filter(({ type }) => type !== 'room'));
    expect(bars(feed.actor)).toEqual([...PAST, 'job/agent silent 2-']);
    const { value, status, context, output, timers, isTooBig } = agentDetail;
    store.apply({
      ...{ type: 'actorChanged', id: 2, at: ROOM_AT + 9_000, value, status, context, output },
      ...{ timers, isTooBig, counts: {}, entriesLost: 0 },
      entries: [entryOf(4, { value: 'speaking' }), entryOf(5, { value: 'silent' })],
    });
    expect(bars(feed.actor)).toEqual([
      ...[...PAST, 'job/agent silent 2-4', 'job/agent speaking 4-5', 'job/agent silent 5-'],
    ]);
  });

  test('[TLN-11] its row may come after what is known of it', () => {
    const [actors, detail] = [viewedRoom[2], viewedRoom[4]];
    const { feed } = feedOf([detail, actors].flatMap((message) => message ?? []));
    expect(bars(feed.actor)).toEqual([...PAST, 'job/agent silent 2-']);
  });

  test('[TLN-12] marks and levels go on from those of the room', () => {
    const { store, feed } = feedOf();
    const mark = { ...agentRow, at: ROOM_AT + 5_000, kind: 'message', text: 'welcome' } as const;
    store.apply({ type: 'marks', marks: [mark] });
    const level = { system: 'AJ_1', audioLevel: 0.5, frameRateHz: 15 };
    store.apply({ type: 'levels', at: ROOM_AT + 5_000, levels: [level] });
    expect(feed.marks.map(({ text }) => text)).toEqual(['quality of alice is poor', 'welcome']);
    expect(feed.levels.of('AJ_1')?.audioLevel).toEqual([0.2, 0.5]);
  });

  test('[TLN-13] a recording is known to its end: what is played changes nothing of it', () => {
    const { store, feed } = feedOf();
    store.apply({
      ...{ type: 'recording', file: 'AJ_1.1.jsonl', agent: 'participant-monitor', steps: 9 },
      ...{ firstAt: ROOM_AT, lastAt: ROOM_AT + 9_000, ending: 'closed', divergence: null },
      ...{ timeline: { ...standup, levels: [] }, isTimelineCut: false, alerts: [] },
    });
    const change = { id: 2, value: 'speaking', status: 'active', endedAt: null, error: null };
    store.apply(changes({ changed: [{ ...change, status: 'active' }] }));
    store.apply({ type: 'room', at: ROOM_AT, ...standup, rows: [] });
    expect(bars(feed.room)).toEqual([...PAST, 'job/agent silent 2-']);
  });
});
