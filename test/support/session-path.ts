import type { StateValue } from 'xstate';
import { z } from 'zod';
import { readEndedLog } from './leak-check.ts';

/** The way that a session went: each value once for as long as it lasted. */
export type SessionPath = {
  /** The top-level states; instead of `connected` its presence, beside which the others go on. */
  readonly states: readonly string[];
  readonly speech: readonly string[];
  readonly video: readonly string[];
  readonly quality: readonly string[];
  /** Such as `suspect opened`, `suspect resolved`. */
  readonly alerts: readonly string[];
  /** Sent to the participant, over all of their connections. */
  readonly welcomes: number;
  /** What the job told the server. */
  readonly end: { readonly reason: string; readonly status: string } | null;
};

export type WalkedPath = {
  readonly path: SessionPath;
  /** Epoch milliseconds of the first time; NaN where the session never was in that state. */
  readonly enteredAt: (state: string) => number;
};

const emittedSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job.alertOpened'), alert: z.object({ key: z.string() }) }),
  z.object({ type: z.literal('job.alertResolved'), alert: z.object({ key: z.string() }) }),
  z.object({ type: z.literal('job.ending'), reason: z.string(), status: z.string() }),
]);
const welcomeSchema = z.object({ payload: z.object({ action: z.literal('welcome') }) });

/** The path of the participant that an ended job monitored, as its event log tells it. */
export async function readSessionPath(directory: string, jobId: string): Promise<WalkedPath> {
  const states: string[] = [];
  const regions: Record<'speech' | 'video' | 'quality', string[]> = {
    speech: [],
    video: [],
    quality: [],
  };
  const alerts: string[] = [];
  const firstTimes = new Map<string, number>();
  let welcomes = 0;
  let end: SessionPath['end'] = null;
  let startedAt = 0;
  let at = 0;
  let session: number | undefined;

  const walk = (value: StateValue): void => {
    const { connected, ...outside } = typeof value === 'string' ? { [value]: {} } : value;
    for (const region of ['speech', 'video', 'quality'] as const) {
      keepNext(regions[region], nameOf(innerOf(connected, region)));
    }
    const state = nameOf(innerOf(connected, 'presence')) ?? nameOf(outside);
    keepNext(states, state);
    if (state !== undefined && !firstTimes.has(state)) firstTimes.set(state, at);
  };

  for (const line of await readEndedLog(directory, jobId)) {
    if ('t' in line) at = startedAt + line.t;
    if (line.kind === 'head') startedAt = line.startedAt;
    if (line.kind === 'actor' && /\/participant:[^/]+$/.test(line.path)) session = line.actor;
    if (line.kind === 'state' && line.actor === session) walk(line.value);
    if (line.kind === 'command' && welcomeSchema.safeParse(line.event).success) welcomes += 1;
    if (line.kind !== 'emitted') continue;
    const { data: emitted } = emittedSchema.safeParse(line.event);
    if (emitted?.type === 'job.alertOpened') alerts.push(`${emitted.alert.key} opened`);
    if (emitted?.type === 'job.alertResolved') alerts.push(`${emitted.alert.key} resolved`);
    if (emitted?.type === 'job.ending') end = { reason: emitted.reason, status: emitted.status };
  }
  return {
    path: { states, ...regions, alerts, welcomes, end },
    enteredAt: (state) => firstTimes.get(state) ?? NaN,
  };
}

function keepNext(values: string[], value: string | undefined): void {
  if (value !== undefined && values.at(-1) !== value) values.push(value);
}

const innerOf = (value: StateValue | undefined, name: string): StateValue | undefined =>
  typeof value === 'object' ? value[name] : undefined;

/** The outermost name alone: what is below it is how, and not what. */
const nameOf = (value: StateValue | undefined): string | undefined =>
  typeof value === 'object' ? Object.keys(value)[0] : value;
