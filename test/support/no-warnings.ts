import { afterEach, beforeEach, expect, vi } from 'vitest';

/** XState says with a warning what else would be a silent mistake, such as an event to a stopped actor. */
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  const warn = vi.mocked(console.warn);
  const warnings = warn.mock.calls.map(([message]: unknown[]) => String(message));
  warn.mockRestore();
  expect(warnings).toEqual([]);
});
