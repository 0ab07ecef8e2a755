/** Words that a list of feelings rates, and that say nothing about a mood where they stand like this. */
export const moodless =
  /\b(?:ok|okay)\b|^\s*(?:yes|yeah|no|nope|well)\b(?=\s*(?:[,.!]|$))|\bsorry (?:to|for|about) \w+|\b(?:help (?:me|you|us)|(?:want|like) to|please|never mind|waiting)\b/gi;

/**
 * What support calls say in words that a list of feelings does not rate, or rates as the opposite; the first
 * that is found in a sentence, in lower case, is its mood. No pattern repeats a repetition.
 */
const setPhrases: readonly { readonly mood: number; readonly pattern: RegExp }[] = [
  {
    mood: 0.5,
    pattern:
      /\b(?:(?:problem|issue|error|bug) (?:is|was|has been) (?:now )?(?:gone|solved|fixed|resolved)|(?:that|this|it) (?:has )?(?:fixed|solved|resolved) (?:it|my|our|the)|(?:is|it's) working (?:now|again)|(?:is|it's|been) (?:now )?(?:solved|fixed|resolved))\b/,
  },
  { mood: 0, pattern: /\b(?:no (?:reason|need) to|not) (?:be )?(?:angry|upset|worried|mad)\b/ },
  {
    mood: -0.5,
    pattern:
      /\b(?:nothing works|thank(?:s| you) for nothing|no help|been (?:on hold|kept)|(?:third|fourth|fifth|tenth) time i|never (?:received|arrived|came|got|called)|did(?:n't| not) (?:show up|arrive|come|call back)|(?:was|were|been|got|is) (?:declined|rejected)|(?:charged|billed) twice|keeps? (?:dropping|crashing|freezing|failing)|is frozen|can(?:'t|not) (?:log in|login|sign in|connect|hear|see)|(?:speak|talk) (?:to|with) (?:a|your) (?:manager|supervisor))\b/,
  },
];

/** The mood of a sentence by its set phrases, -1 to 1; null where it has none. */
export function moodOf(sentence: string): number | null {
  const text = sentence.toLowerCase().replaceAll('\u2019', "'");
  return setPhrases.find(({ pattern }) => pattern.test(text))?.mood ?? null;
}
