// An agent of a user: listens to every microphone of its room, with one ear or several, or only
// subscribes to it without media.
import { defineAgent, notProvided } from 'greenroom';
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';

const LOUD = 0.01;

const earOf = (trackSid, number) => `${trackSid}-${number}`;

/** `waiting` until the first loud window, then `heard`. */
const microphoneMachine = setup({
  actors: { levels: notProvided('levels') },
  actions: { measure: assign({ level: ({ event }) => event.rms }) },
}).createMachine({
  id: 'microphone',
  context: ({ input }) => ({ ...input, level: 0 }),
  invoke: { id: 'levels', src: 'levels', input: ({ context: { trackSid } }) => ({ trackSid }) },
  initial: 'waiting',
  states: {
    waiting: {
      on: {
        'audio.levelMeasured': {
          guard: ({ event }) => event.rms > LOUD,
          target: 'heard',
          actions: 'measure',
        },
      },
    },
    heard: { on: { 'audio.levelMeasured': { actions: 'measure' } } },
  },
});

const listenerMachine = setup({
  actors: { microphone: notProvided('microphone') },
  actions: {
    askFor: enqueueActions(({ context, enqueue, self }, { tracks }) => {
      for (const { sid, source } of tracks) {
        if (source !== 'microphone') continue;
        const { mode } = context.metadata;
        enqueue.sendTo(self._parent, { type: 'track.setMedia', trackSid: sid, mode });
      }
    }),
    listen: enqueueActions(({ context, enqueue }, { trackSid }) => {
      enqueue.assign({ subscribed: [...context.subscribed, trackSid] });
      if (context.metadata.mode === 'signal') return;
      for (let number = 1; number <= context.metadata.ears; number += 1) {
        enqueue.spawnChild('microphone', { id: earOf(trackSid, number), input: { trackSid } });
      }
    }),
    stopListening: enqueueActions(({ context, enqueue }, { trackSid }) => {
      enqueue.assign({ subscribed: context.subscribed.filter((sid) => sid !== trackSid) });
      for (let number = 1; number <= context.metadata.ears; number += 1) {
        enqueue.stopChild(earOf(trackSid, number));
      }
    }),
  },
}).createMachine({
  id: 'room-listener',
  context: ({ input }) => ({ ...input, subscribed: [] }),
  initial: 'joining',
  on: {
    'participant.connected': {
      actions: { type: 'askFor', params: ({ event }) => event.participant },
    },
    'track.published': {
      actions: { type: 'askFor', params: ({ event }) => ({ tracks: [event.track] }) },
    },
    'track.subscribed': { actions: { type: 'listen', params: ({ event }) => event } },
    'track.unsubscribed': { actions: { type: 'stopListening', params: ({ event }) => event } },
    'job.ending': '.done',
  },
  states: {
    joining: {
      on: {
        'room.connected': {
          target: 'listening',
          actions: {
            type: 'askFor',
            params: ({ event }) => ({
              tracks: event.participants.flatMap(({ tracks }) => tracks),
            }),
          },
        },
      },
    },
    listening: {},
    done: { type: 'final' },
  },
});

export default defineAgent({
  name: 'room-listener',
  jobType: 'room',
  metadata: z.strictObject({
    mode: z.enum(['media', 'signal']),
    ears: z.int().min(1).default(1),
  }),
  settings: z.object({}),
  permissions: () => ({
    canSubscribe: true,
    canPublish: false,
    canPublishData: false,
    canUpdateMetadata: false,
    hidden: true,
  }),
  machine: ({ levels }) =>
    listenerMachine.provide({
      actors: { microphone: microphoneMachine.provide({ actors: { levels } }) },
    }),
  view: (snapshot) => ({
    state: String(snapshot.value),
    tracks: snapshot.context.subscribed.map((sid) => ({
      sid,
      kind: 'audio',
      source: 'microphone',
      muted: false,
      state: String(snapshot.children[earOf(sid, 1)]?.getSnapshot().value ?? 'subscribed'),
    })),
  }),
});
