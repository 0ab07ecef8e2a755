import { z } from 'zod';
import type { RuleAction } from '../../machines/rules/rule.ts';
import { findNotJson } from '../event-log/plain-json.ts';
import { jobWebhookEvents } from '../webhooks/job-webhook-events.ts';
import { isWebhookUrl } from '../webhooks/webhook-url.ts';
import type { RuleFunction } from './define-config.ts';
import { chosen, hasKey, hint, oneOf, strict, text } from './schema-parts.ts';

/** An action as it was read: a function is not yet known by its name. */
export type ActionRead =
  | Exclude<RuleAction, { readonly do: 'call' }>
  | { readonly do: 'call'; readonly call: RuleFunction };

const webhookAction = strict({
  webhook: strict({
    event: z
      .string('expected a text')
      .regex(/^[a-z][a-z0-9_]{0,63}$/, 'expected lower case letters, digits and "_", at most 64')
      .refine(
        (event) => !jobWebhookEvents.some((own) => own === event),
        `greenroom itself sends ${jobWebhookEvents.join(', ')}: expected another name`,
      )
      .default('rule_acted'),
    url: z
      .string('expected an address')
      .refine(
        isWebhookUrl,
        'expected an address that starts with http:// or https://, without a user or # in it',
      )
      .nullable()
      .default(null),
  }),
}).transform(({ webhook: { event, url } }) => ({ do: 'webhook' as const, event, url }));

const dataAction = strict({
  data: strict({
    topic: text,
    payload: z
      .record(z.string(), z.unknown(), 'expected an object')
      .superRefine((payload, context) => {
        const strange = findNotJson(payload);
        if (!strange) return;
        const message = `expected plain JSON, found ${strange.found} at ${strange.path || 'its top'}`;
        context.addIssue({ code: 'custom', message });
      }),
    to: z
      .union(
        [oneOf(['everybody', 'participant']), z.array(text).min(1).max(1_000)],
        'expected everybody, participant, or a list of identities',
      )
      .default('everybody'),
  }),
}).transform(({ data }) => ({ do: 'data' as const, ...data }));

const removeAction = strict({ remove: z.literal(true, 'expected true') }).transform(() => ({
  do: 'remove' as const,
}));

const muteAction = strict({ mute: oneOf(['microphone', 'camera', 'all']) }).transform(
  ({ mute }) => ({ do: 'mute' as const, source: mute }),
);

const startAction = strict({
  record: oneOf(['start', 'stop']),
  filepath: text,
  layout: oneOf(['grid', 'speaker', 'single-speaker']).default('grid'),
  audioOnly: z.boolean('expected true or false').default(false),
}).transform(({ filepath, layout, audioOnly }) => ({
  do: 'startRecording' as const,
  recording: { filepath, layout, audioOnly },
}));

const stopAction = strict({ record: oneOf(['start', 'stop']) }).transform(() => ({
  do: 'stopRecording' as const,
}));

const callAction = strict({
  call: z.custom<RuleFunction>(
    (given) => typeof given === 'function',
    'expected a function, which only a .js or .mjs file can have',
  ),
}).transform(({ call }) => ({ do: 'call' as const, call }));

type Choose = (given: unknown) => z.ZodType<ActionRead>;

const verbs = new Map<string, Choose>([
  ['webhook', () => webhookAction],
  ['data', () => dataAction],
  ['remove', () => removeAction],
  ['mute', () => muteAction],
  ['record', (given: unknown) => (isStop(given) ? stopAction : startAction)],
  ['call', () => callAction],
]);

const isStop = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && 'record' in given && given.record === 'stop';

/** One thing that a rule does. */
export const actionSchema = chosen<ActionRead>((given) => {
  const known = [...verbs.keys()];
  const named = known.filter((verb) => hasKey(given, verb));
  const [verb] = named;
  if (verb !== undefined && named.length === 1) return verbs.get(verb)?.(given) ?? z.never();
  const found = typeof given === 'object' && given !== null ? Object.keys(given) : [];
  const meant = found.map((word) => hint(word, known)).join('');
  return z.never(
    named.length > 1
      ? `expected one thing to do, found ${named.join(' and ')}: put each into an object of its own`
      : `expected an object with one of ${known.join(', ')}${meant}`,
  );
});
