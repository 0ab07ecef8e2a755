import { z } from 'zod';
import type { ViewerMessage } from './protocol.ts';

/** Longer than any room, identity or id that LiveKit takes. */
const MAX_NAME_LENGTH = 1_024;
/** The ids of all actors from the root down. */
const MAX_PATH_LENGTH = 8_192;
const MAX_SPEED = 1_000;
const MAX_PROBLEM_LENGTH = 200;

const name = z.string().max(MAX_NAME_LENGTH);
const count = z.int().nonnegative();

const viewerMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('look'),
    frameRateHz: z.number().min(1).max(60),
    tree: z.boolean(),
    actor: z.strictObject({ system: name, path: z.string().max(MAX_PATH_LENGTH) }).nullable(),
    room: name.nullable(),
    sessions: z.boolean(),
  }),
  z.strictObject({ type: z.literal('contexts'), id: count, seq: count }),
  z.strictObject({ type: z.literal('play'), speed: z.number().positive().max(MAX_SPEED) }),
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('step'), by: z.union([z.literal(1), z.literal(-1)]) }),
  z.strictObject({ type: z.literal('goTo'), step: count }),
  z.strictObject({ type: z.literal('goToTime'), at: z.number().nonnegative() }),
]) satisfies z.ZodType<ViewerMessage>;

export type ReadViewerMessage =
  | { readonly ok: true; readonly message: ViewerMessage }
  | { readonly ok: false; readonly problem: string };

/** Reads what came in a text frame: whatever it is, and whoever sent it. */
export function readViewerMessage(text: string): ReadViewerMessage {
  const json = parseJson(text);
  if (json === undefined) return { ok: false, problem: 'expected a JSON object' };
  const read = viewerMessage.safeParse(json);
  if (read.success) return { ok: true, message: read.data };
  const [issue] = read.error.issues;
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
  return { ok: false, problem: `${where}${issue?.message ?? ''}`.slice(0, MAX_PROBLEM_LENGTH) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
