import type { Analysis, AnalysisRequest } from '../../machines/analysis/analysis.events.ts';
import { boundItems } from './bounded-items.ts';
import { turn, type EnglishReader, type ReadWord } from './english-reader.ts';
import { rounded } from './rounded.ts';
import { intentPatterns } from './intents.ts';
import { moodless, moodOf } from './moods.ts';
import { vagueNouns } from './vague-nouns.ts';

const LEXICON = 'lexicon';

const MAX_TOPICS = 8;
const MAX_TOPIC_WORDS = 3;
const MAX_INTENTS = 50;
/** So many topics stand in a summary. */
const SUMMARY_TOPICS = 3;
/** Of fewer words nobody can tell the language. */
const LEAST_WORDS = 8;
/**
 * Of English talk some half is stop words, of German, Spanish, French or Dutch talk at most a fifth has
 * the looks of one (measured on the sentences of the tests).
 */
const LEAST_STOP_WORD_SHARE = 0.3;
/** A mood within this of 0 is none. */
const CALM = 0.1;

/** What one participant said, as far as it was read. */
type Speaker = {
  readonly participant: string;
  readonly words: ReadWord[];
  readonly sentences: string[];
  /** Those of the sentences that carry any. */
  readonly moods: number[];
  latinLetters: number;
  otherLetters: number;
};

/**
 * Reads a conversation by word lists and patterns, without any model of meaning: the same request always
 * gives the same analysis.
 *
 * English only. Whose words are mostly not English is left out, with a sentiment of 0, and the note
 * `not_english` where that is most of what was said. Topics are common nouns by how often they are said:
 * proper nouns, which may name people, are none. Lets a turn of the event loop pass after each item.
 *
 * @throws the reason of the signal.
 */
export async function readByLexicon(
  request: AnalysisRequest,
  read: EnglishReader,
  signal: AbortSignal,
): Promise<Analysis> {
  const { items, isShortened } = boundItems(request.items);
  const speakers = new Map<string, Speaker>();
  for (const { participant, content, type } of items) {
    // What the runtime itself noted was not said by anybody.
    if (type !== 'transcription' && type !== 'agent_response') continue;
    const speaker = speakers.get(participant) ?? newSpeaker(participant);
    speakers.set(participant, speaker);
    listen(speaker, content, read);
    await turn();
    signal.throwIfAborted();
  }
  return conclude([...speakers.values()], isShortened);
}

const newSpeaker = (participant: string): Speaker => ({
  participant,
  words: [],
  sentences: [],
  moods: [],
  latinLetters: 0,
  otherLetters: 0,
});

function listen(speaker: Speaker, content: string, read: EnglishReader): void {
  const { words, sentences } = read(content);
  const meant = content.replaceAll(moodless, ' ');
  const rated = meant === content ? sentences : read(meant).sentences;
  const moods = rated.map(({ text, sentiment }) => moodOf(text) ?? sentiment);
  speaker.words.push(...words);
  speaker.sentences.push(...sentences.map(({ text }) => text));
  speaker.moods.push(...moods.filter((mood) => mood !== 0));
  const letters = content.match(/\p{L}/gu)?.length ?? 0;
  const latin = content.match(/\p{Script=Latin}/gu)?.length ?? 0;
  speaker.latinLetters += latin;
  speaker.otherLetters += letters - latin;
}

function conclude(speakers: readonly Speaker[], isShortened: boolean): Analysis {
  const isEnglishAltogether = isEnglish(speakers, true);
  const understood = speakers.filter((speaker) => isEnglish([speaker], isEnglishAltogether));
  const isMostlyEnglish = sum(understood.map(lettersOf)) * 2 >= sum(speakers.map(lettersOf));
  const moods = understood.flatMap((speaker) => speaker.moods);
  const overall = isMostlyEnglish ? mean(moods) : 0;
  const topics = findTopics(understood);
  return {
    engine: LEXICON,
    fallback: '',
    sentiment: {
      overall,
      participants: Object.fromEntries(
        speakers.map((speaker) => [
          speaker.participant,
          understood.includes(speaker) ? mean(speaker.moods) : 0,
        ]),
      ),
    },
    topics,
    intents: understood.flatMap(findIntents).slice(0, MAX_INTENTS),
    summary: summarise(speakers.length, topics, isMostlyEnglish ? overall : null),
    notes: [
      ...(isMostlyEnglish ? [] : (['not_english'] as const)),
      ...(isShortened ? (['shortened'] as const) : []),
    ],
  };
}

/** Where there are too few words to tell it is as the others say. */
function isEnglish(speakers: readonly Speaker[], otherwise: boolean): boolean {
  const latin = sum(speakers.map(({ latinLetters }) => latinLetters));
  const other = sum(speakers.map(({ otherLetters }) => otherLetters));
  if (other > latin) return false;
  const words = speakers.flatMap((speaker) => speaker.words);
  if (words.length < LEAST_WORDS) return otherwise;
  const stopWords = words.filter(({ isStopWord }) => isStopWord).length;
  return stopWords / words.length >= LEAST_STOP_WORD_SHARE;
}

const lettersOf = ({ latinLetters, otherLetters }: Speaker): number => latinLetters + otherLetters;

/** Runs of common nouns, those first that are said most often, then those said first. */
function findTopics(speakers: readonly Speaker[]): readonly string[] {
  const names = new Set(
    speakers.flatMap(({ participant }) => participant.toLowerCase().split(/[^\p{L}]+/u)),
  );
  const counts = new Map<string, number>();
  for (const { words } of speakers) {
    for (const run of nounRuns(words, names)) {
      const topic = run.slice(-MAX_TOPIC_WORDS).join(' ');
      counts.set(topic, (counts.get(topic) ?? 0) + 1);
    }
  }
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, MAX_TOPICS)
    .map(([topic]) => topic);
}

const ordinaryWord = /^\p{L}[\p{L}'-]{2,}$/u;

function nounRuns(words: readonly ReadWord[], names: ReadonlySet<string>): readonly string[][] {
  const runs: string[][] = [];
  let run: string[] = [];
  for (const { lemma, pos, isStopWord } of words) {
    const isTopical =
      pos === 'NOUN' &&
      !isStopWord &&
      ordinaryWord.test(lemma) &&
      !vagueNouns.has(lemma) &&
      !names.has(lemma);
    if (isTopical && run.length === 0) runs.push(run);
    if (isTopical) run.push(lemma);
    else run = [];
  }
  return runs;
}

function findIntents({ participant, sentences }: Speaker): Analysis['intents'] {
  const found = new Map<string, number>();
  for (const sentence of sentences) {
    const text = sentence.toLowerCase();
    for (const { intent, confidence, pattern } of intentPatterns) {
      if (confidence > (found.get(intent) ?? 0) && pattern.test(text)) {
        found.set(intent, confidence);
      }
    }
  }
  return [...found].map(([intent, confidence]) => ({ participant, intent, confidence }));
}

function summarise(speakerCount: number, topics: readonly string[], mood: number | null): string {
  if (speakerCount === 0) return 'Nobody said anything.';
  const who = speakerCount === 1 ? '1 participant' : `${speakerCount} participants`;
  if (mood === null) return `${who}, not in English.`;
  const about = topics.length === 0 ? '' : ` about ${topics.slice(0, SUMMARY_TOPICS).join(', ')}`;
  const tone = mood > CALM ? 'positive' : mood < -CALM ? 'negative' : 'neutral';
  return `${who}${about}; the mood is ${tone}.`;
}

const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0);

/** 0 of nothing. */
const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : rounded(sum(values) / values.length);
