import type { ClosedRoom } from './closed-job.ts';

/** What came together in all rooms that have ended. */
export type RoomTotals = {
  readonly rooms: number;
  /** Joins; who came twice counts twice. */
  readonly participants: number;
  /** Different identities over all rooms. */
  readonly identities: number;
  /** False where there were more than are told apart: then `identities` is the least. */
  readonly identitiesAreExact: boolean;
  readonly tracks: number;
  readonly messages: number;
  readonly monitoredMs: number;
  /** At once, in one room. */
  readonly peakParticipants: number;
  /** Watched at once. */
  readonly peakRooms: number;
};

/** Beyond it different identities are no longer told apart. */
const MAX_IDENTITIES = 100_000;
/** The rooms that ended last, among which those at the same time are looked for. */
const MAX_SPANS = 10_000;

/**
 * Adds up the closing figures of rooms.
 *
 * Limits: 100,000 identities are told apart; the peak of rooms at once is that of the last 10,000 and what
 * came before them.
 */
export class RoomTally {
  readonly #identities = new Set<string>();
  readonly #maxIdentities: number;
  readonly #spans: { readonly from: number; readonly to: number }[] = [];
  #isExact = true;
  #rooms = 0;
  #participants = 0;
  #tracks = 0;
  #messages = 0;
  #monitoredMs = 0;
  #peakParticipants = 0;
  /** Of a room that was cut off the names are not known, but their number is. */
  #mostIdentities = 0;
  #earlierPeakRooms = 0;

  constructor(maxIdentities = MAX_IDENTITIES) {
    this.#maxIdentities = maxIdentities;
  }

  add(room: ClosedRoom): void {
    this.#rooms += 1;
    this.#participants += room.joins;
    this.#tracks += room.tracksPublished;
    this.#messages += room.messages;
    this.#monitoredMs += room.durationMs;
    this.#peakParticipants = Math.max(this.#peakParticipants, room.peakParticipants);
    if (!room.identitiesAreExact) this.#isExact = false;
    this.#mostIdentities = Math.max(this.#mostIdentities, room.identities);
    for (const identity of room.whoWasThere) this.#meet(identity);
    // One that was cut off before its first status was there for a moment, too.
    const to = room.startedAt + Math.max(room.durationMs, 1);
    this.#spans.push({ from: room.startedAt, to });
    if (this.#spans.length <= MAX_SPANS) return;
    this.#earlierPeakRooms = Math.max(this.#earlierPeakRooms, peakOf(this.#spans));
    this.#spans.splice(0, MAX_SPANS / 2);
  }

  get isEmpty(): boolean {
    return this.#rooms === 0;
  }

  get totals(): RoomTotals {
    return {
      rooms: this.#rooms,
      participants: this.#participants,
      identities: Math.max(this.#identities.size, this.#mostIdentities),
      identitiesAreExact: this.#isExact,
      tracks: this.#tracks,
      messages: this.#messages,
      monitoredMs: this.#monitoredMs,
      peakParticipants: this.#peakParticipants,
      peakRooms: Math.max(this.#earlierPeakRooms, peakOf(this.#spans)),
    };
  }

  #meet(identity: string): void {
    if (this.#identities.has(identity)) return;
    if (this.#identities.size < this.#maxIdentities) this.#identities.add(identity);
    else this.#isExact = false;
  }
}

/** How many spans lie over one another at most; one that ends as another begins does not lie over it. */
function peakOf(spans: readonly { readonly from: number; readonly to: number }[]): number {
  const changes = spans
    .flatMap(({ from, to }) => [
      { at: from, by: 1 },
      { at: to, by: -1 },
    ])
    .toSorted((a, b) => a.at - b.at || a.by - b.by);
  let now = 0;
  let peak = 0;
  for (const { by } of changes) {
    now += by;
    peak = Math.max(peak, now);
  }
  return peak;
}
