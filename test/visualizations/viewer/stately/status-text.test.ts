import { expect, it } from 'vitest';
import {
  countText,
  statusText,
} from '../../../../visualizations/viewer/src/stately/status-text.ts';

it.each([
  ['refused', true, 'The relay wants a token.'],
  ['lost', true, 'The connection to greenroom is lost; it is tried again.'],
  ['connecting', false, 'Connecting to greenroom.'],
  ['open', false, 'Waiting for the inspector of stately.ai.'],
  ['open', true, 'Live.'],
] as const)('[STY-33] with a stream that is %s, connected %s: %s', (link, isConnected, text) => {
  expect(statusText(link, isConnected, 'stately.ai')).toBe(text);
});

it('[STY-34] says how many messages were left out, and why, only where some were', () => {
  expect(countText(1_234, 0)).toBe('1,234 shown');
  expect(countText(1, 5_678)).toMatch(/^1 shown, 5,678 left out: more than 200 a second/);
});
