import { isPlainObject } from '../conversation/plain-object.logic.ts';
import type { Analysis } from './analysis.events.ts';

/** An engine's answer, or what is wrong with it in a few words of our own. */
export type CheckedAnalysis =
  | { readonly ok: true; readonly analysis: Analysis }
  | { readonly ok: false; readonly problem: string };

type Intent = Analysis['intents'][number];
type Note = NonNullable<Analysis['notes']>[number];

const NOTES: readonly Note[] = ['not_english', 'shortened'];

const MAX_ENGINE = 100;
const MAX_FALLBACK = 300;
const MAX_SUMMARY = 2_000;
const MAX_TOPICS = 50;
const MAX_INTENTS = 100;
const MAX_WORD = 200;

/**
 * Holds an engine's answer to what it may be, whatever the engine: the text that it read is anybody's,
 * and may have told it what to answer.
 *
 * @param participants those who spoke in the window; an answer about anybody else is nonsense.
 */
export function checkAnalysis(given: unknown, participants: readonly string[]): CheckedAnalysis {
  if (!isPlainObject(given)) return nonsense('no object');
  const { engine, fallback, sentiment, topics, intents, summary, notes = [] } = given;
  if (!isText(engine, MAX_ENGINE) || engine === '') return nonsense('no engine');
  if (!isText(fallback, MAX_FALLBACK)) return nonsense('no fallback');
  if (!isText(summary, MAX_SUMMARY)) return nonsense('no summary');
  if (!isPlainObject(sentiment) || !isWithin(sentiment['overall'], -1, 1)) {
    return nonsense('no sentiment from -1 to 1');
  }
  const scores = scoresOf(sentiment['participants'], participants);
  if (scores === null) return nonsense('no sentiment of those who spoke');
  if (!isListOf(topics, MAX_TOPICS, isTopic)) return nonsense('no list of topics');
  const isIntent = (value: unknown): value is Intent => isIntentOf(value, participants);
  if (!isListOf(intents, MAX_INTENTS, isIntent)) return nonsense('no intents of those who spoke');
  if (!isListOf(notes, NOTES.length, isNote)) return nonsense('no notes');
  return {
    ok: true,
    analysis: {
      engine,
      fallback,
      sentiment: { overall: rounded(sentiment['overall']), participants: scores },
      topics,
      // Nothing else of them is let through.
      intents: intents.map(({ participant, intent, confidence }) => ({
        participant,
        intent,
        confidence: rounded(confidence),
      })),
      summary,
      notes,
    },
  };
}

const nonsense = (problem: string): CheckedAnalysis => ({ ok: false, problem });

/** Three digits, and no -0, which is no plain JSON. */
export const rounded = (value: number): number => Math.round(value * 1_000) / 1_000 + 0;

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length <= most;

const isWithin = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most;

const isListOf = <T>(
  value: unknown,
  most: number,
  isOne: (one: unknown) => one is T,
): value is readonly T[] => Array.isArray(value) && value.length <= most && value.every(isOne);

const isNote = (value: unknown): value is Note => NOTES.some((note) => note === value);

const isTopic = (value: unknown): value is string => isText(value, MAX_WORD) && value !== '';

const isIntentOf = (value: unknown, participants: readonly string[]): value is Intent =>
  isPlainObject(value) &&
  participants.some((participant) => participant === value['participant']) &&
  isText(value['intent'], MAX_WORD) &&
  value['intent'] !== '' &&
  isWithin(value['confidence'], 0, 1);

function scoresOf(
  given: unknown,
  participants: readonly string[],
): Readonly<Record<string, number>> | null {
  if (!isPlainObject(given)) return null;
  const entries = Object.entries(given);
  const scores = entries.flatMap(([participant, score]) =>
    participants.includes(participant) && isWithin(score, -1, 1)
      ? [[participant, rounded(score)] as const]
      : [],
  );
  return scores.length === entries.length ? Object.fromEntries(scores) : null;
}
