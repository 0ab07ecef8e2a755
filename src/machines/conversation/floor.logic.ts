import { addOffset, type TransferOffsets } from './transfer-offsets.logic.ts';

/** Somebody's microphone began or ceased to carry speech. */
export type SpeechEdge = {
  readonly at: number;
  readonly identity: string;
  readonly began: boolean;
};

/** A turn that goes on. */
type OpenTurn = {
  readonly identity: string;
  readonly startedAt: number;
  /** How many of the speaker's microphones carry it: several are one speaker. */
  readonly microphones: number;
  readonly overlapMs: number;
  /** Who stopped for it, if it turns out to be more than a backchannel. */
  readonly silenced: readonly string[];
};

/** A turn that is over. */
export type Turn = {
  readonly identity: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** For how long of it somebody else spoke too. */
  readonly overlapMs: number;
};

type SpeakerTotals = {
  readonly identity: string;
  readonly talkMs: number;
  readonly turns: number;
  readonly overlapMs: number;
  /** How often this speaker interrupted somebody. */
  readonly interruptions: number;
  /** How often somebody interrupted this speaker. */
  readonly interrupted: number;
};

/** A conversation up to a moment, as plain data that does not grow with its length. */
export type Floor = {
  /** Everything before it is counted. */
  readonly countedTo: number;
  /** In the order of their beginnings; the first has the floor. */
  readonly speaking: readonly OpenTurn[];
  /** Since when nobody speaks, and who ceased then; null before the first turn, and while somebody speaks. */
  readonly silence: { readonly since: number; readonly last: readonly string[] } | null;
  /** The first 500 who spoke, in that order; all later ones together have an empty identity. */
  readonly speakers: readonly SpeakerTotals[];
  /** For how long two or more spoke at once. */
  readonly overlapMs: number;
  readonly longestSilenceMs: number;
  readonly offsets: TransferOffsets;
};

const MAX_SPEAKERS = 500;

/** Speech shorter than that takes no floor: a "very short utterance" (Heldner et al., Interspeech 2011). */
const BACKCHANNEL_MS = 1_000;
/** A shorter overlap is how turns commonly follow each other (Levinson and Torreira 2015). */
const TERMINAL_OVERLAP_MS = 200;
/** Who stops later than that did not stop because of the other's beginning. */
const YIELD_MS = 2_000;

export const openFloor = (at: number): Floor => ({
  countedTo: at,
  speaking: [],
  silence: null,
  speakers: [],
  overlapMs: 0,
  longestSilenceMs: 0,
  offsets: {},
});

/**
 * Counts a conversation on, up to `until`: one pass over the edges, which must all be known by then.
 * The order of edges of the same time changes nothing.
 *
 * - Turn: speech of one speaker without a silence that the voice detector hears (1 s for the energy one).
 * - Gap and overlap between speakers: the floor transfer offset, beginning of the new turn less end of
 *   the old one, positive or negative (Heldner and Edlund 2010, "Pauses, gaps and overlaps in
 *   conversations"). Who has spoken longest has the floor; where all cease at once,
 *   who begins next takes it over, unless that is one of them: then it was a pause.
 * - Interruption: B begins while A speaks, more than 200 ms before A stops (less is a transition from
 *   turn to turn: Sacks, Schegloff and Jefferson 1974, "A simplest systematics for the organization of
 *   turn-taking"); A stops within 2 s of it; B goes on, and for 1 s in all (less is a backchannel).
 *   One for each A.
 */
export function countOn(
  floor: Floor,
  edges: readonly SpeechEdge[],
  until: number,
): { readonly floor: Floor; readonly turns: readonly Turn[] } {
  const times = [...new Set(edges.map(({ at }) => Math.max(at, floor.countedTo)))];
  const turns: Turn[] = [];
  let counted = floor;
  for (const at of times.sort((one, other) => one - other)) {
    const now = edges.filter((edge) => Math.max(edge.at, floor.countedTo) === at);
    const moment = passMoment(passTime(counted, at), now);
    counted = moment.floor;
    turns.push(...moment.turns);
  }
  return { floor: passTime(counted, Math.max(until, counted.countedTo)), turns };
}

/** Nothing changes until then. */
function passTime(floor: Floor, at: number): Floor {
  const passedMs = at - floor.countedTo;
  if (floor.speaking.length < 2) return { ...floor, countedTo: at };
  return {
    ...floor,
    countedTo: at,
    overlapMs: floor.overlapMs + passedMs,
    speaking: floor.speaking.map((turn) => ({ ...turn, overlapMs: turn.overlapMs + passedMs })),
  };
}

