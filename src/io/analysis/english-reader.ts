import type { ItsFunction, WinkMethods } from 'wink-nlp';
import { nextTurn } from '../clock.ts';

export type ReadWord = {
  /** In lower case, as a dictionary has it. */
  readonly lemma: string;
  /** Part of speech by the names of Universal Dependencies (universaldependencies.org/u/pos). */
  readonly pos: string;
  /** One of those that carry a sentence and say nothing: the, is, of. */
  readonly isStopWord: boolean;
};

type ReadSentence = {
  readonly text: string;
  /** -1 to 1; 0 where nothing in it carries any. */
  readonly sentiment: number;
};

type ReadText = {
  readonly words: readonly ReadWord[];
  readonly sentences: readonly ReadSentence[];
};

/** Reads a short English text, of a few kilobytes: some 1 ms for 2 KiB. */
export type EnglishReader = (text: string) => ReadText;

/**
 * Loads the language model, once for each call: some 200 ms and 85 MB.
 *
 * In three parts with turns of the event loop between them, none of them over 100 ms (measured: 20, 40
 * and 80 ms), so that the rooms of this process go on meanwhile.
 */
export async function openEnglishReader(): Promise<EnglishReader> {
  const { default: winkNlp } = await import('wink-nlp');
  await turn();
  const { default: model } = await import('wink-eng-lite-web-model');
  await turn();
  const nlp = winkNlp(model, ['sbd', 'negation', 'sentiment', 'pos']);
  await turn();
  return (text) => read(nlp, text);
}

export const turn = (): Promise<void> => new Promise(nextTurn);

function read({ readDoc, its }: WinkMethods, text: string): ReadText {
  const document = readDoc(text);
  const tokens = document.tokens();
  // The types of the package leave its third argument out.
  const lemmas = tokens.out(its.lemma as ItsFunction<string>);
  const parts = tokens.out(its.pos);
  const stopFlags = tokens.out(its.stopWordFlag);
  const types = tokens.out(its.type);
  const words = lemmas.flatMap((lemma, index) =>
    types[index] === 'word'
      ? [
          {
            lemma: lemma.toLowerCase(),
            pos: parts[index] ?? 'X',
            isStopWord: stopFlags[index] === true,
          },
        ]
      : [],
  );
  const sentiments = document.sentences().out(its.sentiment);
  const sentences = document
    .sentences()
    .out()
    .map((sentence, index) => ({ text: sentence, sentiment: Number(sentiments[index] ?? 0) }));
  return { words, sentences };
}
