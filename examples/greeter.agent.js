// An agent of one's own: says hello to everybody who comes into the room, and counts them.
import { defineAgent } from 'greenroom';
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';

const greeterMachine = setup({
  actions: {
    // The parent is the job: it takes commands to the room and reports.
    greet: enqueueActions(({ context, enqueue, self }, { identity }) => {
      enqueue(assign({ greeted: context.greeted + 1 }));
      enqueue.sendTo(self._parent, {
        type: 'data.publish',
        topic: 'greeting',
        to: [identity],
        payload: { type: 'greeting', text: `${context.metadata.greeting}, ${identity}!` },
      });
    }),
    bringSummary: enqueueActions(({ context, enqueue, self }) => {
      enqueue.sendTo(self._parent, {
        type: 'summary.made',
        summary: { greeted: context.greeted },
      });
    }),
  },
}).createMachine({
  id: 'greeter',
  context: ({ input }) => ({ ...input, greeted: 0 }),
  initial: 'greeting',
  states: {
    greeting: {
      on: {
        // Whoever is not active yet would not get the message.
        'participant.active': { actions: { type: 'greet', params: ({ event }) => event } },
        'job.ending': 'done',
      },
    },
    done: { type: 'final', entry: 'bringSummary' },
  },
});

export default defineAgent({
  name: 'greeter',
  jobType: 'room',
  metadata: z.strictObject({ greeting: z.string().default('Hello') }),
  settings: z.object({}),
  permissions: () => ({
    canSubscribe: true,
    canPublish: false,
    canPublishData: true,
    canUpdateMetadata: false,
    hidden: true,
  }),
  machine: () => greeterMachine,
  view: (snapshot) => ({ state: String(snapshot.value) }),
});
