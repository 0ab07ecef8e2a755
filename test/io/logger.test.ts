import { expect, it } from 'vitest';
import { createLogger } from '../../src/io/logger.ts';
import { TextSink } from '../support/text-sink.ts';

const secret = 'secret"nobody\\may-see';
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';

function listen(options: { LOG_PII?: boolean; isPretty?: boolean } = {}) {
  const sink = new TextSink();
  const logger = createLogger({
    LOG_LEVEL: 'info',
    LOG_PII: options.LOG_PII ?? true,
    secrets: [secret],
    isPretty: options.isPretty ?? false,
    destination: sink,
  });
  return { sink, logger };
}

it('[LOGR-1] writes a line of JSON: level by name, ISO time, message, fields', () => {
  const { sink, logger } = listen();
  logger.info({ jobId: 'AJ_1' }, 'job joined');
  logger.debug('not written');
  expect(sink.lines).toHaveLength(1);
  const line: unknown = JSON.parse(sink.text);
  expect(line).toMatchObject({ level: 'info', pid: process.pid, jobId: 'AJ_1', msg: 'job joined' });
  expect(line).toHaveProperty('time', expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/));
});

it('[LOGR-2] writes for people on a terminal', () => {
  const { sink, logger } = listen({ isPretty: true });
  logger.warn({ jobId: 'AJ_1' }, 'job slow');
  expect(sink.text).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\].*WARN.*job slow\n\s+jobId.*"AJ_1"\n$/);
});

it('[LOGR-3] names people under pii, and nobody with LOG_PII=false, in child loggers too', () => {
  const named = listen();
  named.logger.child({ pii: { room: 'ward-7' } }).info({ pii: { identity: 'alice' } }, 'joined');
  expect(named.sink.text).toContain('alice');

  const { sink, logger } = listen({ LOG_PII: false });
  logger.child({ pii: { room: 'ward-7' } }).info({ pii: { identity: 'alice' } }, 'joined');
  logger.info({ job: { pii: { identity: 'alice' }, id: 'AJ_1' } }, 'left');
  expect(sink.text).not.toMatch(/alice|ward-7/);
  expect(sink.text).toContain('AJ_1');
});

it.each([false, true])('[LOGR-4] never writes a secret or token (pretty: %s)', (isPretty) => {
  const { sink, logger } = listen({ isPretty });
  logger.error({ err: new Error(`GET /rtc?access_token=${token} with ${secret}`) }, 'failed');
  logger.info({ token, apiSecret: secret, request: { authorization: `Bearer ${token}` } }, secret);
  expect(sink.text).toContain('[token]');
  expect(sink.text).not.toContain(token);
  expect(sink.text).not.toMatch(/nobody|signature|c2lnbmF0dXJl/);
});
