import { describe, expect, it } from 'vitest';
import { findPhrases, foldText, hasWords } from '../../../src/machines/analysis/phrases.logic.ts';

const quote = (text: string, ...phrases: string[]): string | null => {
  const owner = { phrases };
  const span = findPhrases(foldText(text), [owner]).get(owner);
  return span ? text.slice(span.start, span.end) : null;
};

describe('a phrase', () => {
  it.each([
    ['We GUARANTEE it.', 'guarantee', 'GUARANTEE'],
    ['this call, is -- recorded!', 'This call is recorded', 'this call, is -- recorded'],
    ['Das ist für Müller.', 'fur muller', 'für Müller'],
    ['Cafe\u0301 noir', 'café', 'Cafe\u0301'],
    ['ﬁne print', 'fine', 'ﬁne'],
    ['😀 money back 😀', 'money back', 'money back'],
    ['İstanbul calling', 'istanbul', 'İstanbul'],
    ['Скидка 10%', 'СКИДКА', 'Скидка'],
    ['end', 'end', 'end'],
    ['KREDİ KARTI', 'kredi kartı', 'KREDİ KARTI'],
    ['in der STRASSE', 'straße', 'STRASSE'],
    ['Η ΟΔΟΣ', 'οδός', 'ΟΔΟΣ'],
    ['ＧＵＡＲＡＮＴＥＥ', 'guarantee', 'ＧＵＡＲＡＮＴＥＥ'],
    ['gua\u00adran\u200btee\u200f!', 'guarantee', 'gua\u00adran\u200btee\u200f'],
    ['שָׁלוֹם לכם', 'שלום', 'שָׁלוֹם'],
    ['您好，本通话将被录音，谢谢', '通话将被录音', '通话将被录音'],
    ['この通話を録音します', '録音', '録音'],
    ['ขอคืนเงินได้', 'คืนเงิน', 'คืนเงิน'],
    ['यह वादा है', 'वादा', 'वादा'],
  ])('[CAN-2] is found in %j by %j, and quoted as it was said', (text, phrase, expected) => {
    expect(quote(text, phrase)).toBe(expected);
  });

  it.each([
    ['guaranteed', 'guarantee'],
    ['no guarantees', 'guarantee'],
    ['is this call', 'this call is'],
    ['', 'guarantee'],
    ['...', 'guarantee'],
    ['यह वीदा है', 'वादा'],
    ['がめん', 'かめん'],
  ])('[CAN-2] is not found in %j by %j: words are whole, and in order', (text, phrase) => {
    expect(quote(text, phrase)).toBeNull();
  });

  it('[CAN-2] without a word is never found', () => {
    expect(hasWords('?!')).toBe(false);
    expect(quote('what ?! now', '?!')).toBeNull();
  });

  it('[CAN-2] is the first of the list that is there', () => {
    expect(quote('one two', 'three', 'two', 'one')).toBe('two');
  });

  it('[CAN-2] is found for each whose phrase it is, among phrases that begin alike', () => {
    const owners = [['we record'], ['we record calls', 'calls'], ['we'], ['record']].map(
      (phrases) => ({ phrases }),
    );
    const found = findPhrases(foldText('do we record calls'), owners);
    expect(owners.map((owner) => found.get(owner))).toMatchObject([
      { start: 3, end: 12 },
      { start: 3, end: 18 },
      { start: 3, end: 5 },
      { start: 6, end: 12 },
    ]);
  });

  it('[CAN-3] is folded once, and not again for each text', () => {
    let folds = 0;
    const phrases = ['money back'];
    Object.defineProperty(phrases, 0, { get: () => ((folds += 1), 'money back') });
    const owners = [{ phrases }];
    for (const text of ['no', 'nothing', 'money back']) findPhrases(foldText(text), owners);
    expect(folds).toBe(1);
  });

  it('[CAN-3] is looked for in time that does not grow with the number of phrases', () => {
    const words = foldText('we guarantee nothing '.repeat(3_000));
    const manyOwners = (owners: number) =>
      Array.from({ length: owners }, (_, owner) => ({
        phrases: Array.from(
          { length: 50 },
          (__, index) => `nothing we guarantee ${owner}x${index}`,
        ),
      }));
    /** The shortest of several, in milliseconds: a busy machine makes any of them longer. */
    const timeOf = (owners: number): number => {
      const rules = manyOwners(owners);
      const times = Array.from({ length: 10 }, () => {
        const startedAt = performance.now();
        findPhrases(words, rules);
        return performance.now() - startedAt;
      });
      return Math.min(...times);
    };
    timeOf(1);
    expect(timeOf(50)).toBeLessThan(5 * timeOf(1) + 5);
  });

  it('[CAN-3] is looked for in time that grows with the text alone', () => {
    const text = 'a'.repeat(20_000);
    const startedAt = performance.now();
    for (let times = 0; times < 3; times += 1) quote(text, `${'a'.repeat(199)}b`, 'a a a a b');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
