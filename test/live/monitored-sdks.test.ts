import { inject } from 'vitest';
import { describeMonitored } from '../support/clients/monitored.contract.ts';
import { startProcessClient } from '../support/clients/process-client.ts';
import {
  goClientBinary,
  pythonClientInterpreter,
  pythonClientScript,
} from '../support/clients/programs.ts';

describeMonitored("LiveKit's Go test client", {
  start: () => startProcessClient(inject('livekit'), goClientBinary()),
  hasTopics: false,
});

describeMonitored('the Python SDK', {
  start: () =>
    startProcessClient(inject('livekit'), pythonClientInterpreter(), [pythonClientScript]),
  hasTopics: true,
});
