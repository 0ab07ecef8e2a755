import type { Clock, Random } from '../../actors/ports.ts';
import type {
  ConnectionQuality,
  DisconnectReason,
  Recipients,
  TrackSource,
} from '../../machines/events.ts';
import { Mailboxes, type ReceivedMessage } from './mailboxes.ts';
import { SimulatedParticipant, type ParticipantOptions, type RoomNews } from './participant.ts';
import type { Refusable } from './script.ts';
import { lingerMs, Speakers } from './speakers.ts';
import { Timers } from './timers.ts';
import { SimulatedTrack } from './track.ts';

/** The server looks at the qualities so often, and tells all of them when one has changed. */
const qualityIntervalMs = 5_000;
/** A room closes so long after its last human left, and if none ever came. */
const departureTimeoutMs = 20_000;
const emptyTimeoutMs = 300_000;

export type SimulatedRoomDeps = {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
};

/**
 * The truth of one LiveKit room: who is inside, with which tracks, and what was sent to whom.
 *
 * It tells its agents at once and in order; what they make of it is their client's matter. Somebody
 * who enters a room that has ended opens a new one of the same name.
 */
export class SimulatedRoom {
  readonly name: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #timers: Timers;
  readonly #speakers: Speakers;
  readonly #people = new Map<string, SimulatedParticipant>();
  readonly #mailboxes: Mailboxes;
  readonly #toldQualities = new Map<SimulatedParticipant, ConnectionQuality>();
  #sid: string | null = null;
  #metadata = '';
  readonly #refusedUntil = new Map<Refusable, number>();
  /** Takes back the end that is near while nobody but agents is inside. */
  #stayOpen: () => void = () => undefined;