/** What changes at one moment. */
function passMoment(
  floor: Floor,
  edges: readonly SpeechEdge[],
): { readonly floor: Floor; readonly turns: readonly Turn[] } {
  const at = floor.countedTo;
  const changed = new Map<string, number>();
  for (const { identity, began } of edges) {
    changed.set(identity, (changed.get(identity) ?? 0) + (began ? 1 : -1));
  }
  const before = floor.speaking.map((turn) => ({
    ...turn,
    microphones: turn.microphones + (changed.get(turn.identity) ?? 0),
  }));
  const over = before.filter(({ microphones }) => microphones <= 0);
  const going = before
    .filter(({ microphones }) => microphones > 0)
    .map((turn) => ({ ...turn, silenced: [...turn.silenced, ...silencedBy(turn, over, at)] }));
  const begun = [...changed]
    .filter(([identity, change]) => change > 0 && !before.some(isOf(identity)))
    .map(([identity, microphones]) => ({
      ...{ identity, startedAt: at, microphones },
      ...{ overlapMs: 0, silenced: [] },
    }))
    .sort(byBeginning);
  const speaking = [...going, ...begun];
  const silence =
    going.length === 0 && over.length > 0
      ? { since: at, last: over.map(({ identity }) => identity) }
      : floor.silence;
  return {
    floor: {
      ...floor,
      ...takeFloor(floor, { at, over, going, begun, silence }),
      speaking,
      silence: speaking.length > 0 ? null : silence,
      speakers: over.reduce((speakers, turn) => closeTurn(speakers, turn, at), floor.speakers),
    },
    turns: over.map(({ identity, startedAt, overlapMs }) => ({
      ...{ identity, startedAt, overlapMs },
      endedAt: at,
    })),
  };
}

type Moment = Pick<Floor, 'silence'> & {
  readonly at: number;
  readonly over: readonly OpenTurn[];
  readonly going: readonly OpenTurn[];
  readonly begun: readonly OpenTurn[];
};

/** Whether the floor went from one to another, and how long that took. */
function takeFloor(
  { speaking, offsets, longestSilenceMs }: Floor,
  { at, over, going, begun, silence }: Moment,
): Pick<Floor, 'offsets' | 'longestSilenceMs'> {
  const [holder] = speaking;
  const [heir] = going;
  if (heir) {
    const isTaken = holder !== undefined && over.some(isOf(holder.identity));
    return {
      longestSilenceMs,
      offsets: isTaken ? addOffset(offsets, heir.startedAt - at) : offsets,
    };
  }
  if (!silence || begun.length === 0) return { longestSilenceMs, offsets };
  const silentMs = at - silence.since;
  const isTaken = begun.some(({ identity }) => !silence.last.includes(identity));
  return {
    longestSilenceMs: Math.max(longestSilenceMs, silentMs),
    offsets: isTaken ? addOffset(offsets, silentMs) : offsets,
  };
}

const silencedBy = (turn: OpenTurn, over: readonly OpenTurn[], at: number): readonly string[] => {
  const overlappedMs = at - turn.startedAt;
  if (overlappedMs <= TERMINAL_OVERLAP_MS || overlappedMs > YIELD_MS) return [];
  return over.filter(({ startedAt }) => startedAt < turn.startedAt).map(({ identity }) => identity);
};

function closeTurn(
  speakers: readonly SpeakerTotals[],
  { identity, startedAt, overlapMs, silenced }: OpenTurn,
  at: number,
): readonly SpeakerTotals[] {
  const interrupted = at - startedAt >= BACKCHANNEL_MS ? silenced : [];
  const closed = changeSpeaker(speakers, identity, (totals) => ({
    talkMs: totals.talkMs + at - startedAt,
    turns: totals.turns + 1,
    overlapMs: totals.overlapMs + overlapMs,
    interruptions: totals.interruptions + interrupted.length,
  }));
  return interrupted.reduce(
    (all, victim) =>
      changeSpeaker(all, victim, (totals) => ({ interrupted: totals.interrupted + 1 })),
    closed,
  );
}

function changeSpeaker(
  speakers: readonly SpeakerTotals[],
  identity: string,
  change: (totals: SpeakerTotals) => Partial<SpeakerTotals>,
): readonly SpeakerTotals[] {
  const isKnown = speakers.some(isOf(identity));
  const name = isKnown || speakers.length < MAX_SPEAKERS ? identity : '';
  const added = speakers.some(isOf(name)) ? speakers : [...speakers, noTotals(name)];
  return added.map((totals) =>
    totals.identity === name ? { ...totals, ...change(totals) } : totals,
  );
}

const noTotals = (identity: string): SpeakerTotals => ({
  ...{ identity, talkMs: 0, turns: 0, overlapMs: 0 },
  ...{ interruptions: 0, interrupted: 0 },
});

const isOf =
  (identity: string) =>
  (one: { readonly identity: string }): boolean =>
    one.identity === identity;

const byBeginning = (one: OpenTurn, other: OpenTurn): number =>
  one.startedAt - other.startedAt || (one.identity < other.identity ? -1 : 1);
