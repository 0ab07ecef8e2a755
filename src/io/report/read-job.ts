import { z } from 'zod';
import type { HeadLine, FileLine } from '../event-log/log-line.ts';
import type { TornLine } from '../event-log/reader.ts';
import type { ClosedJob } from './closed-job.ts';

/** As much of a log's head as says what its job was. */
const headInput = z.object({
  agent: z.object({ job: z.object({ room: z.object({ name: z.string() }) }) }),
});

const figures = z.record(z.string(), z.unknown());

/** What the root of a job emits, as far as it is of interest here. */
const emission = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job.figuresReported'), figures }),
  z.object({ type: z.literal('job.summaryMade'), summary: figures }),
]);

/** The first actor of a log is its root. */
const ROOT = 1;

/** Reads what a job came to from its log; null where the log is not one of a job. */
export async function readJob(
  head: HeadLine,
  lines: AsyncIterable<FileLine | TornLine>,
): Promise<ClosedJob | null> {
  const input = headInput.safeParse(head.input);
  if (!input.success) return null;
  let last: ClosedJob['figures'] = null;
  let summary: ClosedJob['summary'] = null;
  for await (const line of lines) {
    if (line.kind !== 'emitted' || line.actor !== ROOT) continue;
    const { data: emitted } = emission.safeParse(line.event);
    if (emitted?.type === 'job.figuresReported') last = emitted.figures;
    if (emitted?.type === 'job.summaryMade') summary = emitted.summary;
  }
  return { agent: head.agent, room: input.data.agent.job.room.name, summary, figures: last };
}
