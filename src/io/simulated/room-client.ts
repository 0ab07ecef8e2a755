import { Observable, Subject } from 'rxjs';
import { commandFailure } from '../../actors/command-failure.ts';
import type { AudioFrame, Clock, RoomClient } from '../../actors/ports.ts';
import type { ConnectionCommand, ErrorInfo, RoomFact, StatsSample } from '../../machines/events.ts';
import { ChangeLimit } from '../change-limit.ts';
import { DataLimit } from '../data-limit.ts';
import type { DataSeal } from '../data-seal.ts';
import type { Nastiness } from './nastiness.ts';
import { Outbox, type Untimed } from './outbox.ts';
import type { RoomNews } from './participant.ts';
import type { SimulatedRoom } from './room.ts';
import { Timers } from './timers.ts';
import { Visit } from './visit.ts';

/** What a join and a message take (measured on livekit-server 1.13.5 on the same machine). */
const joinMs = 65;
const sendMs = 20;
/** What it takes to find out that a join does not work. */
const refusalMs = 300;

export type SimulatedClientOptions = {
  readonly identity: string;
  /** Other participants do not see the agent, and its messages are anonymous. True unless told otherwise. */
  readonly isHidden?: boolean;
  /** As its token says. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Every join fails with this. */
  readonly fault?: ErrorInfo;
};

export type SimulatedClientDeps = {
  readonly clock: Clock;
  readonly room: SimulatedRoom;
  readonly nastiness: Nastiness;
  readonly dataSeal: DataSeal;
};

/** One agent's connection to a simulated room. */
export class SimulatedRoomClient implements RoomClient {
  readonly #options: SimulatedClientOptions;
  readonly #deps: SimulatedClientDeps;
  readonly #facts = new Subject<RoomFact>();
  readonly facts$ = this.#facts.asObservable();
  readonly #timers: Timers;
  readonly #outbox: Outbox;
  readonly #data: DataLimit;
  readonly #changes: ChangeLimit;
  #state: 'outside' | 'joining' | 'inside' | 'leaving' | 'closed' = 'outside';
  #visit: Visit | null = null;

  constructor(options: SimulatedClientOptions, deps: SimulatedClientDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#timers = new Timers(deps.clock);
    this.#outbox = new Outbox(deps.clock, (fact) => this.#tell(fact));
    const { clock } = deps;
    this.#data = new DataLimit({ clock, say: (fact) => this.#facts.next(fact) });
    this.#changes = new ChangeLimit({ clock, say: (fact) => this.#data.pass(fact) });
  }

  /** Timers that wait, and the place in the room. */
  get heldCount(): number {
    const visited = this.#visit ? 1 + this.#visit.heldCount : 0;
    return this.#timers.pendingCount + this.#outbox.heldCount + visited;
  }

  join(): void {
    if (this.#state !== 'outside') return;
    this.#state = 'joining';
    const { room, nastiness } = this.#deps;
    const error = this.#options.fault ?? (room.isRefusing('joins') ? refusedJoin : null);
    if (error) this.#timers.after(refusalMs, () => this.#failToJoin(error));
    else this.#timers.after(joinMs + nastiness.delayMs(0.3, 1_000), () => this.#enter());
  }

  leave(): void {
    if (this.#visit) this.#deps.room.exit(this.#visit.self, 'client_initiated');
  }

  perform(command: ConnectionCommand): void {
    const visit = this.#visit;
    if (!visit) return;
    if (this.#deps.room.isRefusing('commands')) {
      this.#fail(command, 'the simulated server refuses commands');
      return;
    }
    if (command.type === 'track.setMedia') {
      if (visit.setMedia(command.trackSid, command.mode)) return;
      this.#fail(command, `there is no track ${command.trackSid} in the room`);
      return;
    }
    this.#timers.after(sendMs, () => {
      if (this.#visit === visit) this.#send(visit, command);
    });
  }

  frames$(trackSid: string): Observable<AudioFrame> {
    return new Observable((reader) => {
      const subscription = this.#visit?.subscriptionTo(trackSid);
      if (subscription?.hasMedia) return subscription.frames$().subscribe(reader);
      const error = new Error(`track ${trackSid} is not subscribed with media`);
      return this.#timers.after(0, () => reader.error(error));
    });
  }

  stats(): Promise<StatsSample> {
    return this.#visit
      ? Promise.resolve(this.#visit.sample())
      : Promise.reject(new Error('there are no statistics outside of a room'));
  }

  close(): Promise<void> {
    this.#state = 'closed';
    const visit = this.#visit;
    this.#visit = null;
    visit?.abandon();
    if (visit) this.#deps.room.exit(visit.self, 'client_initiated');
    this.#timers.clear();
    this.#outbox.clear();
    this.#changes.close();
    this.#data.close();
    return Promise.resolve();
  }

  #enter(): void {
    const { room, clock, nastiness, dataSeal } = this.#deps;
    const { identity, isHidden = true, attributes = {} } = this.#options;
    const self = room.enter({
      identity,
      isHidden,
      kind: 'agent',
      metadata: '',
      attributes,
      hear: (news) => this.#hear(news),
    });
    const visit = new Visit({
      clock,
      room,
      self,
      nastiness,
      dataSeal,
      timers: this.#timers,
      say: (fact) => this.#say(fact),
    });
    this.#visit = visit;
    this.#state = 'inside';
    visit.begin();
    room.activate(self);
  }

  #failToJoin(error: ErrorInfo): void {
    this.#state = 'outside';
    this.#say({ type: 'room.joinFailed', error });
  }

  #hear(news: RoomNews): void {
    if (news.type !== 'ended') {
      this.#visit?.hear(news);
      return;
    }
    const visit = this.#visit;
    this.#visit = null;
    if (!visit) return;
    // Outside only once that is told: a join before it would be told before it.
    this.#state = 'leaving';
    visit.end(news.reason);
  }

  #send(visit: Visit, command: Exclude<ConnectionCommand, { type: 'track.setMedia' }>): void {
    const { room, dataSeal } = this.#deps;
    if (command.type === 'participant.setAttributes') {
      room.setAttributes(visit.self, command.attributes);
    } else if (command.to.length > 0) {
      const { payload, topic, to, sealed } = command;
      const json = JSON.stringify(payload);
      const message = sealed ? dataSeal.seal(json, { roomSid: room.sid, topic }) : json;
      room.sendData(visit.self, topic, new TextEncoder().encode(message), to);
    }
  }

  #fail(command: ConnectionCommand, message: string): void {
    const error = { code: 'E_ROOM_COMMAND', message, retryable: true };
    this.#say(commandFailure(command, error));
  }

  #say(fact: Untimed<RoomFact>): void {
    this.#outbox.put(fact, this.#deps.nastiness.delayMs(0.05, 500));
  }

  #tell(fact: RoomFact): void {
    if (this.#state === 'closed') return;
    if (fact.type === 'room.disconnected') this.#state = 'outside';
    this.#changes.pass(fact);
  }
}

const refusedJoin: ErrorInfo = {
  code: 'E_ROOM_JOIN',
  message: 'could not join the room: the simulated server refuses joins',
  retryable: true,
};
