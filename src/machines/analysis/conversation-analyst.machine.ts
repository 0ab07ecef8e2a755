import type { SnapshotFrom } from 'xstate';
import { figuresOf } from './analyst-figures.logic.ts';
import { newContext } from './analyst.context.ts';
import { analystSetup } from './conversation-analyst.setup.ts';

/**
 * Follows the items that a conversation-monitor of its room sends, and has an engine read them.
 *
 * Side by side
 * - `stream`: `waiting` for a monitor's first item; `following`; `catchingUp`, where items are missing
 *   and were asked for; `cutOff`, while our own connection is away; `ended`.
 * - `window`: `empty`, or `collecting` what is to be analysed together.
 * - `deadlines`: `none`, or `pending`: there are words that must be said by then.
 * - `engine`: `idle` or `analysing`, one window at a time.
 * - `report`: `open`; `closing`, in which the last windows are analysed; `made`.
 *
 * Compliance is decided here, by the words that were said, and by no engine: what people say is data to
 * both. With several monitors in a room the first is followed; after 10 s of silence whichever speaks.
 */
export const conversationAnalystMachine = analystSetup.createMachine({
  id: 'conversation-analyst',
  context: ({ input }) => newContext(input),
  invoke: { id: 'analysis', src: 'analysis', input: {} },
  on: {
    'participant.connected': {
      guard: { type: 'isAgent', params: ({ event }) => event },
      actions: { type: 'addAgent', params: ({ event }) => event.participant },
    },
    'participant.disconnected': {
      guard: { type: 'isKnownAgent', params: ({ event }) => event },
      actions: { type: 'removeAgent', params: ({ event }) => event },
    },
    'command.failed': {
      guard: { type: 'isUnsent', params: ({ event }) => event },
      actions: 'countUnsent',
    },
  },
  type: 'parallel',
  states: {
    stream: {
      initial: 'waiting',
      on: {
        'room.connected': {
          actions: [{ type: 'noteRoom', params: ({ event }) => event }, 'ask'],
        },
        'room.reconnecting': '.cutOff',
        'job.ending': '.ended',
        'data.received': [
          {
            guard: { type: 'isForgedItem', params: ({ event }) => event },
            actions: { type: 'refuseForged', params: ({ event }) => event },
          },
          {
            guard: { type: 'isItem', params: ({ event }) => event },
            actions: { type: 'hearMessage', params: ({ event }) => event },
          },
        ],
      },
      states: {
        waiting: { always: { guard: 'isFollowing', target: 'following' } },
        following: {
          entry: 'forgetAsks',
          always: { guard: 'hasGap', target: 'catchingUp' },
        },
        catchingUp: {
          entry: 'ask',
          always: { guard: 'hasNoGap', target: 'following' },
          after: {
            patience: [
              { guard: 'mayAskAgain', target: 'catchingUp', reenter: true },
              { target: 'following', actions: 'giveUp' },
            ],
          },
        },
        // What came meanwhile is known only once it is asked for: nothing need come after it.
        cutOff: {
          on: { 'room.reconnected': { target: 'waiting', actions: 'ask' } },
        },
        ended: {
          on: { 'data.received': {}, 'room.reconnecting': {} },
        },
      },
    },
    window: {
      initial: 'empty',
      states: {
        empty: { always: { guard: 'isCollecting', target: 'collecting' } },
        collecting: {
          always: { guard: 'isNotCollecting', target: 'empty' },
          on: { 'window.begun': { target: 'collecting', reenter: true } },
          after: { window: { actions: 'endWindow' } },
        },
      },
    },
    deadlines: {
      initial: 'none',
      states: {
        none: { always: { guard: 'hasDeadline', target: 'pending' } },
        pending: {
          entry: 'noteDeadline',
          always: { guard: 'hasNoDeadline', target: 'none' },
          after: { deadline: { target: 'none', actions: 'lookForSilence' } },
        },
      },
    },
    engine: {
      initial: 'idle',
      states: {
        idle: {
          always: [
            { guard: 'isWordless', actions: 'passOver' },
            { guard: 'hasQueued', target: 'analysing', actions: ['takeWindow', 'askEngine'] },
          ],
        },
        analysing: {
          on: {
            'analysis.made': {
              guard: { type: 'isAnswer', params: ({ event }) => event },
              target: 'idle',
              actions: { type: 'takeAnswer', params: ({ event }) => event },
            },
            'analysis.failed': {
              guard: { type: 'isAnswer', params: ({ event }) => event },
              target: 'idle',
              actions: { type: 'takeFailure', params: ({ event }) => event },
            },
          },
          after: { engine: { target: 'idle', actions: 'missAnswer' } },
        },
      },
    },
    report: {
      initial: 'open',
      states: {
        open: {
          on: {
            'job.ending': {
              target: 'closing',
              actions: { type: 'endConversation', params: ({ event }) => event },
            },
          },
        },
        closing: {
          always: { guard: 'isAllAnalysed', target: 'made' },
          after: { lastWindows: { target: 'made', actions: 'leaveUnfinished' } },
        },
        made: { entry: 'bringSummary' },
      },
    },
  },
});

export type ConversationAnalystSnapshot = SnapshotFrom<typeof conversationAnalystMachine>;

/** What is to be seen of an analyst at one moment. */
export function analystView({ context, value }: ConversationAnalystSnapshot) {
  const { stream, engine, report } = value;
  return {
    state: report === 'open' ? stream : 'ended',
    engine,
    collected: context.intake.window.items.length,
    ...figuresOf(context),
  };
}
