import type { RoomFactOf } from '../events.ts';
import { sessionSetup } from './participant-session.setup.ts';
import type { ParticipantSessionContext } from './session.context.ts';

type Arrival = { readonly event: RoomFactOf<'participant.connected'> };

/** What follows when the participant is here, or here again. */
export const coming = [
  { type: 'connect' as const, params: ({ event }: Arrival) => event },
  {
    type: 'addTracks' as const,
    params: ({ event: { participant, at } }: Arrival) => ({ tracks: participant.tracks, at }),
  },
];

const suspicionOf = ({ presence, config }: ParticipantSessionContext) => ({
  key: 'suspect' as const,
  at: presence.polledAt,
  evidence: { emptyPolls: config.suspectPolls, packetsBySid: presence.packetsBySid },
});

/** Whether somebody who has come is still here. An end of their connection may turn out to be a reconnect. */
export const presence = sessionSetup.createStateConfig({
  initial: 'present',
  on: {
    'participant.disconnected': {
      guard: { type: 'isThisConnection', params: ({ event }) => event },
      target: '.absent',
      actions: { type: 'leave', params: ({ event }) => event },
    },
  },
  states: {
    present: {
      always: {
        guard: 'isSuspect',
        target: 'suspect',
        actions: { type: 'openAlert', params: ({ context }) => suspicionOf(context) },
      },
    },
    suspect: {
      always: {
        guard: 'isTrusted',
        target: 'present',
        actions: {
          type: 'resolveAlert',
          params: ({ context }) => ({ key: 'suspect', at: context.presence.polledAt }),
        },
      },
    },
    absent: {
      on: {
        'participant.connected': [
          {
            guard: { type: 'isThisConnection', params: ({ event }) => event.participant },
            target: 'present',
            actions: coming,
          },
          // Somebody who is back so soon under a new SID has left all the same.
          {
            target: '#participant-session.connected',
            actions: [
              { type: 'disconnect', params: ({ context }) => ({ at: context.absentAt }) },
              ...coming,
            ],
          },
        ],
      },
      initial: 'grace',
      states: {
        grace: {
          always: { guard: 'isOwnReconnecting', target: 'held' },
          after: {
            absentGrace: {
              target: 'gone',
              actions: {
                type: 'giveUp',
                params: ({ context: { graceAt, config } }) => ({
                  at: graceAt + config.absentGraceMs,
                }),
              },
            },
          },
        },
        held: {
          always: { guard: 'isOwnUp', target: 'grace' },
          after: {
            reconnectHold: {
              target: 'gone',
              actions: {
                type: 'giveUp',
                params: ({ context: { graceAt, config } }) => ({
                  at: graceAt + config.reconnectHoldMs,
                }),
              },
            },
          },
        },
        gone: {
          always: {
            target: '#participant-session.disconnected',
            actions: {
              type: 'disconnect',
              params: ({ context }) => ({ at: context.absentAt }),
            },
          },
        },
      },
    },
  },
});
