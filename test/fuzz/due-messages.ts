import type { ConnectionQuality, ParticipantInfo, RoomFact } from '../../src/machines/events.ts';
import type { StoryLine } from './job-story.ts';

/** A data message: when, about what, to whom, and the word that matters in it. */
export type Message = {
  readonly at: number;
  readonly topic: string;
  readonly to: readonly string[];
  readonly says: string;
};

export type Duties = {
  readonly target: string;
  readonly welcomes: boolean;
  readonly tellsSpeech: boolean;
  readonly tellsQuality: boolean;
};

type Inside = {
  readonly sid: string;
  isActive: boolean;
  quality: ConnectionQuality | null;
};

const announceEveryMs = 2_000;
const isPoor = (quality: ConnectionQuality): boolean => quality === 'poor' || quality === 'lost';

/** The messages that a monitor owed to the room, by the rules of the product alone. */
export function dueMessages(story: readonly StoryLine[], duties: Duties): readonly Message[] {
  const ledger = new Ledger(duties);
  for (const line of story) ledger.take(line);
  return ledger.due;
}

/** Keeps what the room said, and after each word asks again what is owed. */
class Ledger {
  readonly due: Message[] = [];
  readonly #duties: Duties;
  readonly #inside = new Map<string, Inside>();
  readonly #welcomed = new Set<string>();
  #isOnDuty = false;
  #isFollowing = false;
  #isSpeaking = false;
  /** What the others believe. */
  #isToldSpeaking = false;
  #toldAt = -Infinity;
  #isWarned = false;

  constructor(duties: Duties) {
    this.#duties = duties;
  }

  take(line: StoryLine): void {
    const { at } = line;
    const heldUntil = this.#toldAt + announceEveryMs;
    if (heldUntil <= at) this.#settle(heldUntil);
    if (line.type === 'heard') this.#hear(line.fact);
    if (line.type === 'agentBegan') this.#isOnDuty = true;
    if (line.type === 'said') {
      const { emission } = line;
      if (emission.type === 'job.healthChanged') {
        this.#isFollowing = emission.health.active;
        this.#isSpeaking = emission.health.speaking;
      }
      // The quality of a connection ends with it.
      if (!this.#isFollowing) this.#isWarned = false;
      if (emission.type === 'job.ending') this.#isOnDuty = false;
    }
    this.#settle(at);
  }

  #hear(fact: RoomFact): void {
    switch (fact.type) {
      case 'room.connected':
        fact.participants.forEach((participant) => this.#enter(participant));
        break;
      case 'participant.connected':
        this.#enter(fact.participant);
        break;
      case 'participant.active': {
        const who = this.#inside.get(fact.identity);
        if (who) who.isActive = true;
        break;
      }
      case 'participant.qualityChanged': {
        const who = this.#inside.get(fact.identity);
        if (who) who.quality = fact.quality;
        break;
      }
      case 'participant.disconnected':
        this.#inside.delete(fact.identity);
        break;
      default:
    }
  }

  #enter({ identity, sid, active }: ParticipantInfo): void {
    const before = this.#inside.get(identity);
    if (before?.sid === sid) before.isActive ||= active;
    else this.#inside.set(identity, { sid, isActive: active, quality: null });
  }

  #settle(at: number): void {
    if (!this.#isOnDuty) return;
    this.#settleWelcome(at);
    this.#settleQuality(at);
    this.#settleSpeech(at);
  }

  #settleWelcome(at: number): void {
    const { target, welcomes } = this.#duties;
    const who = this.#inside.get(target);
    if (!welcomes || !who?.isActive || this.#welcomed.has(who.sid)) return;
    this.#welcomed.add(who.sid);
    this.due.push({ at, topic: 'participant_monitoring', to: [target], says: 'welcome' });
  }

  #settleQuality(at: number): void {
    const { target, tellsQuality } = this.#duties;
    const quality = this.#inside.get(target)?.quality ?? null;
    if (!this.#isFollowing || quality === null || isPoor(quality) === this.#isWarned) return;
    this.#isWarned = isPoor(quality);
    if (!tellsQuality) return;
    this.due.push({ at, topic: 'connection_quality', to: [target], says: quality });
  }

  #settleSpeech(at: number): void {
    if (!this.#duties.tellsSpeech) return;
    const to = [...this.#inside.keys()].filter((identity) => identity !== this.#duties.target);
    const mayTell = at - this.#toldAt >= announceEveryMs && to.length > 0;
    if (this.#isToldSpeaking && !this.#isSpeaking) {
      this.#isToldSpeaking = false;
      if (to.length > 0) this.#tellSpeech(at, to, false);
    } else if (this.#isSpeaking && !this.#isToldSpeaking && mayTell) {
      this.#isToldSpeaking = true;
      this.#toldAt = at;
      this.#tellSpeech(at, to, true);
    }
  }

  #tellSpeech(at: number, to: readonly string[], isSpeaking: boolean): void {
    this.due.push({ at, topic: 'speaking_detection', to, says: String(isSpeaking) });
  }
}
