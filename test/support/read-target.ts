import type { JobMetadata } from '../../src/machines/worker/events.ts';

/** The metadata of the tests' own agent: JSON with a string `target`. */
export function readTarget(offer: { dispatchId: string; metadata: string }): JobMetadata {
  const mistake = (path: string, expected: string): JobMetadata => ({
    ok: false,
    problems: [{ path, expected }],
  });
  let value: unknown;
  try {
    value = JSON.parse(offer.metadata);
  } catch {
    return mistake('', 'JSON');
  }
  if (typeof value !== 'object' || value === null || !('target' in value)) {
    return mistake('target', 'a string');
  }
  const { target } = value;
  if (typeof target !== 'string') return mistake('target', 'a string');
  return { ok: true, value: { target }, key: `${offer.dispatchId}/${target}`, target };
}
