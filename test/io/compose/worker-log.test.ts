import { expect, it } from 'vitest';
import { createWorkerLog } from '../../../src/io/compose/worker-log.ts';
import { loggerInto, TextSink } from '../../support/text-sink.ts';

it('[COMP-19] tells of a job for which there is no place, and of none that was for somebody else', () => {
  const sink = new TextSink();
  const log = createWorkerLog(loggerInto(sink, 'info'));
  const offer = {
    type: 'offer.answered',
    agent: 'greeter',
    dispatchId: 'AD_1',
    problems: [],
  } as const;
  log.onEmitted({ ...offer, jobId: 'AJ_1', answer: 'terminate', reason: 'key_live' });
  log.onEmitted({ ...offer, jobId: 'AJ_2', answer: 'accept', reason: 'accepted' });
  log.onEmitted({ ...offer, jobId: 'AJ_3', answer: 'unavailable', reason: 'event_loop_lag' });
  expect(
    sink.lines.filter((line) => line !== '').map((line): unknown => JSON.parse(line)),
  ).toMatchObject([
    {
      level: 'info',
      job: 'AJ_3',
      dispatch: 'AD_1',
      reason: 'event_loop_lag',
      msg: 'no place for a job',
    },
  ]);
});
