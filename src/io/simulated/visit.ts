import type { Clock } from '../../actors/ports.ts';
import type { DisconnectReason, MediaMode, RoomFact, StatsSample } from '../../machines/events.ts';
import type { DataSeal } from '../data-seal.ts';
import { toReceivedText } from '../received-text.ts';
import type { Nastiness } from './nastiness.ts';
import type { Untimed } from './outbox.ts';
import type { RoomNews, SimulatedParticipant } from './participant.ts';
import { Presence, type KnownTrack } from './presence.ts';
import type { SimulatedRoom } from './room.ts';
import { Subscription } from './subscription.ts';
import { Timers } from './timers.ts';

type OwnCourse = Extract<RoomNews, { type: 'ownConnection' }>['course'];

/** From the wish to the subscription (measured: 0.1 to 0.2 s). */
const subscribeMs = 150;
/** A broken connection: until it is back, is made anew (measured: 0.3 s in all), or is given up. */
const resumeMs = 1_500;
const restartMs = 200;
const giveUpMs = 10_000;
/** The text streams that agents listen to. */
const heardTextTopic = 'lk.transcription';

export type VisitDeps = {
  readonly clock: Clock;
  readonly room: SimulatedRoom;
  readonly self: SimulatedParticipant;
  readonly nastiness: Nastiness;
  readonly dataSeal: DataSeal;
  /** Of the client; those of the visit end with it. */
  readonly timers: Timers;
  readonly say: (fact: Untimed<RoomFact>) => void;
};

/** One stay of an agent in a simulated room: what it hears of the truth, and when. */
export class Visit {
  readonly #deps: VisitDeps;
  readonly #presence: Presence;
  readonly #timers: Timers;
  #toldSpeakers = '[]';
  #isCutOff = false;

  constructor(deps: VisitDeps) {
    this.#deps = deps;
    this.#presence = new Presence(deps.say);
    this.#timers = new Timers(deps.clock);
  }

  get self(): SimulatedParticipant {
    return this.#deps.self;
  }

  get heldCount(): number {
    return this.#timers.pendingCount;
  }