  constructor({ name, clock, random }: SimulatedRoomDeps) {
    this.name = name;
    this.#clock = clock;
    this.#random = random;
    this.#timers = new Timers(clock);
    this.#mailboxes = new Mailboxes(clock);
    this.#speakers = new Speakers(clock, (participants) =>
      this.#tell({ type: 'speakers', participants }),
    );
  }

  /** Empty while there is no such room. */
  get sid(): string {
    return this.#sid ?? '';
  }

  get metadata(): string {
    return this.#metadata;
  }

  get participants(): readonly SimulatedParticipant[] {
    return [...this.#people.values()];
  }

  /** Whether nobody is inside, or nobody who keeps it open, such as agents. */
  get isDeserted(): boolean {
    return !this.participants.some(({ keepsRoomOpen }) => keepsRoomOpen);
  }

  isRefusing(what: Refusable): boolean {
    return this.#clock.now() < (this.#refusedUntil.get(what) ?? 0);
  }

  find(identity: string): SimulatedParticipant | undefined {
    return this.#people.get(identity);
  }

  /** Data messages that this identity got so far, over all its connections. */
  messagesTo(identity: string): readonly ReceivedMessage[] {
    return this.#mailboxes.of(identity);
  }

  /** Brings somebody in; who is there under the same identity goes first. */
  enter(options: ParticipantOptions): SimulatedParticipant {
    const earlier = this.#people.get(options.identity);
    if (earlier) this.exit(earlier, 'duplicate_identity');
    this.#open();
    const participant = new SimulatedParticipant(this.#newSid('PA'), options, this.#clock);
    if (participant.keepsRoomOpen) this.#stayOpen();
    this.#people.set(options.identity, participant);
    this.#tell({ type: 'joined', participant }, participant);
    return participant;
  }

  activate(participant: SimulatedParticipant): void {
    participant.isActive = true;
    this.#tell({ type: 'active', participant }, participant);
  }

  /** Takes somebody out, who hears the reason where it is an agent. */
  exit(participant: SimulatedParticipant, reason: DisconnectReason): void {
    if (this.#people.get(participant.identity) !== participant) return;
    this.#people.delete(participant.identity);
    this.#toldQualities.delete(participant);
    participant.timers.clear();
    for (const track of participant.publishedTracks) {
      track.isPublished = false;
      this.#tell({ type: 'unpublished', participant, track }, participant);
    }
    this.#tell({ type: 'left', participant }, participant);
    this.#speakers.remove(participant);
    participant.hear?.({ type: 'ended', reason });
    if (participant.keepsRoomOpen && this.isDeserted) this.#closeAfter(departureTimeoutMs);
  }

  /** Gives somebody a track, of which the room does not know yet. */
  addTrack(
    participant: SimulatedParticipant,
    source: TrackSource,
    isEncrypted: boolean,
  ): SimulatedTrack {
    const track = new SimulatedTrack(this.#newSid('TR'), source, isEncrypted, this.#clock.now());
    participant.tracks.set(source, track);
    return track;
  }

  publish(participant: SimulatedParticipant, track: SimulatedTrack): void {
    track.isPublished = true;
    this.#tell({ type: 'published', participant, track }, participant);
    this.#speakers.review(participant, lingerMs.silence);
  }

  unpublish(participant: SimulatedParticipant, track: SimulatedTrack): void {
    participant.tracks.delete(track.source);
    if (!track.isPublished) return;
    track.isPublished = false;
    this.#tell({ type: 'unpublished', participant, track }, participant);
    this.#speakers.review(participant, lingerMs.silence);
  }

  change(
    participant: SimulatedParticipant,
    track: SimulatedTrack,
    change: Parameters<SimulatedTrack['change']>[1],
  ): void {
    const wasMuted = track.isMuted;
    track.change(this.#clock.now(), change);
    if (track.isPublished && track.isMuted !== wasMuted) {
      this.#tell({ type: 'muteChanged', participant, track }, participant);
    }
    const isCut = change.isFlowing === false;
    const lingeringMs = isCut ? lingerMs.lostPackets : lingerMs.silence;
    this.#speakers.review(participant, change.isMuted ? lingerMs.mute : lingeringMs);
  }

  setMetadata(participant: SimulatedParticipant, metadata: string): void {
    participant.metadata = metadata;
    this.#tell({ type: 'metadataChanged', participant }, participant);
  }

  setAttributes(
    participant: SimulatedParticipant,
    attributes: Readonly<Record<string, string>>,
  ): void {
    participant.attributes = { ...participant.attributes, ...attributes };
    this.#tell({ type: 'attributesChanged', participant, attributes }, participant);
  }

  setRoomMetadata(metadata: string): void {
    this.#metadata = metadata;
    this.#tell({ type: 'roomMetadataChanged', metadata });
  }

  /**
   * Sends a data message as the server does: an empty list is a broadcast, and what a hidden sender
   * sends to somebody who is not active yet is dropped.
   */
  sendData(
    sender: SimulatedParticipant,
    topic: string,
    bytes: Uint8Array,
    to: Recipients = 'everybody',
  ): void {
    for (const receiver of this.participants) {
      const isMeant = to === 'everybody' ? receiver !== sender : to.includes(receiver.identity);
      if (!isMeant || (sender.isHidden && !receiver.isActive)) continue;
      if (receiver.hear) receiver.hear({ type: 'data', sender, topic, bytes });
      else this.#mailboxes.put(receiver, sender, topic, bytes);
    }
  }

  sendText(sender: SimulatedParticipant, topic: string, text: string): void {
    this.#tell({ type: 'text', sender, topic, text }, sender);
  }

  /** What becomes of the agents' own connections. */
  tellAgents(news: Extract<RoomNews, { type: 'ownConnection' }>): void {
    this.#tell(news);
  }

  refuse(what: Refusable, durationMs: number): void {
    this.#refusedUntil.set(what, this.#clock.now() + durationMs);
  }

  /** The server stops: everybody is out, and no agent comes in again before {@link start}. */
  stop(): void {
    this.refuse('joins', Number.POSITIVE_INFINITY);
    this.refuse('lists', Number.POSITIVE_INFINITY);
    this.end('server_shutdown');
  }

  /** The server is there again, and refuses nothing. */
  start(): void {
    this.#refusedUntil.clear();
  }

  /** Everybody is out; does nothing where there is no such room. */
  end(reason: DisconnectReason): void {
    const people = this.participants;
    this.#timers.clear();
    this.#speakers.clear();
    this.#people.clear();
    this.#toldQualities.clear();
    this.#sid = null;
    this.#metadata = '';
    for (const participant of people) {
      participant.timers.clear();
      participant.hear?.({ type: 'ended', reason });
    }
  }

  #open(): void {
    if (this.#sid !== null) return;
    this.#sid = this.#newSid('RM');
    this.#closeAfter(emptyTimeoutMs);
    this.#timers.after(qualityIntervalMs, () => this.#tellQualities());
  }

  #closeAfter(delayMs: number): void {
    this.#stayOpen = this.#timers.after(delayMs, () => this.end('room_closed'));
  }

  #tellQualities(): void {
    this.#timers.after(qualityIntervalMs, () => this.#tellQualities());
    const active = this.participants.filter(({ isActive }) => isActive);
    if (active.every((who) => this.#toldQualities.get(who) === who.quality)) return;
    for (const participant of active) this.#toldQualities.set(participant, participant.quality);
    this.#tell({ type: 'qualities', participants: active });
  }

  /** To all agents but the one it is about; of a hidden one nobody hears. */
  #tell(news: RoomNews, about?: SimulatedParticipant): void {
    if (about?.isHidden) return;
    for (const participant of this.participants) {
      if (participant !== about) participant.hear?.(news);
    }
  }

  #newSid(prefix: string): string {
    const letters = Array.from({ length: 12 }, () => Math.floor(this.#random() * 36).toString(36));
    return `${prefix}_${letters.join('')}`;
  }
}
