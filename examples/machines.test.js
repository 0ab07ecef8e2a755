import { describeMachine } from 'greenroom/testing';
import greeter from './greeter.agent.js';
import { handRaiseMachine } from './hand-raise.machine.js';

describeMachine(greeter.machine(), {
  input: { metadata: { greeting: 'Hello' } },
  events: [{ type: 'participant.active', identity: 'alice' }, { type: 'job.ending' }],
  keyOf: () => null, // not the number of greetings, which has no end
});

describeMachine(handRaiseMachine, {
  input: { patienceMs: 60_000 },
  events: [{ type: 'hand.raised' }, { type: 'hand.lowered' }, { type: 'host.called' }],
});