  /** Tells of everybody inside; one who was overlooked comes later. */
  begin(): void {
    const { room, self, nastiness, say } = this.#deps;
    const overlooked = this.#others.filter(() => nastiness.strikes(0.1));
    const participants = this.#others
      .filter((who) => !overlooked.includes(who))
      .map((who) => this.#presence.learn(who));
    const { sid, name, metadata } = room;
    say({ type: 'room.connected', sid, name, metadata, local: self.ref, participants });
    for (const who of overlooked) this.#timers.after(500, () => this.#tellJoined(who));
  }

  /** Tells the endings that nobody else tells, and that it is over. */
  end(reason: DisconnectReason): void {
    this.#timers.clear();
    this.#presence.tellAllLeft();
    this.#deps.say({ type: 'room.disconnected', reason });
  }

  /** Lets go without a word. */
  abandon(): void {
    this.#timers.clear();
  }

  hear(news: Exclude<RoomNews, { type: 'ended' }>): void {
    if (news.type === 'ownConnection') this.#breakConnection(news.course);
    // What happens meanwhile is found out afterwards, but for messages: those are lost.
    else if (!this.#isCutOff) this.#pass(news);
  }

  /** Returns whether there is such a track. */
  setMedia(trackSid: string, mode: MediaMode): boolean {
    const known = this.#presence.findTrack(trackSid);
    if (!known) return false;
    if (mode === 'none') {
      this.#presence.tellUnsubscribed(known);
    } else if (known.subscription) {
      known.subscription.setMode(mode);
    } else {
      if (known.pendingMode === null) this.#subscribeLater(known);
      known.pendingMode = mode;
    }
    return true;
  }

  subscriptionTo(trackSid: string): Subscription | null {
    return this.#presence.findTrack(trackSid)?.subscription ?? null;
  }

  sample(): StatsSample {
    const subscriptions = this.#presence.tracks.flatMap(({ subscription }) => subscription ?? []);
    const isSlowedBy = (cause: string): boolean =>
      subscriptions.some(({ track }) => track.cause === cause);
    return {
      tracks: subscriptions.map((subscription) => subscription.stats()),
      roundTripTimeMs: isSlowedBy('delay') ? 600 : 20,
      availableIncomingBitrate: isSlowedBy('bandwidth') ? 100_000 : 5_000_000,
    };
  }

  get #others(): readonly SimulatedParticipant[] {
    const { room, self } = this.#deps;
    return room.participants.filter((who) => who !== self && !who.isHidden);
  }

  #pass(news: Exclude<RoomNews, { type: 'ended' | 'ownConnection' }>): void {
    const { say } = this.#deps;
    const presence = this.#presence;
    switch (news.type) {
      case 'joined':
        this.#perhapsLate(0.3, 1_000, () => this.#tellJoined(news.participant));
        break;
      case 'active':
        this.#perhapsLate(0.3, 3_000, () => presence.tellActive(news.participant));
        break;
      case 'left':
        this.#tellLeft(news.participant);
        break;
      case 'published':
        this.#perhapsLate(0.3, 500, () => presence.tellPublished(news.participant, news.track));
        break;
      case 'unpublished': {
        const known = presence.findTrack(news.track.sid);
        if (known) presence.tellUnpublished(known);
        break;
      }
      case 'muteChanged': {
        const known = presence.findTrack(news.track.sid);
        if (known) presence.tellMute(known);
        break;
      }
      case 'speakers':
        this.#tellSpeakers(news.participants.filter((who) => this.#isSubscribedTo(who)));
        break;
      case 'qualities':
        this.#tellQualities(news.participants);
        break;
      case 'roomMetadataChanged':
        say({ type: 'room.metadataChanged', metadata: news.metadata });
        break;
      case 'metadataChanged': {
        const { ref, metadata } = news.participant;
        const isKnown = presence.find(news.participant) !== undefined;
        if (isKnown) say({ type: 'participant.metadataChanged', ...ref, metadata });
        break;
      }
      case 'attributesChanged': {
        const { participant, attributes } = news;
        const isKnown = presence.find(participant) !== undefined;
        if (isKnown) say({ type: 'participant.attributesChanged', ...participant.ref, attributes });
        break;
      }
      case 'data':
        this.#tellData(news.sender, news.topic, news.bytes);
        break;
      case 'text':
        this.#tellText(news.sender, news.topic, news.text);
    }
  }

