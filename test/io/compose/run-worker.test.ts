import { tmpdir } from 'node:os';
import { expect, it, vi } from 'vitest';
import { conversationAnalyst } from '../../../src/agents/conversation-analyst.agent.ts';
import type { AgentDefinition } from '../../../src/agents/define-agent.ts';
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

const openReader = vi.hoisted(() => vi.fn());
vi.mock('../../../src/io/analysis/english-reader.ts', async (original) => ({
  ...(await original()),
  openEnglishReader: openReader,
}));

const environment = {
  LIVEKIT_API_KEY: 'devkey',
  LIVEKIT_API_SECRET: 'secret-of-at-least-32-characters',
  EVENT_LOG_DIR: tmpdir(),
};

async function run(agents: readonly AgentDefinition[]): Promise<void> {
  const config = loadConfig({ flags: {}, environment, dotenv: {} }, agents);
  const destination = new TextSink();
  const logger = createLogger({ ...config.worker, secrets: [], isPretty: false, destination });
  const shutdown = new Shutdown(process);
  try {
    await runWorker({ agents, config, rules: noRules, logger, shutdown, output: null });
  } finally {
    shutdown.close();
  }
}

it('[COMP-10] does not start where rooms could not be joined, and says why', async () => {
  await expect(run([participantMonitor])).rejects.toMatchObject({
    code: 'E_RTC_VERSION',
    exitStatus: 1,
    message: '@livekit/rtc-node 1.1.0 was not found',
  });
  expect(openReader).not.toHaveBeenCalled();
});

it('[ENG-62] has the lexicon loaded before it takes jobs, where an agent may need it', async () => {
  openReader.mockRejectedValueOnce(new Error('the model is not installed'));
  const agents = [participantMonitor, conversationAnalyst];
  await expect(run(agents)).rejects.toThrow('the model is not installed');
  // It is waited for, and tried anew after a failure.
  openReader.mockResolvedValueOnce(() => ({ words: [], sentences: [] }));
  await expect(run(agents)).rejects.toMatchObject({ code: 'E_RTC_VERSION' });
  expect(openReader).toHaveBeenCalledTimes(2);
});
