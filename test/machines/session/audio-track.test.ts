import { createActor, initialTransition, transition, type EventObject } from 'xstate';
import { describe, expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import type { TrackInfo } from '../../../src/machines/events.ts';
import { noPackets, watchPackets } from '../../../src/machines/session/audio-track.logic.ts';
import {
  audioTrackMachine,
  type AudioTrackInput,
} from '../../../src/machines/session/audio-track.machine.ts';
import type { AudioTrackEvent, SpeechSource } from '../../../src/machines/session/track.events.ts';
import { LevelPorts } from '../../support/level-ports.ts';
import { microphone, sessionConfig, statsOf, T0 } from '../../support/session-facts.ts';
import { startUnderParent } from '../../support/start-under-parent.ts';
import { throughJson } from '../../support/through-json.ts';

const { sid } = microphone;
const config = sessionConfig.audio;

const inputOf = (
  speechFrom: SpeechSource = 'levels',
  track: Partial<TrackInfo> = {},
): AudioTrackInput => ({ track: { ...microphone, ...track }, at: T0, speechFrom, config });

const at = T0 + 1_000;
const subscribed: AudioTrackEvent = { type: 'track.subscribed', at };
const unsubscribed: AudioTrackEvent = { type: 'track.unsubscribed', at };
const muted: AudioTrackEvent = { type: 'track.muted', at };
const unmuted: AudioTrackEvent = { type: 'track.unmuted', at };
const unpublished: AudioTrackEvent = { type: 'track.unpublished', at };
const refused: AudioTrackEvent = { type: 'track.subscriptionFailed', at };
const levelsFailed: AudioTrackEvent = {
  type: 'audio.levelsFailed',
  at,
  error: { code: 'E_TEST', message: 'broken', retryable: false },
};
const level = (rms: number, windowAt = at): AudioTrackEvent => ({
  type: 'audio.levelMeasured',
  rms,
  at: windowAt,
});
const named: AudioTrackEvent = { type: 'speakers.changed', at, speaking: true };
const unnamed: AudioTrackEvent = { type: 'speakers.changed', at, speaking: false };
const poll = (packetsReceived: number): AudioTrackEvent => ({
  type: 'track.polled',
  at,
  stats: statsOf(sid, packetsReceived),
});

const loud = level(0.2);
const quietFor = (durationMs: number) => level(0, at + durationMs);

describe('the packets of a track', () => {
  const emptyPollsOf = (counts: readonly number[]) =>
    counts.reduce((watch, count) => watchPackets(watch, statsOf(sid, count)), noPackets).emptyPolls;

  it.each([
    ['[TRK-4] does not count before the first packet', [0, 0, 0, 0], 0],
    ['[TRK-4] counts polls without a packet', [5, 5, 5, 5], 3],
    ['[TRK-4] does not take the packets of silence (DTX) for none', [5, 7, 9, 11], 0],
    ['[TRK-4] starts anew with the next packet', [5, 5, 5, 6], 0],
    ['[TRK-4] takes counters that begin anew for packets', [5, 5, 5, 2], 0],
  ] as const)('%s', (_title, counts, expected) => {
    expect(emptyPollsOf(counts)).toBe(expected);
  });
});

describe('the decision', () => {
  const stateAfter = (events: readonly AudioTrackEvent[], input = inputOf()) => {
    const [initial] = initialTransition(audioTrackMachine, input);
    return events.reduce(
      (snapshot, event) => transition(audioTrackMachine, snapshot, event)[0],
      initial,
    ).value;
  };
  const in_ = (state: string) => ({ subscribed: state });

  it.each([
    ['[TRK-1] waits for its subscription', [], 'subscribing'],
    ['[TRK-1] is silent at first', [subscribed], in_('silent')],
    [
      '[TRK-1] takes one window above the threshold for speech',
      [subscribed, level(0.0101)],
      in_('speaking'),
    ],
    [
      '[TRK-1] does not take a window at the threshold for speech',
      [subscribed, level(0.01)],
      in_('silent'),
    ],
    [
      '[TRK-2] does not take a breath for the end',
      [subscribed, loud, quietFor(900)],
      in_('speaking'),
    ],
    [
      '[TRK-2] takes a second at or below the threshold for the end',
      [subscribed, loud, level(0.01, at + 1_000)],
      in_('silent'),
    ],
    [
      '[TRK-2] counts the second from the last loud window',
      [subscribed, loud, level(0.2, at + 900), quietFor(1_800)],
      in_('speaking'),
    ],
    ['[TRK-3] ends speech at once with the mute', [subscribed, loud, muted], in_('muted')],
    ['[TRK-3] is muted and not silent', [subscribed, muted, loud], in_('muted')],
    ['[TRK-3] knows a mute from before its subscription', [muted, subscribed], in_('muted')],
    ['[TRK-3] is silent after the unmute', [subscribed, muted, unmuted], in_('silent')],
    [
      '[TRK-4] stalls after three polls without a packet',
      [subscribed, poll(9), poll(9), poll(9), poll(9)],
      in_('stalled'),
    ],
    ['[TRK-4] does not stall after two', [subscribed, poll(9), poll(9), poll(9)], in_('silent')],
    [
      '[TRK-4] stalls while speaking, because missing packets are not silence',
      [subscribed, loud, poll(9), poll(9), poll(9), poll(9)],
      in_('stalled'),
    ],
    [
      '[TRK-4] does not stall while muted',
      [subscribed, muted, poll(9), poll(9), poll(9), poll(9)],
      in_('muted'),
    ],
    [
      '[TRK-4] does not count the polls of a mute',
      [subscribed, muted, poll(9), poll(9), poll(9), poll(9), unmuted, poll(9)],
      in_('silent'),
    ],
    [
      '[TRK-4] recovers with the next packet',
      [subscribed, poll(9), poll(9), poll(9), poll(9), poll(10)],
      in_('silent'),
    ],
    ['[TRK-8] is unavailable where the subscription failed', [refused], 'unavailable'],
    ['[TRK-8] is unavailable where its levels failed', [subscribed, levelsFailed], 'unavailable'],
    ['[TRK-8] stays unavailable whatever the mute', [refused, muted, unmuted], 'unavailable'],
    ['[TRK-8] is available again with a new subscription', [refused, subscribed], in_('silent')],
    ['[TRK-1] waits again when it is unsubscribed', [subscribed, unsubscribed], 'subscribing'],
    ['[TRK-1] ends when it is unpublished', [subscribed, unpublished], 'ended'],
    [
      '[TRK-6] does not hear the server where levels are measured',
      [subscribed, named],
      in_('silent'),
    ],
  ] as const)('%s', (_title, events, expected) => {
    expect(stateAfter(events)).toEqual(expected);
  });

  it.each([
    ['[TRK-6] takes the server’s word for speech', [subscribed, named], in_('speaking')],
    ['[TRK-6] takes the server’s word for silence', [subscribed, named, unnamed], in_('silent')],
    [
      '[TRK-6] does not believe that somebody muted speaks',
      [subscribed, named, muted, named],
      in_('muted'),
    ],
    [
      '[TRK-4] does not stall where no media flows',
      [subscribed, poll(9), poll(9), poll(9), poll(9), poll(9)],
      in_('silent'),
    ],
  ] as const)('%s', (_title, events, expected) => {
    expect(stateAfter(events, inputOf('server'))).toEqual(expected);
  });

  it.each([
    ['[TRK-5] is unavailable where it is encrypted', 'levels', {}, 'unavailable'],
    ['[TRK-5] is muted where it is encrypted and muted', 'levels', { muted: true }, in_('muted')],
    ['[TRK-5] hears the server although it is encrypted', 'server', {}, in_('silent')],
  ] as const)('%s', (_title, speechFrom, track, expected) => {
    expect(stateAfter([subscribed], inputOf(speechFrom, { encrypted: true, ...track }))).toEqual(
      expected,
    );
  });

  it('[TRK-7] never takes screen share audio for speech', () => {
    expect(stateAfter([subscribed, loud, named], inputOf('none'))).toEqual(in_('listed'));
  });
});

describe('the running actor', () => {
  const start = (input = inputOf()) => {
    const clock = new VirtualClock(T0);
    const levels = new LevelPorts();
    const machine = audioTrackMachine.provide({ actors: { levels: levels.logic } });
    const started = startUnderParent(clock, (under) => createActor(machine, { input, ...under }));
    const say = (...events: AudioTrackEvent[]) => {
      for (const event of events) started.actor.send(event);
    };
    return { ...started, clock, levels, say };
  };

  it('[TRK-1] tells of a turn with the beginning of its first loud window', () => {
    const { reports, levels, say } = start();
    say(subscribed);
    levels.say(sid, { type: 'audio.levelMeasured', rms: 0.2, at });
    expect(reports).toEqual([{ type: 'track.speechStarted', trackSid: sid, at: at - 100 }]);
  });

  it('[TRK-2] tells of the end with the end of its last loud window', () => {
    const { reports, say } = start();
    say(subscribed, loud, level(0.2, at + 500), quietFor(1_400), quietFor(1_500));
    expect(reports.at(-1)).toEqual({ type: 'track.speechEnded', trackSid: sid, at: at + 500 });
    expect(reports).toHaveLength(2);
  });

  it.each([
    ['TRK-3', 'mute', muted],
    ['TRK-1', 'unpublication', unpublished],
    ['TRK-1', 'end of its subscription', unsubscribed],
    ['TRK-8', 'failure of its levels', levelsFailed],
  ] as const)('[%s] tells of the end of a turn at the %s', (_id, _name, event) => {
    const { reports, say } = start();
    say(subscribed, loud, { ...event, at: at + 300 });
    expect(reports.filter(({ type }) => type === 'track.speechEnded')).toEqual([
      { type: 'track.speechEnded', trackSid: sid, at },
    ]);
  });

  it.each([
    ['silence', unnamed],
    ['mute', muted],
    ['end of the subscription', unsubscribed],
    ['unpublication', unpublished],
  ] as const)('[TRK-6] ends the server’s turn with the time of the %s', (_name, event) => {
    const { reports, say } = start(inputOf('server'));
    say(subscribed, named, { ...event, at: at + 4_000 });
    expect(reports.slice(0, 2)).toEqual([
      { type: 'track.speechStarted', trackSid: sid, at },
      { type: 'track.speechEnded', trackSid: sid, at: at + 4_000 },
    ]);
  });

  it('[TRK-1] keeps the level and the peak, and no level where there is none', () => {
    const { actor, say } = start();
    const figures = () => {
      const { level: now, peakLevel } = actor.getSnapshot().context;
      return { level: now, peakLevel };
    };
    say(subscribed, level(0.3), level(0.1));
    expect(figures()).toEqual({ level: 0.1, peakLevel: 0.3 });
    say(muted);
    expect(figures()).toEqual({ level: 0, peakLevel: 0.3 });
    say(unmuted, level(0.2), poll(9), poll(9), poll(9), poll(9));
    expect(figures()).toEqual({ level: 0, peakLevel: 0.3 });
  });

  it('[TRK-1] reads levels exactly while subscribed', () => {
    const { levels, say } = start();
    expect(levels.isOpen(sid)).toBe(false);
    say(subscribed, muted, unmuted);
    expect(levels.isOpen(sid)).toBe(true);
    say(unsubscribed);
    expect(levels.isOpen(sid)).toBe(false);
    say(subscribed, unpublished);
    expect(levels.isOpen(sid)).toBe(false);
  });

  it.each([
    ['TRK-6', inputOf('server')],
    ['TRK-7', inputOf('none')],
    ['TRK-5', inputOf('levels', { encrypted: true })],
  ] as const)('[%s] reads no levels where they say nothing', (_id, input) => {
    const { levels, say } = start(input);
    say(subscribed);
    expect(levels.isOpen(sid)).toBe(false);
  });

  it('[TRK-13] comes back from its snapshot as JSON', () => {
    const { actor, say } = start();
    say(subscribed, loud, poll(9));
    const snapshot = throughJson(actor.getPersistedSnapshot());
    const machine = audioTrackMachine.provide({ actors: { levels: new LevelPorts().logic } });
    const restored = createActor(machine, {
      input: inputOf(),
      snapshot,
      clock: new VirtualClock(at),
    });
    restored.start();
    expect(restored.getSnapshot().value).toEqual(actor.getSnapshot().value);
    restored.stop();
  });
});

const isSpeech = ({ type }: EventObject) =>
  type === 'track.speechStarted' || type === 'track.speechEnded';

describeMachine(audioTrackMachine, {
  ruleId: 'TRK-12',
  input: inputOf(),
  events: [
    subscribed,
    unsubscribed,
    muted,
    unmuted,
    refused,
    unpublished,
    named,
    unnamed,
    poll(9),
    poll(10),
  ],
  childEvents: { levels: [loud, quietFor(900), quietFor(2_000), levelsFailed] },
  keyOf: ({ context }) => [
    context.muted,
    Math.min(context.packets.emptyPolls, 3),
    context.packets.packetsReceived,
  ],
  also: {
    'by the server': { input: inputOf('server') },
    'listed only': { input: inputOf('none') },
    encrypted: { input: inputOf('levels', { encrypted: true }) },
  },
  invariants: (snapshot, told) => {
    expect(findNotJson(snapshot.context)).toBeUndefined();
    // Every turn that was told of is told of twice.
    expect(told.filter(isSpeech).length % 2 === 1).toBe(
      snapshot.matches({ subscribed: 'speaking' }),
    );
  },
});