  #tellJoined(participant: SimulatedParticipant): void {
    const { room, nastiness } = this.#deps;
    if (room.find(participant.identity) !== participant) return;
    this.#presence.tellJoined(participant);
    if (!nastiness.strikes(0.2)) return;
    this.#timers.after(1_000, () => this.#presence.tellJoinedAgain(participant));
  }

  #tellLeft(participant: SimulatedParticipant): void {
    // Its tracks have ended already; whose quality was never told was never subscribed.
    const wasFollowed = typeof this.#presence.find(participant)?.toldQuality === 'string';
    this.#presence.tellLeft(participant);
    if (wasFollowed && this.#deps.nastiness.strikes(0.3)) this.#tellSpeakers([participant]);
  }

  /** Only of those of whom the agent has a track, as on the real server. */
  #isSubscribedTo(participant: SimulatedParticipant): boolean {
    const tracks = this.#presence.find(participant)?.tracks.values() ?? [];
    return [...tracks].some(({ subscription }) => subscription !== null);
  }

  #tellSpeakers(speakers: readonly SimulatedParticipant[]): void {
    const identities = speakers.map(({ identity }) => identity);
    const list = JSON.stringify(identities);
    if (list === this.#toldSpeakers) return;
    this.#toldSpeakers = list;
    this.#deps.say({ type: 'room.speakersChanged', identities });
  }

  #tellQualities(participants: readonly SimulatedParticipant[]): void {
    for (const participant of participants) {
      const known = this.#presence.find(participant);
      const { ref, quality } = participant;
      if (!known || !this.#isSubscribedTo(participant)) continue;
      if (known.toldQuality === quality && !this.#deps.nastiness.strikes(0.5)) continue;
      known.toldQuality = quality;
      this.#deps.say({ type: 'participant.qualityChanged', ...ref, quality });
    }
  }

  #tellData(sender: SimulatedParticipant, topic: string, bytes: Uint8Array): void {
    const { dataSeal, room } = this.#deps;
    const seal = dataSeal.stateOf(bytes, { roomSid: room.sid, topic });
    this.#deps.say({
      type: 'data.received',
      sender: sender.isHidden ? null : sender.ref,
      topic,
      sizeBytes: bytes.byteLength,
      ...toReceivedText(bytes),
      ...(seal && { seal }),
    });
  }

  #tellText(sender: SimulatedParticipant, topic: string, whole: string): void {
    if (topic !== heardTextTopic) return;
    const { text, truncated } = toReceivedText(new TextEncoder().encode(whole));
    const senderIdentity = sender.isHidden ? '' : sender.identity;
    const said = { senderIdentity, topic, text: text ?? '', truncated, attributes: {} };
    this.#deps.say({ type: 'text.received', ...said });
  }

  #subscribeLater(known: KnownTrack): void {
    const { nastiness } = this.#deps;
    this.#timers.after(subscribeMs + nastiness.delayMs(0.2, 2_000), () => {
      // Taken back, ended, or subscribed by now.
      if (known.pendingMode === null || !known.owner.tracks.has(known.track.sid)) return;
      if (nastiness.strikes(0.1)) this.#presence.tellSubscriptionFailed(known);
      else {
        const subscription = new Subscription(known.track, known.pendingMode, this.#deps);
        subscription.setCutOff(this.#isCutOff);
        this.#presence.tellSubscribed(known, subscription);
      }
    });
  }

  #breakConnection(course: OwnCourse): void {
    if (this.#isCutOff) return;
    this.#cutOff(true);
    this.#deps.say({ type: 'room.reconnecting' });
    if (course === 'resumes') this.#timers.after(resumeMs, () => this.#resume());
    if (course === 'restarts') this.#timers.after(restartMs, () => this.#restart());
    if (course === 'fails') {
      const { room, self } = this.#deps;
      this.#timers.after(giveUpMs, () => room.exit(self, 'connection_timeout'));
    }
  }

  #resume(): void {
    this.#cutOff(false);
    this.#deps.say({ type: 'room.reconnected' });
    this.#catchUp();
  }

  /** Everybody is told anew under the same SIDs; what was subscribed is so no longer. */
  #restart(): void {
    this.#presence.tellAllLeft();
    this.#cutOff(false);
    this.#catchUp();
    this.#deps.say({ type: 'room.reconnected' });
  }

  #catchUp(): void {
    const presence = this.#presence;
    for (const known of presence.tracks) {
      if (known.track.isPublished) presence.tellMute(known);
      else presence.tellUnpublished(known);
    }
    for (const participant of presence.participants) {
      if (!this.#others.includes(participant)) presence.tellLeft(participant);
    }
    for (const participant of this.#others) {
      presence.tellJoined(participant);
      for (const track of participant.publishedTracks) presence.tellPublished(participant, track);
      if (participant.isActive) presence.tellActive(participant);
    }
  }

  #cutOff(isCutOff: boolean): void {
    this.#isCutOff = isCutOff;
    for (const { subscription } of this.#presence.tracks) subscription?.setCutOff(isCutOff);
  }

  #perhapsLate(chance: number, longestMs: number, tell: () => void): void {
    const delayMs = this.#deps.nastiness.delayMs(chance, longestMs);
    if (delayMs === 0) tell();
    else this.#timers.after(delayMs, tell);
  }
}
