import { describeMachine } from 'greenroom/testing';
import greeter from './greeter.agent.js';
import raiseHand from './raise-hand.agent.js';

describeMachine(greeter.machine(), {
  input: { metadata: { greeting: 'Hello' } },
  events: [{ type: 'participant.active', identity: 'alice' }, { type: 'job.ending' }],
  keyOf: () => null, // not the number of greetings, which has no end
});

const said = (identity, text) => ({
  ...{ type: 'data.received', topic: 'raise-hand' },
  ...{ text, sender: { identity } },
});

describeMachine(raiseHand.machine(), {
  input: { metadata: { host: 'teacher', turn_seconds: 10 } },
  events: [
    said('alice', 'raise'),
    said('alice', 'lower'),
    said('teacher', 'next'),
    { type: 'participant.disconnected', identity: 'alice' },
    { type: 'job.ending' },
  ],
  keyOf: ({ context: { hands, speaker } }) => [hands, speaker],
});
