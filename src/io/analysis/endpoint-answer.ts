import { z } from 'zod';
import type { Analysis } from '../../machines/analysis/analysis.events.ts';
import { intentNames } from './intents.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { rounded } from './rounded.ts';

export const MAX_TOPICS = 8;
export const MAX_TOPIC_CHARS = 60;
const MAX_INTENTS = 50;
export const MAX_SUMMARY_CHARS = 500;
const MAX_REVEALED_CHARS = 1_000;

/**
 * What an answer must be, to the letter: nobody but these participants, no other field, nothing beyond the
 * limits.
 */
export function answerSchema(participants: readonly string[]) {
  const participant = z.enum(participants);
  const sentiment = z.number().min(-1).max(1);
  return z.strictObject({
    sentiment: z.strictObject({
      overall: sentiment,
      participants: z
        .array(z.strictObject({ participant, sentiment }))
        .max(participants.length)
        .refine(isDistinct, 'expected each participant once'),
    }),
    topics: z.array(z.string().regex(/\S/).max(MAX_TOPIC_CHARS)).max(MAX_TOPICS),
    intents: z
      .array(
        z.strictObject({
          participant,
          intent: z.enum(intentNames),
          confidence: z.number().min(0).max(1),
        }),
      )
      .max(MAX_INTENTS),
    summary: z.string().max(MAX_SUMMARY_CHARS),
  });
}

const isDistinct = (rated: readonly { readonly participant: string }[]): boolean =>
  new Set(rated.map(({ participant }) => participant)).size === rated.length;

export type Answer = z.output<ReturnType<typeof answerSchema>>;

/**
 * The schema as an endpoint is told it: the form alone. The strict mode of some endpoints refuses to hear of
 * limits; the instructions name them.
 */
export const wireSchema = (schema: z.ZodType): Readonly<Record<string, unknown>> =>
  z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      delete jsonSchema.$schema;
      delete jsonSchema.minimum;
      delete jsonSchema.maximum;
      delete jsonSchema.minLength;
      delete jsonSchema.maxLength;
      delete jsonSchema.maxItems;
    },
  });

export function toAnalysis(
  { sentiment, topics, intents, summary }: Answer,
  pseudonyms: Pseudonyms,
  { engine, isShortened }: { readonly engine: string; readonly isShortened: boolean },
): Analysis {
  const identityOf = (pseudonym: string) => pseudonyms.identityOf(pseudonym) ?? '';
  // Identities are longer than their pseudonyms: with them a text may be too long.
  const clean = (text: string, most: number) =>
    pseudonyms.reveal(text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()).slice(0, most);
  return {
    engine,
    fallback: '',
    sentiment: {
      overall: rounded(sentiment.overall),
      participants: Object.fromEntries(
        sentiment.participants.map((each) => [
          identityOf(each.participant),
          rounded(each.sentiment),
        ]),
      ),
    },
    topics: topics.map((topic) => clean(topic, MAX_TOPIC_CHARS)).filter((topic) => topic !== ''),
    intents: intents.map(({ participant, intent, confidence }) => ({
      participant: identityOf(participant),
      intent,
      confidence: rounded(confidence),
    })),
    summary: clean(summary, MAX_REVEALED_CHARS),
    notes: isShortened ? ['shortened'] : [],
  };
}
