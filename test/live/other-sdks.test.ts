import { inject } from 'vitest';
import { describeTestClient } from '../support/clients/exchange.contract.ts';
import { startProcessClient } from '../support/clients/process-client.ts';
import {
  goClientBinary,
  pythonClientInterpreter,
  pythonClientScript,
} from '../support/clients/programs.ts';

describeTestClient("LiveKit's Go test client", {
  start: () => startProcessClient(inject('livekit'), goClientBinary()),
  hasTopics: false,
});

describeTestClient('the Python SDK', {
  start: () =>
    startProcessClient(inject('livekit'), pythonClientInterpreter(), [pythonClientScript]),
  hasTopics: true,
});
