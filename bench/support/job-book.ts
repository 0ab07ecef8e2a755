import type { LogLine } from './logging-process.ts';

type JobStage = 'assigned' | 'joined' | 'ended';

const stages: Readonly<Record<string, JobStage>> = {
  'job assigned': 'assigned',
  'room joined': 'joined',
  'job ended': 'ended',
};

/** How far the jobs of a worker have come, by their dispatches, as its log tells. */
export class JobBook {
  readonly #logs: readonly LogLine[];
  readonly #dispatchOf = new Map<unknown, unknown>();
  readonly #stageOf = new Map<unknown, JobStage>();
  #linesRead = 0;
  #joinCount = 0;

  constructor(logs: readonly LogLine[]) {
    this.#logs = logs;
  }

  get joinCount(): number {
    this.#read();
    return this.#joinCount;
  }

  hasJoined(dispatchId: string): boolean {
    this.#read();
    return this.#stageOf.get(dispatchId) === 'joined';
  }

  hasEnded(dispatchId: string): boolean {
    this.#read();
    return this.#stageOf.get(dispatchId) === 'ended';
  }

  #read(): void {
    for (const { msg, job, dispatch } of this.#logs.slice(this.#linesRead)) {
      const stage = stages[msg];
      if (stage === undefined) continue;
      if (stage === 'assigned') this.#dispatchOf.set(job, dispatch);
      if (stage === 'joined') this.#joinCount += 1;
      this.#stageOf.set(this.#dispatchOf.get(job), stage);
    }
    this.#linesRead = this.#logs.length;
  }
}
