import { createActor, initialTransition, transition } from 'xstate';
import { describe, expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import type { TrackInfo } from '../../../src/machines/events.ts';
import type { TrackFact } from '../../../src/machines/session/track.events.ts';
import {
  noFrames,
  pauseFrames,
  watchFrames,
} from '../../../src/machines/session/video-track.logic.ts';
import {
  videoTrackMachine,
  type VideoTrackInput,
} from '../../../src/machines/session/video-track.machine.ts';
import { camera, sessionConfig, statsOf, T0 } from '../../support/session-facts.ts';
import { startUnderParent } from '../../support/start-under-parent.ts';
import { throughJson } from '../../support/through-json.ts';

const { sid } = camera;

const inputOf = (measured = true, track: Partial<TrackInfo> = {}): VideoTrackInput => ({
  track: { ...camera, ...track },
  at: T0,
  measured,
  config: sessionConfig.video,
});

const at = T0 + 1_000;
const subscribed: TrackFact = { type: 'track.subscribed', at };
const unsubscribed: TrackFact = { type: 'track.unsubscribed', at };
const muted: TrackFact = { type: 'track.muted', at };
const unmuted: TrackFact = { type: 'track.unmuted', at };
const unpublished: TrackFact = { type: 'track.unpublished', at };
const refused: TrackFact = { type: 'track.subscriptionFailed', at };
const poll = (framesDecoded: number, polledAt = at): TrackFact => ({
  type: 'track.polled',
  at: polledAt,
  stats: statsOf(sid, 1, { framesDecoded, width: 640, height: 360 }),
});

describe('the frames of a track', () => {
  const after = (polls: readonly { frames: number; width?: number }[]) =>
    polls.reduce(
      (watch, { frames, width = 640 }, index) =>
        watchFrames(
          watch,
          statsOf(sid, 1, { framesDecoded: frames, width, height: width }),
          at + index * 500,
        ),
      noFrames,
    );

  it('[TRK-9] adds up frames and tells their rate, size and last time', () => {
    expect(after([{ frames: 10 }, { frames: 25 }, { frames: 40 }])).toMatchObject({
      framesTotal: 40,
      frameRateHz: 30,
      lastFrameAt: at + 1_000,
      emptyPolls: 0,
      width: 640,
      height: 640,
    });
  });

  it('[TRK-9] knows no rate from one poll alone', () => {
    expect(after([{ frames: 10 }]).frameRateHz).toBe(0);
  });

  it('[TRK-9] tells a rate to a tenth', () => {
    expect(after([{ frames: 0 }, { frames: 7 }, { frames: 14 }]).frameRateHz).toBe(14);
    expect(after([{ frames: 1 }, { frames: 1 }, { frames: 8 }]).frameRateHz).toBe(7);
  });

  it('[TRK-9] keeps the total when counters begin anew', () => {
    const watch = after([{ frames: 100 }, { frames: 110 }, { frames: 4 }]);
    expect(watch).toMatchObject({ framesTotal: 114, frameRateHz: 0, emptyPolls: 0 });
  });

  it('[TRK-9] does not take counters that begin anew at zero for a frame', () => {
    const watch = after([{ frames: 100 }, { frames: 0 }]);
    expect(watch).toMatchObject({ framesTotal: 100, lastFrameAt: at, emptyPolls: 1 });
  });

  it('[TRK-9] does not believe the tiny size that an ending track tells', () => {
    expect(after([{ frames: 1 }, { frames: 2, width: 8 }]).width).toBe(640);
  });

  it('[TRK-10] counts polls without a frame', () => {
    expect(after([{ frames: 9 }, { frames: 9 }, { frames: 9 }]).emptyPolls).toBe(2);
  });

  it('[TRK-10] has no rate and no empty polls in a pause, and goes on from the same counter', () => {
    const paused = pauseFrames(after([{ frames: 9 }, { frames: 20 }, { frames: 20 }]));
    expect(paused).toMatchObject({ frameRateHz: 0, emptyPolls: 0, framesTotal: 20 });
    const next = watchFrames(paused, statsOf(sid, 1, { framesDecoded: 21 }), at + 9_000);
    expect(next.framesTotal).toBe(21);
  });
});

describe('the decision', () => {
  const stateAfter = (events: readonly TrackFact[], input = inputOf()) => {
    const [initial] = initialTransition(videoTrackMachine, input);
    return events.reduce(
      (snapshot, event) => transition(videoTrackMachine, snapshot, event)[0],
      initial,
    ).value;
  };
  const waiting = { due: { dark: 'waiting' } };
  const frozen = { due: { dark: 'frozen' } };
  const flowing = { due: 'flowing' };

  it.each([
    ['[TRK-9] waits for its first frame', [], waiting],
    ['[TRK-9] still waits while polls bring none', [poll(0), poll(0), poll(0)], waiting],
    ['[TRK-9] flows with its first frame', [poll(0), poll(1)], flowing],
    ['[TRK-10] is not frozen by one poll without a frame', [poll(9), poll(9)], flowing],
    ['[TRK-10] is frozen by two in a row', [poll(9), poll(9), poll(9)], frozen],
    ['[TRK-10] is not frozen by two apart', [poll(9), poll(9), poll(10), poll(10)], flowing],
    ['[TRK-10] stays frozen', [poll(9), poll(9), poll(9), poll(9), poll(9)], frozen],
    ['[TRK-10] flows again with the next frame', [poll(9), poll(9), poll(9), poll(10)], flowing],
    ['[TRK-10] is not frozen by counters that begin anew', [poll(9), poll(9), poll(2)], flowing],
    [
      '[TRK-10] is not thawed by counters that begin anew at zero',
      [poll(9), poll(9), poll(9), poll(0)],
      frozen,
    ],
    ['[TRK-10] is not frozen while muted', [poll(9), muted, poll(9), poll(9), poll(9)], 'muted'],
    ['[TRK-10] is no longer frozen when muted', [poll(9), poll(9), poll(9), muted], 'muted'],
    [
      '[TRK-10] waits for a frame after the unmute',
      [poll(9), muted, poll(9), poll(9), unmuted, poll(9)],
      waiting,
    ],
    ['[TRK-10] flows again after the unmute', [poll(9), muted, unmuted, poll(10)], flowing],
    ['[TRK-9] waits anew after its subscription ended', [poll(9), unsubscribed], waiting],
    ['[TRK-8] is unavailable where the subscription failed', [refused], 'unavailable'],
    ['[TRK-8] stays unavailable whatever the mute', [refused, muted, unmuted], 'unavailable'],
    ['[TRK-8] is due again with a new subscription', [refused, subscribed], waiting],
    ['[TRK-9] ends when it is unpublished', [poll(9), unpublished], 'ended'],
  ] as const)('%s', (_title, events, expected) => {
    expect(stateAfter(events)).toEqual(expected);
  });

  it.each([
    [
      '[TRK-5] is unavailable where it is encrypted',
      inputOf(true, { encrypted: true }),
      [poll(9)],
      'unavailable',
    ],
    [
      '[TRK-10] is muted where it was published so',
      inputOf(true, { muted: true }),
      [poll(9)],
      'muted',
    ],
    [
      '[TRK-7] is only listed where its media does not flow',
      inputOf(false),
      [poll(9), poll(9), poll(9)],
      'listed',
    ],
    ['[TRK-7] is muted where it is only listed', inputOf(false), [muted], 'muted'],
    ['[TRK-7] is listed again after the unmute', inputOf(false), [muted, unmuted], 'listed'],
  ] as const)('%s', (_title, input, events, expected) => {
    expect(stateAfter(events, input)).toEqual(expected);
  });
});

describe('the running actor', () => {
  const start = (input = inputOf()) => {
    const clock = new VirtualClock(T0);
    const started = startUnderParent(clock, (under) =>
      createActor(videoTrackMachine, { input, ...under }),
    );
    const say = (...events: TrackFact[]) => {
      for (const event of events) started.actor.send(event);
    };
    const toldOf = (type: string) => started.reports.filter((report) => report.type === type);
    return { ...started, clock, say, toldOf };
  };
  const polls = (...frames: number[]) =>
    frames.map((count, index) => poll(count, at + index * 500));

  it('[TRK-9] tells that frames flow, once', () => {
    const { reports, say } = start();
    say(...polls(10, 20, 30));
    expect(reports).toEqual([{ type: 'track.framesFlowed', trackSid: sid, at }]);
  });

  it('[TRK-10] tells of a freeze once, with the time of the last frame, and of its end', () => {
    const { reports, say } = start();
    say(...polls(10, 20, 20, 20, 20, 20, 30));
    expect(reports).toEqual([
      { type: 'track.framesFlowed', trackSid: sid, at },
      { type: 'track.framesStopped', trackSid: sid, at: at + 500 },
      { type: 'track.framesFlowed', trackSid: sid, at: at + 3_000 },
    ]);
  });

  it.each([
    ['mute', muted],
    ['unpublication', unpublished],
    ['end of its subscription', unsubscribed],
    ['failure of its subscription', refused],
  ] as const)('[TRK-10] says at the %s that frames are no longer due', (_name, event) => {
    const { toldOf, say } = start();
    say(...polls(10, 10, 10), { ...event, at: at + 9_000 });
    expect(toldOf('track.framesNotDue')).toEqual([
      { type: 'track.framesNotDue', trackSid: sid, at: at + 9_000 },
    ]);
  });

  it('[TRK-11] misses frames 10 s after the publication, and not before', () => {
    const { reports, clock, say } = start();
    say(...polls(0, 0, 0));
    clock.advanceTo(T0 + 9_999);
    expect(reports).toEqual([]);
    clock.advanceTo(T0 + 10_000);
    expect(reports).toEqual([
      { type: 'track.framesMissed', trackSid: sid, at: T0 + 10_000, missingMs: 10_000 },
    ]);
    clock.advanceBy(60_000);
    expect(reports).toHaveLength(1);
  });

  it('[TRK-11] misses frames 10 s after a freeze, counted from the last frame', () => {
    const { toldOf, clock, say } = start();
    clock.advanceTo(at + 1_000);
    say(...polls(10, 10, 10));
    clock.advanceBy(10_000);
    expect(toldOf('track.framesMissed')).toMatchObject([{ at: at + 10_000 }]);
  });

  it('[TRK-11] does not miss frames of a muted camera, and begins anew with the unmute', () => {
    const { toldOf, clock, say } = start();
    clock.advanceTo(T0 + 5_000);
    say(muted);
    clock.advanceTo(T0 + 60_000);
    say({ ...unmuted, at: T0 + 60_000 });
    clock.advanceTo(T0 + 69_999);
    expect(toldOf('track.framesMissed')).toEqual([]);
    clock.advanceTo(T0 + 70_000);
    expect(toldOf('track.framesMissed')).toMatchObject([{ at: T0 + 70_000 }]);
  });

  it.each([
    ['TRK-5', inputOf(true, { encrypted: true })],
    ['TRK-7', inputOf(false)],
  ] as const)('[%s] says nothing of frames that it cannot count', (_id, input) => {
    const { reports, clock, say } = start(input);
    say(subscribed, ...polls(10, 10, 10, 10), muted, unmuted);
    clock.advanceBy(60_000);
    expect(reports).toEqual([]);
  });

  it('[TRK-13] comes back from its snapshot as JSON', () => {
    const { actor, say } = start();
    say(...polls(10, 10, 10));
    const snapshot = throughJson(actor.getPersistedSnapshot());
    const restored = createActor(videoTrackMachine, {
      input: inputOf(),
      snapshot,
      clock: new VirtualClock(at),
    });
    restored.start();
    expect(restored.getSnapshot().value).toEqual(actor.getSnapshot().value);
    restored.stop();
  });
});

describeMachine(videoTrackMachine, {
  ruleId: 'TRK-12',
  input: inputOf(),
  events: [subscribed, unsubscribed, muted, unmuted, refused, unpublished, poll(9), poll(10)],
  keyOf: ({ context }) => [
    context.muted,
    Math.min(context.frames.emptyPolls, 2),
    context.frames.recentPolls.at(-1)?.framesDecoded,
  ],
  also: {
    'listed only': { input: inputOf(false) },
    encrypted: { input: inputOf(true, { encrypted: true }) },
  },
  invariants: ({ context }) => expect(findNotJson(context)).toBeUndefined(),
});
