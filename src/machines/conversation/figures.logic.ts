import type { ConversationFigures, SpeakerFigures } from './conversation-figures.ts';
import type { Floor } from './floor.logic.ts';
import { offsetQuantile } from './transfer-offsets.logic.ts';

/** The figures of talk, with the turns that go on as far as they are counted. */
export type TalkFigures = Pick<
  ConversationFigures,
  | 'speakers'
  | 'talkMs'
  | 'turns'
  | 'overlapMs'
  | 'interruptions'
  | 'longestSilenceMs'
  | 'responseGapMs'
  | 'participants'
>;

/** @param most how many participants are given, those who talked most first. */
export function talkFiguresOf(floor: Floor, most: number): TalkFigures {
  const all = speakerFiguresOf(floor);
  const sum = (valueOf: (speaker: SpeakerFigures) => number): number =>
    all.reduce((total, speaker) => total + valueOf(speaker), 0);
  return {
    speakers: all.length,
    talkMs: sum(({ talkMs }) => talkMs),
    turns: sum(({ turns }) => turns),
    overlapMs: Math.round(floor.overlapMs),
    interruptions: sum(({ interruptions }) => interruptions),
    longestSilenceMs: Math.round(floor.longestSilenceMs),
    responseGapMs: {
      median: offsetQuantile(floor.offsets, 0.5),
      p95: offsetQuantile(floor.offsets, 0.95),
    },
    participants: all.slice(0, most),
  };
}

function speakerFiguresOf({ speakers, speaking, countedTo }: Floor): readonly SpeakerFigures[] {
  const known = new Map(speakers.map((totals) => [totals.identity, totals]));
  const all = new Map(
    speakers.map(({ identity, ...totals }) => [identity, { participant: identity, ...totals }]),
  );
  for (const { identity, startedAt, overlapMs } of speaking) {
    const totals = known.get(identity);
    all.set(identity, {
      participant: identity,
      talkMs: (totals?.talkMs ?? 0) + countedTo - startedAt,
      turns: totals?.turns ?? 0,
      overlapMs: (totals?.overlapMs ?? 0) + overlapMs,
      interruptions: totals?.interruptions ?? 0,
      interrupted: totals?.interrupted ?? 0,
    });
  }
  const talkMs = [...all.values()].reduce((sum, speaker) => sum + speaker.talkMs, 0);
  return [...all.values()]
    .map((speaker) => ({
      ...speaker,
      talkMs: Math.round(speaker.talkMs),
      talkShare: talkMs > 0 ? Math.round((speaker.talkMs / talkMs) * 10_000) / 10_000 : 0,
      overlapMs: Math.round(speaker.overlapMs),
    }))
    .sort(
      (one, other) => other.talkMs - one.talkMs || (one.participant < other.participant ? -1 : 1),
    );
}
