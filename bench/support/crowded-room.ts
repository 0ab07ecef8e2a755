/** What a job pays for everybody who comes into its room and leaves, among few and among many. */
import { LineEncoder } from '../../src/io/event-log/log-line.codec.ts';
import { CrowdedJob, type CrowdedJobOptions } from '../../test/support/crowded-job.ts';
import { readHeap } from './read-heap.ts';

export type Passage = {
  /** Who stays. */
  readonly inside: number;
  /** Microseconds of CPU for one join and leave, with a track, for each slice of them. */
  readonly usEach: readonly number[];
  /** JavaScript heap in use after each slice, bytes more than before the first. */
  readonly heapBytes: readonly number[];
  readonly logBytesEach: number;
};

/**
 * Lets so many people come and go through a recorded job with every port played, in turn for each number of
 * those who stay. Its log is encoded and not written.
 */
export function measurePassages(
  agent: Pick<CrowdedJobOptions, 'agent' | 'metadata' | 'settings'>,
  insides: readonly number[],
  { people, slices }: { readonly people: number; readonly slices: number },
): readonly Passage[] {
  const rooms = insides.map((inside) => new CrowdedRoom(agent, inside));
  try {
    const inSlice = Math.round(people / slices);
    // What is compiled and grown the first time only is no part of any.
    for (const room of rooms) room.warmUp(inSlice);
    for (let slice = 0; slice < slices; slice += 1) {
      for (const room of rooms) room.passThrough(inSlice);
    }
    return rooms.map((room) => room.passage);
  } finally {
    for (const room of rooms) room.close();
  }
}

class CrowdedRoom {
  readonly #inside: number;
  readonly #job: CrowdedJob;
  readonly #encoder = new LineEncoder();
  readonly #usEach: number[] = [];
  readonly #heapBytes: number[] = [];
  #people = 0;
  #logBytes = 0;
  #heapGrowth = 0;

  constructor(agent: Pick<CrowdedJobOptions, 'agent' | 'metadata' | 'settings'>, inside: number) {
    this.#inside = inside;
    this.#job = new CrowdedJob({
      ...agent,
      inside,
      onLine: (line) => {
        this.#logBytes += Buffer.byteLength(this.#encoder.encode(line)) + 1;
      },
    });
  }

  get passage(): Passage {
    return {
      inside: this.#inside,
      usEach: this.#usEach,
      heapBytes: this.#heapBytes,
      logBytesEach: this.#logBytes / this.#people,
    };
  }

  warmUp(people: number): void {
    this.#job.passThrough(people);
    this.#logBytes = 0;
  }

  passThrough(people: number): void {
    const heapBefore = readHeap();
    const before = process.cpuUsage();
    this.#job.passThrough(people);
    const { user, system } = process.cpuUsage(before);
    this.#usEach.push((user + system) / people);
    this.#people += people;
    // Only its own slices: the others' heap grows in theirs.
    this.#heapGrowth += readHeap() - heapBefore;
    this.#heapBytes.push(this.#heapGrowth);
  }

  close(): void {
    this.#job.close();
  }
}
