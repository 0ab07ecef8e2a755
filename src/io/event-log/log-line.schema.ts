import type { EventObject, StateValue } from 'xstate';
import { z } from 'zod';
import { logVersion, type FileLine } from './log-line.ts';

export const isEvent = (value: unknown): value is EventObject =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Given back as it is: the order of its fields is part of what the memory of inputs knows. */
const event = z.custom<EventObject>(isEvent, 'an event is an object with a type');
const count = z.int().min(0);
const actor = z.int().min(1);
const about = { seq: count, actor };
const step = { ...about, t: count };
const names = z.record(z.string(), z.string());
const values = z.record(z.string(), z.unknown());
const stateValue: z.ZodType<StateValue> = z.lazy(() =>
  z.union([z.string(), z.record(z.string(), stateValue)]),
);
const lineKinds = z.enum([
  'input',
  'sent',
  'stop',
  'timer',
  'actor',
  'state',
  'message',
  'command',
  'emitted',
  'ended',
  'checkpoint',
]);

/** The event, or where in the step it or parts of it were said before. */
const told = {
  ...about,
  event: z.unknown().optional(),
  same: count.optional(),
  parts: z
    .record(z.string(), z.union([z.tuple([z.string()]), z.tuple([z.string(), count])]))
    .optional(),
};
const message = z.strictObject({ kind: z.literal('message'), ...told });
const command = z.strictObject({ kind: z.literal('command'), ...told });
const emitted = z.strictObject({ kind: z.literal('emitted'), ...told });

export type WrittenTold = z.infer<typeof message | typeof command | typeof emitted>;
export type WrittenLine = WrittenTold | Exclude<FileLine, { readonly kind: WrittenTold['kind'] }>;

/** A line as it stands in a file, but for inputs in short (`shortInput`). */
export const writtenLine: z.ZodType<WrittenLine> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('head'),
    version: z.literal(logVersion),
    part: z.int().min(1),
    rootId: z.string(),
    startedAt: z.int(),
    agent: z.string(),
    input: values,
    settings: values,
    versions: names,
    fingerprints: names,
  }),
  z.strictObject({ kind: z.literal('input'), ...step, event }),
  z.strictObject({ kind: z.literal('sent'), ...step, event }),
  z.strictObject({ kind: z.literal('stop'), ...step }),
  z.strictObject({
    kind: z.literal('timer'),
    ...step,
    timer: z.int().min(1),
    dueAt: z.number(),
    event: z.string(),
  }),
  z.strictObject({ kind: z.literal('actor'), ...about, path: z.string() }),
  z.strictObject({ kind: z.literal('state'), ...about, value: stateValue }),
  message,
  command,
  emitted,
  z.strictObject({
    kind: z.literal('ended'),
    ...about,
    status: z.string(),
    context: z.unknown().optional(),
  }),
  z.strictObject({
    kind: z.literal('problem'),
    ...about,
    code: z.literal('E_LOG_PAYLOAD'),
    of: lineKinds,
    message: z.string(),
  }),
  z.strictObject({
    kind: z.literal('checkpoint'),
    ...step,
    snapshot: z.unknown(),
    timers: z.array(
      z.strictObject({
        timer: z.int().min(1),
        dueAt: z.number(),
        source: actor,
        target: actor,
        event,
        id: z.string().exactOptional(),
      }),
    ),
    timerCount: count,
    actors: z.array(z.strictObject({ actor, path: z.string(), hasEnded: z.boolean() })),
    actorCount: count,
  }),
  z.strictObject({ kind: z.literal('dropped'), count: z.int().min(1) }),
  z.strictObject({ kind: z.literal('end'), lines: count, dropped: count }),
]);
