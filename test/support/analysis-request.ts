import type { AnalysedItem, AnalysisRequest } from '../../src/machines/analysis/analysis.events.ts';

/** A conversation in which each line is what one participant says. */
export const conversation = (
  lines: readonly (readonly [participant: string, content: string])[],
  type: AnalysedItem['type'] = 'transcription',
): AnalysisRequest => ({
  items: lines.map(([participant, content], index) => ({
    seq: index + 1,
    participant,
    content,
    at: 1_000 * index,
    type,
  })),
  soFar: '',
  spokeBefore: [],
  isFinal: false,
});
