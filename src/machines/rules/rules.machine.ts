import type { RoomFact, RoomServiceFact } from '../events.ts';
import type { RuleFact } from './fact-paths.ts';
import { nobody } from './people.logic.ts';
import type { RecordingWish } from './rule-commands.logic.ts';
import { rulesSetup } from './rules.setup.ts';

export type { RuleCall } from './rule-commands.logic.ts';
export type { RuleCallFact } from './rules.setup.ts';

const heard = {
  actions: { type: 'hear' as const, params: ({ event }: { event: RuleFact }) => event },
};
const keptUnsure = {
  actions: { type: 'keepUnsure' as const, params: ({ event }: { event: RuleFact }) => event },
};

type Failed = Extract<RoomFact, { type: 'command.failed' }>;
type Wanted = Extract<RecordingWish, { type: 'recording.wanted' }>;
type Unwanted = Extract<RecordingWish, { type: 'recording.unwanted' }>;
type Started = Extract<RoomServiceFact, { type: 'recording.started' }>;

const noteWish = {
  type: 'noteWish' as const,
  params: ({ event }: { event: Wanted }) => event,
};
const noteEnough = {
  type: 'noteEnough' as const,
  params: ({ event }: { event: Unwanted }) => event,
};

/** For guards of the failure of one command. */
const failureOf = (command: 'recording.start' | 'recording.stop') => ({
  type: 'isFailureOf' as const,
  params: ({ event }: { event: Failed }) => ({ failed: event, command }),
});
const startedByUs = {
  type: 'isOurs' as const,
  params: ({ event }: { event: Started }) => event,
};
const noteStarted = {
  type: 'noteStarted' as const,
  params: ({ event }: { event: Started }) => event,
};

/**
 * Follows the rules of the configuration in one job: hears what the agent hears, and asks the job for
 * what they say. Each rule is a child of its own.
 *
 * - `sight`: `clear`, or `lost` while our own connection is: a full reconnect looks as if all left and
 *   came, so rules hear of arrivals and departures once it is over.
 * - `recording`: one at a time, whichever rule asked for it: `none`, `starting`, `recording`,
 *   `stopping`; what is wanted meanwhile is done after the answer of the server. One may end by itself,
 *   which nobody is told: where one is wanted, the server is asked whether that still goes on.
 */
export const rulesMachine = rulesSetup.createMachine({
  id: 'rules',
  context: ({ input }) => ({
    ...input,
    people: nobody,
    peopleBefore: null,
    unsure: [],
    recording: null,
    recordingId: null,
    wantedBy: '',
  }),
  invoke: { id: 'functions', src: 'functions', input: {} },
  entry: 'startRules',
  initial: 'following',
  states: {
    following: {
      type: 'parallel',
      states: {
        sight: {
          // Here and not above both regions: of those XState asks nobody where one of them has an answer.
          on: {
            'room.connected': heard,
            'room.metadataChanged': heard,
            'room.speakersChanged': heard,
            'participant.metadataChanged': heard,
            'participant.attributesChanged': heard,
            'participant.throttled': heard,
            'participant.qualityChanged': heard,
            'track.subscribed': heard,
            'track.unsubscribed': heard,
            'track.subscriptionFailed': heard,
            'track.muted': heard,
            'track.unmuted': heard,
            'data.received': heard,
            'data.throttled': heard,
            'text.received': heard,
            'recording.started': heard,
            'recording.stopped': heard,
            'alert.opened': { actions: { type: 'hearAlert', params: ({ event }) => event } },
            'alert.updated': { actions: { type: 'hearAlert', params: ({ event }) => event } },
            'alert.resolved': { actions: { type: 'hearAlert', params: ({ event }) => event } },
            'rule.acts': { actions: { type: 'carryOut', params: ({ event }) => event } },
            'condition.met': { actions: { type: 'passOn', params: ({ event }) => event } },
            'condition.gone': { actions: { type: 'passOn', params: ({ event }) => event } },
            'command.failed': { actions: { type: 'tellFailure', params: ({ event }) => event } },
            'rule.callFailed': {
              actions: { type: 'tellCallFailure', params: ({ event }) => event },
            },
          },
          initial: 'clear',
          states: {
            clear: {
              on: {
                'participant.connected': heard,
                'participant.active': heard,
                'participant.disconnected': heard,
                'track.published': heard,
                'track.unpublished': heard,
                'room.reconnecting': {
                  target: 'lost',
                  actions: ['loseSight', { type: 'hear', params: ({ event }) => event }],
                },
              },
            },
            lost: {
              on: {
                'participant.connected': keptUnsure,
                'participant.active': keptUnsure,
                'participant.disconnected': keptUnsure,
                'track.published': keptUnsure,
                'track.unpublished': keptUnsure,
                'room.reconnected': {
                  target: 'clear',
                  actions: ['seeAgain', { type: 'hear', params: ({ event }) => event }],
                },
              },
            },
          },
        },
        recording: {
          initial: 'none',
          states: {
            none: {
              on: {
                'recording.wanted': {
                  target: 'starting',
                  actions: noteWish,
                },
                // The answer came after all.
                'recording.started': {
                  guard: startedByUs,
                  target: 'recording',
                  actions: noteStarted,
                },
              },
            },
            starting: {
              entry: 'startRecording',
              after: { answer: 'notStarted' },
              initial: 'wanted',
              states: {
                wanted: {
                  on: {
                    'command.failed': {
                      guard: failureOf('recording.start'),
                      target: '#rules.following.recording.notStarted',
                    },
                    'recording.unwanted': { target: 'unwanted', actions: noteEnough },
                    'recording.started': {
                      guard: startedByUs,
                      target: '#rules.following.recording.recording',
                      actions: noteStarted,
                    },
                  },
                },
                unwanted: {
                  on: {
                    'command.failed': {
                      guard: failureOf('recording.start'),
                      target: '#rules.following.recording.notWanted',
                    },
                    'recording.wanted': { target: 'wanted', actions: noteWish },
                    'recording.started': {
                      guard: startedByUs,
                      target: '#rules.following.recording.stopping',
                      actions: noteStarted,
                    },
                  },
                },
              },
            },
            notStarted: {
              always: [{ guard: 'knowsRecording', target: 'recording' }, { target: 'none' }],
            },
            notWanted: {
              always: [{ guard: 'knowsRecording', target: 'stopping' }, { target: 'none' }],
            },
            recording: {
              on: {
                'recording.wanted': { target: 'starting', actions: noteWish },
                'recording.unwanted': { target: 'stopping', actions: noteEnough },
                'recording.stopped': {
                  guard: { type: 'isOfRecording', params: ({ event }) => event },
                  target: 'none',
                  actions: 'forgetRecording',
                },
              },
            },
            stopping: {
              entry: 'stopRecording',
              on: {
                'command.failed': { guard: failureOf('recording.stop'), target: 'recording' },
              },
              after: { answer: 'recording' },
              initial: 'unwanted',
              states: {
                unwanted: {
                  on: {
                    'recording.wanted': {
                      target: 'wanted',
                      actions: noteWish,
                    },
                    'recording.stopped': {
                      guard: { type: 'isOfRecording', params: ({ event }) => event },
                      target: '#rules.following.recording.none',
                      actions: 'forgetRecording',
                    },
                  },
                },
                wanted: {
                  on: {
                    'recording.unwanted': { target: 'unwanted', actions: noteEnough },
                    'recording.stopped': {
                      guard: { type: 'isOfRecording', params: ({ event }) => event },
                      target: '#rules.following.recording.starting',
                      actions: 'forgetRecording',
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
});
