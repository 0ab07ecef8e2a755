import { describe, expect, it } from 'vitest';
import { findPhrase, foldText, hasWords } from '../../../src/machines/analysis/phrases.logic.ts';

const quote = (text: string, ...phrases: string[]): string | null => {
  const span = findPhrase(foldText(text), phrases);
  return span && text.slice(span.start, span.end);
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
  ])('[CAN-2] is found in %j by %j, and quoted as it was said', (text, phrase, expected) => {
    expect(quote(text, phrase)).toBe(expected);
  });

  it.each([
    ['guaranteed', 'guarantee'],
    ['no guarantees', 'guarantee'],
    ['is this call', 'this call is'],
    ['', 'guarantee'],
    ['...', 'guarantee'],
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

  it('[CAN-3] is looked for in time that grows with the text alone', () => {
    const text = 'a'.repeat(20_000);
    const startedAt = performance.now();
    for (let times = 0; times < 3; times += 1) quote(text, `${'a'.repeat(199)}b`, 'a a a a b');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
