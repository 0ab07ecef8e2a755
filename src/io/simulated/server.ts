import type { Clock, JobServices, RoomServiceClient, RosterClient } from '../../actors/ports.ts';
import { DataSeal } from '../data-seal.ts';
import { GreenroomError } from '../errors.ts';
import { Nastiness } from './nastiness.ts';
import { SimulatedRoomClient, type SimulatedClientOptions } from './room-client.ts';
import { SimulatedRoom } from './room.ts';
import { seededRandom } from './seeded-random.ts';

export type SimulatedServerOptions = {
  readonly clock: Clock;
  /** The same seed and the same acts give the same facts. */
  readonly seed?: number;
  /** 0 (unless told otherwise) to 1: see {@link Nastiness}. */
  readonly nastiness?: number;
};

const noEgress = (): GreenroomError =>
  new GreenroomError('E_NO_EGRESS', 'the simulated server has no Egress service');

/**
 * A LiveKit server without a network: any number of rooms, agents in them, and its own list of
 * participants. Its rooms live as long as it does, in the order of thousands.
 */
export class SimulatedServer {
  readonly #clock: Clock;
  readonly #seed: number;
  readonly #nastiness: number;
  readonly #rooms = new Map<string, SimulatedRoom>();
  #clients = 0;
  #isStopped = false;

  constructor({ clock, seed = 1, nastiness = 0 }: SimulatedServerOptions) {
    this.#clock = clock;
    this.#seed = seed;
    this.#nastiness = nastiness;
  }

  /** Of all its agents: it has no secret but this. */
  readonly dataSeal = new DataSeal('simulated');

  /** What LiveKit's `ListParticipants` says: everybody, also who is hidden; nobody for an unknown room. */
  readonly roster: RosterClient = {
    list: (roomName) => {
      const room = this.room(roomName);
      return room.isRefusing('lists')
        ? Promise.reject(new Error('the simulated server refuses lists of participants'))
        : Promise.resolve(room.participants.map(({ rosterEntry }) => rosterEntry));
    },
  };

  /** What the server's API does to rooms: everything but recordings, for which there is no Egress service. */
  readonly roomService: RoomServiceClient = {
    removeParticipant: (roomName, identity) => {
      const room = this.room(roomName);
      const participant = room.find(identity);
      if (participant) room.exit(participant, 'participant_removed');
      return Promise.resolve();
    },
    muteTrack: (roomName, identity, trackSid) => {
      const room = this.room(roomName);
      const participant = room.find(identity);
      const track = participant?.publishedTracks.find(({ sid }) => sid === trackSid);
      if (participant && track) room.change(participant, track, { isMuted: true });
      return Promise.resolve();
    },
    startRecording: () => Promise.reject(noEgress()),
    isRecording: () => Promise.resolve(false),
    stopRecording: () => Promise.reject(noEgress()),
  };

  /** Of {@link JobServices}, what a server does. */
  get services(): Pick<JobServices, 'roster' | 'roomService'> {
    return { roster: this.roster, roomService: this.roomService };
  }

  /** The room of this name, where nobody need be inside yet. */
  room(name: string): SimulatedRoom {
    const known = this.#rooms.get(name);
    if (known) return known;
    const random = seededRandom(this.#seed, `room ${name}`);
    const room = new SimulatedRoom({ name, clock: this.#clock, random });
    this.#rooms.set(name, room);
    if (this.#isStopped) room.stop();
    return room;
  }

  /** A client of an agent, outside of the room as yet. */
  client(roomName: string, options: SimulatedClientOptions): SimulatedRoomClient {
    this.#clients += 1;
    const random = seededRandom(this.#seed, `client ${this.#clients}`);
    const nastiness = new Nastiness(this.#nastiness, random);
    const room = this.room(roomName);
    const deps = { clock: this.#clock, room, nastiness, dataSeal: this.dataSeal };
    return new SimulatedRoomClient(options, deps);
  }

  /** Ends every room; agents hear `server_shutdown`, and none comes in before {@link start}. */
  stop(): void {
    this.#isStopped = true;
    for (const room of this.#rooms.values()) room.stop();
  }

  /** It is there again, with no room but those that somebody comes into. */
  start(): void {
    this.#isStopped = false;
    for (const room of this.#rooms.values()) room.start();
  }
}
