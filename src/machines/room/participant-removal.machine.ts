import { assign, enqueueActions, setup } from 'xstate';
import type { AgentCommand, ParticipantRef } from '../events.ts';
import type { JobInfo } from '../job/job.events.ts';
import { signed } from '../signed.logic.ts';

export type RemovalConfig = {
  /** How long the message that says why may take to arrive. */
  readonly noticeMs: number;
  /** How long somebody may take to become active, before whom no message arrives. */
  readonly activeMs: number;
  /** How long after the request the participant may still be there. */
  readonly answerMs: number;
};

export type RemovalInput = {
  readonly job: Pick<JobInfo, 'agent' | 'jobId'>;
  readonly who: ParticipantRef;
  readonly active: boolean;
  readonly limit: number;
  /** When it began: epoch milliseconds. */
  readonly at: number;
  readonly config: RemovalConfig;
};

export type RemovalContext = RemovalInput & {
  /** By when the present state has begun at the latest. */
  readonly sinceAt: number;
};

type At = { readonly at: number };

/** What room-analytics tells a removal. */
export type RemovalFact =
  | (At & { readonly type: 'removal.active' })
  /** The participant is gone. */
  | { readonly type: 'removal.left' }
  /** The room is within its limit without it. */
  | { readonly type: 'removal.cancel' }
  /** The server refused it. */
  | (At & { readonly type: 'removal.refused'; readonly problem: string })
  | (At & { readonly type: 'removal.retry' });

/** What a removal tells room-analytics, beside its commands. */
export type RemovalReport =
  | (At & { readonly type: 'removal.asked'; readonly identity: string })
  /** It is gone, after the server was asked. */
  | { readonly type: 'removal.done' }
  | (At & {
      readonly type: 'removal.failed';
      readonly identity: string;
      readonly problem: string;
    });

type Message = { readonly action: 'removed' | 'kept'; readonly reason: string };

const TOPIC = 'participant_limit';

/** Of a removal and of its request to the server, by the connection: an identity may come back meanwhile. */
export const removalId = (sid: string): string => `removal:${sid}`;

/**
 * Removes one participant who is over the room's limit, and says why before.
 *
 * - `awaitingActive`: a message would not arrive yet.
 * - `noticed`: was told, and is given the time to get it.
 * - `removing`: the server was asked.
 * - `failed`: is still there; asked for anew when told to.
 * - `removed`, `left` (by itself), `kept` (somebody else left).
 */
export const participantRemovalMachine = setup({
  types: {} as {
    input: RemovalInput;
    context: RemovalContext;
    events: RemovalFact;
  },
  actions: {
    since: assign((_, { at }: At) => ({ sinceAt: at })),
    // Not `sendParent`, which throws without a parent: then `transition` alone could not test this.
    say: enqueueActions(({ context: { job, who, limit }, enqueue, self }, message: Message) => {
      if (!self._parent) return;
      enqueue.sendTo(self._parent, {
        type: 'data.publish',
        topic: TOPIC,
        to: [who.identity],
        payload: signed(job, { type: TOPIC, limit, ...message }),
      } satisfies AgentCommand);
    }),
    askServer: enqueueActions(({ context: { who, sinceAt }, enqueue, self }) => {
      if (!self._parent) return;
      const { identity, sid } = who;
      const asked: RemovalReport = { type: 'removal.asked', at: sinceAt, identity };
      enqueue.sendTo(self._parent, asked);
      enqueue.sendTo(self._parent, {
        type: 'participant.remove',
        identity,
        requestId: removalId(sid),
      } satisfies AgentCommand);
    }),
    tellDone: enqueueActions(({ enqueue, self }) => {
      if (!self._parent) return;
      enqueue.sendTo(self._parent, { type: 'removal.done' } satisfies RemovalReport);
    }),
    tellFailed: enqueueActions(
      ({ context: { who, sinceAt: at }, enqueue, self }, { problem }: { problem: string }) => {
        if (!self._parent) return;
        const { identity } = who;
        const failed: RemovalReport = { type: 'removal.failed', at, identity, problem };
        enqueue.sendTo(self._parent, failed);
      },
    ),
  },
  guards: {
    isActive: ({ context }) => context.active,
  },
  delays: {
    active: ({ context }) => context.config.activeMs,
    notice: ({ context }) => context.config.noticeMs,
    answer: ({ context }) => context.config.answerMs,
  },
}).createMachine({
  id: 'participant-removal',
  context: ({ input }) => ({ ...input, sinceAt: input.at }),
  initial: 'awaitingActive',
  states: {
    awaitingActive: {
      always: { guard: 'isActive', target: 'noticed' },
      on: {
        'removal.active': {
          target: 'noticed',
          actions: { type: 'since', params: ({ event }) => event },
        },
        'removal.left': 'left',
        'removal.cancel': 'kept',
      },
      after: {
        active: {
          target: 'removing',
          actions: {
            type: 'since',
            params: ({ context: { sinceAt, config } }) => ({ at: sinceAt + config.activeMs }),
          },
        },
      },
    },
    noticed: {
      entry: {
        type: 'say',
        params: ({ context: { limit } }) => ({
          action: 'removed',
          reason: `This room is limited to ${limit} participants.`,
        }),
      },
      on: {
        'removal.left': 'left',
        'removal.cancel': {
          target: 'kept',
          actions: {
            type: 'say',
            params: { action: 'kept', reason: 'Somebody else has left meanwhile.' },
          },
        },
      },
      after: {
        notice: {
          target: 'removing',
          actions: {
            type: 'since',
            params: ({ context: { sinceAt, config } }) => ({ at: sinceAt + config.noticeMs }),
          },
        },
      },
    },
    removing: {
      entry: 'askServer',
      on: {
        'removal.left': { target: 'removed', actions: 'tellDone' },
        // The server is at it, and may well be done.
        'removal.cancel': 'kept',
        'removal.refused': {
          target: 'failed',
          actions: [
            { type: 'since', params: ({ event }) => event },
            { type: 'tellFailed', params: ({ event }) => event },
          ],
        },
      },
      after: {
        answer: {
          target: 'failed',
          actions: [
            {
              type: 'since',
              params: ({ context: { sinceAt, config } }) => ({ at: sinceAt + config.answerMs }),
            },
            { type: 'tellFailed', params: { problem: 'the participant is still there' } },
          ],
        },
      },
    },
    failed: {
      on: {
        'removal.left': 'left',
        'removal.cancel': 'kept',
        'removal.retry': {
          target: 'removing',
          actions: { type: 'since', params: ({ event }) => event },
        },
      },
    },
    removed: { type: 'final' },
    left: { type: 'final' },
    kept: { type: 'final' },
  },
});
