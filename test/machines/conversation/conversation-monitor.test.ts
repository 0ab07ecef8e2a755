import { createActor, type EventObject } from 'xstate';
import { describe, expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { readMessage } from '../../../src/machines/conversation/item-message.logic.ts';
import type {
  ConversationEvent,
  ConversationInput,
} from '../../../src/machines/conversation/conversation.context.ts';
import {
  conversationMonitorMachine,
  conversationView,
  type ConversationMonitorSnapshot,
} from '../../../src/machines/conversation/conversation-monitor.machine.ts';
import { toReplayRequest } from '../../../src/machines/conversation/replay-request.logic.ts';
import type { ParticipantRef, SealState } from '../../../src/machines/events.ts';
import { audioTrackMachine } from '../../../src/machines/session/audio-track.machine.ts';
import { LevelPorts } from '../../support/level-ports.ts';
import { job } from '../../support/monitor-facts.ts';
import { isMessage } from '../../support/monitor-stage.ts';
import {
  alice,
  aliceAgain,
  bob,
  camera,
  microphone,
  participant,
  T0,
} from '../../support/session-facts.ts';
import { startUnderParent } from '../../support/start-under-parent.ts';
import { roomConnected } from '../../support/told-facts.ts';

const input: ConversationInput = {
  job: { ...job, agent: 'conversation-monitor', jobType: 'room' },
  metadata: { topics: { transcription: 'transcription', agent_response: 'agent_response' } },
  settings: {
    CONVERSATION_BUFFER_ITEMS: 1_000,
    CONVERSATION_BUFFER_AGE: 900_000,
    CONVERSATION_WEBHOOK: false,
    SPEAKING_THRESHOLD: 0.01,
  },
  startedAt: T0,
};

/** A word: somebody without a name, of whose message the seal says this. */
type Sender = ParticipantRef | null | SealState;

const dataOf = (
  at: number,
  sender: Sender,
  text: string,
  topic = 'transcription',
): ConversationEvent => ({
  ...{ type: 'data.received', at, topic, text, sizeBytes: text.length, truncated: false },
  ...(typeof sender === 'string' ? { sender: null, seal: sender } : { sender }),
});

const textOf = (
  at: number,
  text: string,
  attributes: Readonly<Record<string, string>>,
  senderIdentity = 'alice',
): ConversationEvent => ({
  ...{ type: 'text.received', at, senderIdentity, topic: 'lk.transcription', text, attributes },
  truncated: false,
});

const robot: ParticipantRef = { identity: 'robot', sid: 'PA_robot' };

/** A conversation monitor with its voices, on the virtual clock, in a room with alice, bob and a robot. */
class ConversationStage {
  readonly clock = new VirtualClock(T0);
  readonly levels = new LevelPorts();
  readonly actor;
  readonly reports: EventObject[];

  constructor(settings: Partial<ConversationInput['settings']> = {}) {
    const machine = conversationMonitorMachine.provide({
      actors: { voice: audioTrackMachine.provide({ actors: { levels: this.levels.logic } }) },
    });
    const started = startUnderParent(this.clock, (under) =>
      createActor(machine, {
        input: { ...input, settings: { ...input.settings, ...settings } },
        ...under,
      }),
    );
    this.actor = started.actor;
    this.reports = started.reports;
    const robotVoice = { ...microphone, sid: 'TR_robot' };
    this.say(
      roomConnected(T0, [
        participant(alice, { tracks: [microphone, camera] }),
        participant(bob),
        participant(robot, { kind: 'agent', tracks: [robotVoice] }),
      ]),
    );
  }

  get now(): number {
    return this.clock.now();
  }

  say(...facts: ConversationEvent[]): void {
    for (const fact of facts) this.actor.send(fact);
  }

  pass(durationMs: number): void {
    this.clock.advanceBy(durationMs);
  }

  /** The items that were sent, those to somebody alone with their receivers. */
  get sent(): readonly string[] {
    return this.reports.filter(isMessage).map(({ payload, to }) => {
      const read = readMessage(JSON.stringify(payload));
      if (!read.ok) throw new Error(read.problem);
      const { item } = read.message;
      const toOne = to === 'everybody' ? '' : ` to ${to.join()}`;
      return `${item.seq} ${item.type} ${item.participant}: ${item.content}${toOne}`;
    });
  }
}

const inside = ['1 event alice: present', '2 event bob: present', '3 event robot: present'];

describe('a conversation monitor', () => {
  it('[CNV-30] listens to microphones, agents included, and to nothing else', () => {
    const stage = new ConversationStage();
    expect(stage.reports.filter(({ type }) => type === 'track.setMedia')).toEqual([
      { type: 'track.setMedia', trackSid: 'TR_mic', mode: 'media' },
      { type: 'track.setMedia', trackSid: 'TR_robot', mode: 'media' },
    ]);
  });

  it('[CNV-31] lets only agents speak for others', () => {
    const stage = new ConversationStage();
    const text = JSON.stringify({ content: 'hello', participant: 'bob' });
    stage.say(dataOf(T0, alice, text), dataOf(T0, robot, text), dataOf(T0, 'valid', text));
    expect(stage.sent.slice(3)).toEqual([
      '4 transcription alice: hello',
      '5 transcription bob: hello',
      '6 transcription bob: hello',
    ]);
  });

  it('[SEAL-6] lets nobody without a name speak for others without a seal', () => {
    const stage = new ConversationStage();
    const text = JSON.stringify({ content: 'hello', participant: 'bob' });
    stage.say(dataOf(T0, null, text), dataOf(T0, 'invalid', text));
    expect(stage.sent.slice(3)).toEqual(['4 transcription : hello', '5 transcription : hello']);
    expect(stage.reports.filter(isMessage).at(-1)).toMatchObject({
      payload: { metadata: { sender: null, topic: 'transcription', claimed: 'bob' } },
      sealed: true,
    });
  });

  it('[SEAL-6] lets nobody speak for another by the name of their track, but agents', () => {
    const stage = new ConversationStage();
    const track = { 'lk.transcribed_track_id': 'TR_mic', 'lk.transcription_final': 'true' };
    for (const sender of ['bob', 'robot', '']) stage.say(textOf(T0, 'hello', track, sender));
    expect(stage.sent.slice(3)).toEqual([
      '4 transcription bob: hello',
      '5 transcription alice: hello',
      '6 transcription alice: hello',
    ]);
  });

  it('[CNV-32] takes of a transcription the final text, once', () => {
    const stage = new ConversationStage();
    const segment = { 'lk.segment_id': 'SG_1', 'lk.transcribed_track_id': 'TR_mic' };
    stage.say(
      textOf(T0, 'good', { ...segment, 'lk.transcription_final': 'false' }, 'robot'),
      textOf(T0, 'good morning', { ...segment, 'lk.transcription_final': 'true' }, 'robot'),
      textOf(T0, 'good morning', { ...segment, 'lk.transcription_final': 'true' }, 'robot'),
      textOf(T0, ' ', {}),
    );
    expect(stage.sent.slice(3)).toEqual(['4 transcription alice: good morning']);
  });

  it('[CNV-32] takes what an agent says as whole once its stream ends', () => {
    const stage = new ConversationStage();
    const own = { 'lk.segment_id': 'SG_2', 'lk.transcribed_track_id': 'TR_robot' };
    stage.say(textOf(T0, 'how can I help', { ...own, 'lk.transcription_final': 'false' }, 'robot'));
    expect(stage.sent.slice(3)).toEqual(['4 agent_response robot: how can I help']);
  });

  it('[CNV-33] answers who came late with what was sent, and nobody else', () => {
    const stage = new ConversationStage();
    const ask = (sender: Sender, after: number, jobId: string | null = null) =>
      stage.say(
        dataOf(
          stage.now,
          sender,
          JSON.stringify(toReplayRequest({ after, replyTo: 'agent-AJ_2', jobId })),
          'conversation_replay',
        ),
      );
    ask(null, 1);
    expect(stage.sent).toHaveLength(3);
    ask('valid', 1);
    expect(stage.sent.slice(3)).toEqual(inside.slice(1).map((item) => `${item} to agent-AJ_2`));
    ask('valid', 0);
    ask(alice, 0);
    stage.pass(2_000);
    ask(alice, 0);
    ask('valid', 0, 'AJ_other');
    expect(stage.sent).toHaveLength(5);
    ask(robot, 2, 'AJ_1');
    expect(stage.sent.slice(5)).toEqual(['3 event robot: present to agent-AJ_2']);
    expect(stage.reports.filter(isMessage).every((message) => message.sealed)).toBe(true);
  });

  it('[CNV-33] answers at most five within two seconds', () => {
    const stage = new ConversationStage();
    for (let index = 0; index < 10; index += 1) {
      const request = toReplayRequest({ after: 2, replyTo: `agent-${index}`, jobId: null });
      stage.say(dataOf(T0, 'valid', JSON.stringify(request), 'conversation_replay'));
    }
    expect(stage.sent.slice(3)).toHaveLength(5);
  });

  it('[CNV-34] forgets items that are too old', () => {
    const stage = new ConversationStage({ CONVERSATION_BUFFER_AGE: 60_000 });
    stage.pass(61_000);
    stage.say(dataOf(stage.now, alice, 'later'));
    const request = toReplayRequest({ after: 0, replyTo: 'agent-AJ_2', jobId: null });
    stage.say(dataOf(stage.now, 'valid', JSON.stringify(request), 'conversation_replay'));
    expect(stage.sent.slice(3)).toEqual([
      '4 transcription alice: later',
      '4 transcription alice: later to agent-AJ_2',
    ]);
    expect(stage.reports.filter(({ type }) => type === 'condition.met')).toEqual([]);
  });

  it('[CNV-35] tells of those who are not back after its own reconnect, and of nobody else', () => {
    const stage = new ConversationStage();
    stage.say({ type: 'room.reconnecting', at: stage.now });
    for (const ref of [alice, bob]) {
      stage.say({ type: 'participant.disconnected', at: stage.now, ...ref });
    }
    stage.say({ type: 'participant.connected', at: stage.now, participant: participant(alice) });
    stage.say({ type: 'room.reconnected', at: stage.now });
    stage.pass(2_000);
    expect(stage.sent.filter((item) => item.includes('left'))).toEqual(['4 event bob: left']);
    expect(stage.sent.filter((item) => item.includes('joined'))).toEqual([]);
  });

  it('[CNV-35] tells of a leave before the return as another connection', () => {
    const stage = new ConversationStage();
    stage.say({ type: 'participant.disconnected', at: stage.now, ...alice });
    stage.say({
      ...{ type: 'participant.connected', at: stage.now },
      participant: participant(aliceAgain),
    });
    stage.pass(10_000);
    expect(stage.sent.slice(3)).toEqual(['4 event alice: left', '5 event alice: joined']);
  });

  it('[CNV-36] counts microphones that it cannot hear', () => {
    const stage = new ConversationStage();
    const encrypted = { ...microphone, sid: 'TR_bob', encrypted: true };
    stage.say(
      { type: 'track.published', at: T0, ...bob, track: encrypted },
      { type: 'track.subscribed', at: T0, ...bob, trackSid: 'TR_bob' },
    );
    expect(conversationView(stage.actor.getSnapshot())).toMatchObject({
      conversation: { unheardTracks: 1 },
    });
  });

  it('[CNV-37] reports its figures every 30 s', () => {
    const stage = new ConversationStage();
    stage.pass(60_000);
    expect(stage.reports.filter(({ type }) => type === 'figures.reported')).toMatchObject([
      { figures: { kind: 'conversation', durationMs: 30_000, items: 3 } },
      { figures: { kind: 'conversation', durationMs: 60_000, items: 3 } },
    ]);
  });

  it('[CNV-38] lets go of a voice with its track', () => {
    const stage = new ConversationStage();
    stage.say({ type: 'track.subscribed', at: T0, ...alice, trackSid: 'TR_mic' });
    expect(stage.levels.isOpen('TR_mic')).toBe(true);
    stage.say({ type: 'track.unpublished', at: T0, ...alice, trackSid: 'TR_mic' });
    expect(stage.levels.isOpen('TR_mic')).toBe(false);
    expect(Object.keys(stage.actor.getSnapshot().children)).toEqual(['voice:TR_robot']);
  });
});

const at = T0 + 1_000;
const error = { code: 'E_TEST', message: 'no', retryable: true };

const reconnecting: ConversationEvent = { type: 'room.reconnecting', at };
const reconnected: ConversationEvent = { type: 'room.reconnected', at };
const ending: ConversationEvent = { type: 'job.ending', at, reason: 'drained' };
const ownTrack = { at, ...alice, trackSid: 'TR_mic' };

const tooManyAway = 'needs 1,000 who are away';

// The rest only counts, or is kept for who comes late.
const keyOf = ({ context }: ConversationMonitorSnapshot) => [
  new Set(context.away.map((one) => one.at)).size,
  context.voices.length,
  new Set(context.edges.map((edge) => edge.at)).size,
  context.buffer.waiting,
  Math.min(context.buffer.lost, 1),
];

describeMachine(conversationMonitorMachine, {
  ruleId: 'CNV-39',
  input: { ...input, settings: { ...input.settings, CONVERSATION_BUFFER_ITEMS: 1 } },
  events: [
    { type: 'participant.connected', at, participant: participant(bob) },
    { type: 'participant.disconnected', at, ...bob },
    { type: 'participant.disconnected', at: at + 500, ...alice },
    reconnecting,
    reconnected,
  ],
  keyOf,
  also: {
    'what is said': {
      events: [
        dataOf(at, alice, 'hello'),
        dataOf(
          at,
          'valid',
          '{"version":1,"after":0,"reply_to":"agent-AJ_2"}',
          'conversation_replay',
        ),
        textOf(at, 'hello', {}),
        { type: 'command.failed', at, command: 'data.publish', error },
        reconnecting,
        ending,
      ],
    },
    'who speaks': {
      events: [
        roomConnected(at, [participant(alice, { tracks: [microphone] })]),
        { type: 'track.published', at, ...alice, track: microphone },
        { type: 'track.subscribed', ...ownTrack },
        { type: 'track.unsubscribed', ...ownTrack },
        { type: 'track.muted', ...ownTrack },
        { type: 'track.unmuted', ...ownTrack },
        { type: 'track.unpublished', ...ownTrack },
        { type: 'track.subscriptionFailed', ...ownTrack, error },
        ending,
      ],
      childEvents: {
        'voice:TR_mic': [
          { type: 'track.speechStarted', at, trackSid: 'TR_mic' },
          { type: 'track.speechEnded', at: at + 1_900, trackSid: 'TR_mic' },
          { type: 'track.speechUnavailable', at, trackSid: 'TR_mic' },
        ],
      },
    },
  },
  unreachable: {
    'following.people.doubtful: participant.disconnected': tooManyAway,
    'following.people.waiting: participant.disconnected': tooManyAway,
  },
  invariants: (snapshot) => {
    expect(findNotJson(snapshot.context)).toBeUndefined();
  },
});
