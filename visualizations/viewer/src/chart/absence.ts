import type { ActorAddress, Recording } from '../../../../src/io/inspect/protocol.ts';
import { addressKey } from '../timeline/timeline-model.ts';
import { sinceStart } from '../timeline/time-format.ts';

/** Why an actor that is looked at is not there, as a part of a sentence. @param at the moment shown. */
export function absenceOf(address: ActorAddress, recording: Recording | null, at: number): string {
  if (!recording) return 'it has ended and is forgotten, or never was';
  const key = addressKey(address);
  const lives = recording.timeline.rows.filter((row) => addressKey(row) === key);
  const begins = lives
    .flatMap(({ changes }) => changes[0]?.at ?? [])
    .filter((begin) => begin > at)
    .sort((one, other) => one - other);
  const [next] = begins;
  if (next !== undefined) return `it begins at ${sinceStart(next, recording.firstAt)}`;
  const ends = lives.flatMap(({ endedAt }) => endedAt ?? []);
  if (ends.length === 0) return 'it has ended, has not begun yet, or never is';
  return `it ended at ${sinceStart(Math.max(...ends), recording.firstAt)}`;
}
