import { tmpdir } from 'node:os';
import { expect, it, vi } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { runWorker } from '../../../src/io/compose/run-worker.ts';
import { loadConfig } from '../../../src/io/config.ts';
import { createLogger } from '../../../src/io/logger.ts';
import { noRules } from '../../../src/io/rules/read-rules.ts';
import { Shutdown } from '../../../src/io/shutdown.ts';
import { TextSink } from '../../support/text-sink.ts';

vi.mock('../../../src/io/livekit/rtc-versions.ts', async (original) => ({
  ...(await original()),
  checkRtc: () => ({ kind: 'unusable', reason: '@livekit/rtc-node 1.1.0 was not found' }),
}));

it('[COMP-10] does not start where rooms could not be joined, and says why', async () => {
  const environment = {
    LIVEKIT_API_KEY: 'devkey',
    LIVEKIT_API_SECRET: 'secret-of-at-least-32-characters',
    EVENT_LOG_DIR: tmpdir(),
  };
  const agents = [participantMonitor];
  const config = loadConfig({ flags: {}, environment, dotenv: {} }, agents);
  const destination = new TextSink();
  const logger = createLogger({ ...config.worker, secrets: [], isPretty: false, destination });
  const shutdown = new Shutdown(process);
  try {
    await expect(
      runWorker({ agents, config, rules: noRules, logger, shutdown, output: null }),
    ).rejects.toMatchObject({
      code: 'E_RTC_VERSION',
      exitStatus: 1,
      message: '@livekit/rtc-node 1.1.0 was not found',
    });
  } finally {
    shutdown.close();
  }
});
