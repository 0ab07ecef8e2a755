import type { SnapshotFrom } from 'xstate';
import type { OwnTrackFact, RoomFactOf } from '../events.ts';
import { openConversation } from './conversation.context.ts';
import { figuresOf } from './conversation.logic.ts';
import { conversationSetup } from './conversation-monitor.setup.ts';

const toVoice = {
  actions: {
    type: 'tellVoice' as const,
    params: ({ event }: { event: OwnTrackFact }) => event,
  },
};

const arrived = {
  actions: {
    type: 'arrive' as const,
    params: ({ event }: { event: RoomFactOf<'participant.connected'> }) => event,
  },
};

const left = {
  actions: {
    type: 'leave' as const,
    params: ({ event }: { event: RoomFactOf<'participant.disconnected'> }) => event,
  },
};

/** Who leaves may come back as the same connection: then it was our own that was made anew. */
const whileSomeAreAway = {
  'participant.connected': [
    {
      guard: {
        type: 'isAway' as const,
        params: ({ event }: { event: RoomFactOf<'participant.connected'> }) => event,
      },
      actions: {
        type: 'stayHere' as const,
        params: ({ event }: { event: RoomFactOf<'participant.connected'> }) => event,
      },
    },
    arrived,
  ],
  'participant.disconnected': [
    {
      guard: 'canWait' as const,
      actions: {
        type: 'waitFor' as const,
        params: ({ event }: { event: RoomFactOf<'participant.disconnected'> }) => event,
      },
    },
    left,
  ],
};

const failed = {
  guard: {
    type: 'isPublishing' as const,
    params: ({ event }: { event: RoomFactOf<'command.failed'> }) => event,
  },
  actions: {
    type: 'sendAgain' as const,
    params: ({ event }: { event: RoomFactOf<'command.failed'> }) => event,
  },
};

/**
 * Collects what is said and done in a room, sends it on as items, and counts who talks how.
 *
 * Each microphone has a child `voice:<track>`. While `following`, side by side
 * - `people`: `known`; `waiting`, somebody left and may be back within 2 s, because it was our own
 *   connection that was made anew; `doubtful` while that one reconnects; `deciding` who has left.
 * - `floor`: `quiet`; `settling`, speech began or ceased and not all is known of that time yet;
 *   `counting` it.
 * - `line`: `open`, items are sent as they come; `held` while our own connection reconnects; `failing`
 *   after a message could not be sent; `probing`, one message is sent to see whether it is over.
 * - `room`: `enough`, or `lacking` once items were dropped before they were sent.
 * - `reports`: the figures, every 30 s.
 *
 * `ended`: the summary is brought.
 */
export const conversationMonitorMachine = conversationSetup.createMachine({
  id: 'conversation-monitor',
  context: ({ input }) => openConversation(input),
  initial: 'following',
  states: {
    following: {
      type: 'parallel',
      on: {
        'room.connected': {
          actions: [
            { type: 'enter', params: ({ event }) => event },
            {
              type: 'listen',
              params: ({ event: { at, participants } }) => ({
                at,
                tracks: participants.flatMap(({ identity, tracks }) =>
                  tracks.map((track) => ({ identity, track })),
                ),
              }),
            },
          ],
        },
        'track.published': {
          actions: {
            type: 'listen',
            params: ({ event: { at, identity, track } }) => ({ at, tracks: [{ identity, track }] }),
          },
        },
        'track.unpublished': toVoice,
        'track.subscribed': toVoice,
        'track.unsubscribed': toVoice,
        'track.subscriptionFailed': toVoice,
        'track.muted': toVoice,
        'track.unmuted': toVoice,
        'track.speechUnavailable': { actions: 'countUnheard' },
        'xstate.done.actor.*': {
          actions: [
            { type: 'stopVoice', params: ({ event }) => event },
            { type: 'forgetVoice', params: ({ event }) => event },
          ],
        },
        'data.received': {
          guard: { type: 'isConversation', params: ({ event }) => event },
          actions: { type: 'hearData', params: ({ event }) => event },
        },
        'text.received': {
          guard: { type: 'isTranscription', params: ({ event }) => event },
          actions: { type: 'hearStream', params: ({ event }) => event },
        },
        'job.ending': {
          target: 'ended',
          actions: { type: 'end', params: ({ event }) => event },
        },
      },
      states: {
        people: {
          initial: 'known',
          states: {
            known: {
              on: {
                'participant.connected': arrived,
                'participant.disconnected': {
                  target: 'waiting',
                  actions: { type: 'waitFor', params: ({ event }) => event },
                },
                'room.reconnecting': 'doubtful',
              },
            },
            waiting: {
              on: { ...whileSomeAreAway, 'room.reconnecting': 'doubtful' },
              after: { returnGrace: 'deciding' },
            },
            doubtful: {
              on: { ...whileSomeAreAway, 'room.reconnected': 'waiting' },
            },
            deciding: {
              entry: 'giveUpAway',
              always: [{ guard: 'isAnybodyAway', target: 'waiting' }, { target: 'known' }],
            },
          },
        },
        floor: {
          initial: 'quiet',
          on: {
            'track.speechStarted': {
              actions: {
                type: 'hearVoice',
                params: ({ event: { at, trackSid } }) => ({ at, trackSid, began: true }),
              },
            },
            'track.speechEnded': {
              actions: {
                type: 'hearVoice',
                params: ({ event: { at, trackSid } }) => ({ at, trackSid, began: false }),
              },
            },
          },
          states: {
            quiet: {
              always: { guard: 'isUnsettled', target: 'settling' },
            },
            settling: {
              entry: 'beginSettling',
              after: { settle: 'counting' },
            },
            counting: {
              entry: 'settle',
              always: [{ guard: 'isUnsettled', target: 'settling' }, { target: 'quiet' }],
            },
          },
        },
        line: {
          initial: 'open',
          on: {
            'room.reconnecting': {
              target: '.held',
              actions: { type: 'sendAgain', params: ({ event }) => event },
            },
          },
          states: {
            open: {
              entry: 'sendWaiting',
              on: {
                'items.added': { actions: 'sendWaiting' },
                'command.failed': { ...failed, target: 'failing' },
                'data.received': {
                  guard: { type: 'isReplayRequest', params: ({ event }) => event },
                  actions: { type: 'answerReplay', params: ({ event }) => event },
                },
              },
            },
            held: {
              on: { 'room.reconnected': 'open', 'command.failed': failed },
            },
            failing: {
              on: { 'command.failed': failed },
              after: { retry: 'probing' },
            },
            probing: {
              entry: 'sendOne',
              on: { 'command.failed': { ...failed, target: 'failing' } },
              after: { probe: 'open' },
            },
          },
        },
        room: {
          initial: 'enough',
          states: {
            enough: {
              on: { 'items.lost': 'lacking' },
            },
            lacking: {
              entry: 'reportOverflow',
              on: { 'items.sent': 'enough' },
              exit: 'reportRoom',
            },
          },
        },
        reports: {
          initial: 'waiting',
          states: {
            waiting: {
              after: { report: { target: 'waiting', reenter: true, actions: 'report' } },
            },
          },
        },
      },
    },
    ended: {},
  },
});

export type ConversationMonitorSnapshot = SnapshotFrom<typeof conversationMonitorMachine>;

/** What is shown of a conversation. */
export const conversationView = (snapshot: ConversationMonitorSnapshot) => {
  const { context } = snapshot;
  return {
    state: snapshot.matches('ended') ? 'ended' : 'following',
    conversation: figuresOf(context),
    waitingItems: context.buffer.waiting,
    wrongMessages: context.wrong.latest,
  };
};
