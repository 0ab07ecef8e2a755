import type { RosterFact } from '../events.ts';
import type { ClaimInput, ClaimOutcome } from './claim.machine.ts';
import { broken, disconnected, drained, overlong, undispatched } from './ending.logic.ts';
import { jobSetup, type Ending, type JobContext } from './job.setup.ts';
import { noteHere } from './job.transitions.ts';

const noted = { actions: noteHere };

const toldClaim = {
  actions: {
    type: 'tellClaim' as const,
    params: ({ event }: { event: RosterFact }) => event,
  },
};

type Done = { readonly event: { readonly output: ClaimOutcome } };

const startServing = {
  type: 'startServing' as const,
  params: ({ event }: Done) => event.output,
};

const endAsDuplicate = {
  type: 'decideEnd' as const,
  params: ({ event }: Done): Ending => ({ reason: 'duplicate', at: event.output.at, error: '' }),
};

const claimOf = ({ agent, serves, here, config }: JobContext): ClaimInput => {
  // Only a job that serves something, and is in its room, makes a claim.
  if (serves === null || here === null) throw new Error('This job has nothing to claim.');
  const { local, at } = here.connected;
  return {
    agent: agent.job.agent,
    serves,
    identity: local.identity,
    startedAt: at,
    config: config.claim,
  };
};

/**
 * In the room, with the machine `claim` as child and no agent yet: nothing is sent and no media is
 * asked for. What the room tells meanwhile is kept for the agent; messages are not.
 */
export const claiming = jobSetup.createStateConfig({
  on: {
    'room.reconnecting': noted,
    'room.reconnected': noted,
    'room.metadataChanged': noted,
    'room.speakersChanged': noted,
    'participant.connected': noted,
    'participant.active': noted,
    'participant.disconnected': noted,
    'participant.metadataChanged': noted,
    'participant.attributesChanged': noted,
    'participant.qualityChanged': noted,
    'track.published': noted,
    'track.unpublished': noted,
    'track.muted': noted,
    'track.unmuted': noted,
    'room.disconnected': {
      target: '#job.reporting',
      actions: ['noteLeft', { type: 'decideEnd', params: ({ event }) => disconnected(event) }],
    },
    'control.draining': {
      target: '#job.reporting',
      actions: { type: 'decideEnd', params: ({ event }) => drained(event) },
    },
    'control.broken': {
      target: '#job.reporting',
      actions: { type: 'decideEnd', params: ({ event }) => broken(event) },
    },
    'duration.isOver': {
      target: '#job.reporting',
      actions: { type: 'decideEnd', params: ({ context }) => overlong(context) },
    },
  },
  initial: 'open',
  states: {
    open: {
      invoke: { id: 'claim', src: 'claim', input: ({ context }) => claimOf(context) },
      on: {
        'roster.request': { actions: 'askRoster' },
        'roster.listed': toldClaim,
        'roster.failed': toldClaim,
        'control.terminated': {
          target: 'terminating',
          actions: { type: 'noteTermination', params: ({ event }) => event },
        },
      },
      initial: 'looking',
      states: {
        looking: {
          on: {
            'claim.stoodBy': {
              target: 'standingBy',
              actions: {
                type: 'emitReport',
                params: ({ event: { elders } }) => ({ type: 'job.stoodBy', elders }),
              },
            },
            'xstate.done.actor.claim': [
              {
                guard: { type: 'isDoubtful', params: ({ event }) => event.output },
                target: '#job.live',
                actions: [
                  startServing,
                  {
                    type: 'emitReport',
                    params: ({ event: { output } }) => ({
                      type: 'job.doubted',
                      doubt: output.doubt,
                    }),
                  },
                ],
              },
              { target: '#job.live', actions: startServing },
            ],
          },
        },
        standingBy: {
          on: {
            'xstate.done.actor.claim': [
              {
                guard: { type: 'isServing', params: ({ event }) => event.output },
                target: '#job.live',
                actions: [startServing, { type: 'emitReport', params: { type: 'job.tookOver' } }],
              },
              { target: '#job.reporting', actions: endAsDuplicate },
            ],
          },
        },
      },
    },
    /** The room may still say why. */
    terminating: {
      after: {
        termination: {
          target: '#job.reporting',
          actions: { type: 'decideEnd', params: ({ context }) => undispatched(context) },
        },
      },
    },
  },
});
