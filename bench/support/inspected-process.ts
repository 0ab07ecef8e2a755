/** Actors in another process, which can be told what to do and asked what it cost. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ChildOptions, Question, Reading, Start } from '../inspect-child.ts';

const CHILD = fileURLToPath(new URL('../inspect-child.ts', import.meta.url));
const START_LIMIT_MS = 60_000;
/** While what a change of the load sets free settles. */
const SETTLE_MS = 500;

export type Cost = {
  /** Of one core, 0 to 1 and more. */
  readonly core: number;
  readonly factsPerS: number;
  readonly tookMs: number;
};

export class InspectedProcess {
  readonly start: Start;
  readonly #child: ChildProcess;

  /** Resolves when all actors live. */
  static async start(options: ChildOptions): Promise<InspectedProcess> {
    const child = fork(CHILD, [JSON.stringify(options)], {
      execArgv: ['--import', 'tsx'],
      // What it writes is for people: progress and problems.
      stdio: ['ignore', 2, 'inherit', 'ipc'],
    });
    const [start] = (await once(child, 'message', {
      signal: AbortSignal.timeout(START_LIMIT_MS),
    })) as [Start];
    return new InspectedProcess(child, start);
  }

  private constructor(child: ChildProcess, start: Start) {
    this.#child = child;
    this.start = start;
  }

  /** Where viewers come. @throws where nobody inspects. */
  get url(): string {
    if (this.start.url === null) throw new Error('nobody inspects these actors');
    return this.start.url;
  }

  /** One question at a time. */
  async ask(question: Question): Promise<Reading> {
    const answer = once(this.#child, 'message');
    this.#child.send(question);
    const [reading] = (await answer) as [Reading];
    return reading;
  }

  /** What it takes while it tells so many facts a second. @param sample is called when that begins and when it ends. */
  async measure(
    factsPerS: number,
    sampleMs: number,
    sample: (isOver: boolean) => void = () => undefined,
  ): Promise<Cost> {
    await this.ask({ type: 'tell', factsPerS });
    await sleep(SETTLE_MS);
    const before = await this.ask({ type: 'read' });
    sample(false);
    await sleep(sampleMs);
    const after = await this.ask({ type: 'read' });
    sample(true);
    await this.ask({ type: 'tell', factsPerS: 0 });
    const tookMs = after.at - before.at;
    return {
      core: (after.cpuUs - before.cpuUs) / 1_000 / tookMs,
      factsPerS: ((after.facts - before.facts) / tookMs) * 1_000,
      tookMs,
    };
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }
}
