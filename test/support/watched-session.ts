import { randomUUID } from 'node:crypto';
import { expect, vi, type TestContext } from 'vitest';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import type { TestServer } from './clients/test-client.ts';
import { LeakCheck } from './leak-check.ts';
import { startLiveWorker, type LiveWorker } from './live-worker.ts';
import { MonitoredRoom } from './monitored-room.ts';
import { readSessionPath, type SessionPath, type WalkedPath } from './session-path.ts';

/** Longer than the 20 s after which the server gives up on whoever is silent. */
const endDeadline = { timeout: 40_000, interval: 100 };

/** Sessions that tests break, of a worker in this process. */
export class WatchedWorker {
  readonly #worker: LiveWorker;
  readonly #server: TestServer;
  readonly #agentName: string;
  #leaks: LeakCheck | undefined;

  static async start(server: TestServer): Promise<WatchedWorker> {
    const agentName = `participant-monitor-${randomUUID()}`;
    const worker = await startLiveWorker(server, [participantMonitor], {
      LIVEKIT_AGENT_NAME: agentName,
    });
    const watched = new WatchedWorker(server, worker, agentName);
    // The first job opens what the process keeps for its life.
    const room = watched.newRoom();
    await room.dispatch({ end_on_disconnect: true });
    const alice = await room.enter('alice');
    await room.until({ state: 'connected', tracks: [{ state: 'silent' }] });
    await alice.leave();
    await room.until({ state: 'ended' });
    await room.close();
    watched.#leaks = await LeakCheck.ofThisProcess(worker);
    return watched;
  }

  private constructor(server: TestServer, worker: LiveWorker, agentName: string) {
    this.#server = server;
    this.#worker = worker;
    this.#agentName = agentName;
  }

  /** Where its event logs are. */
  get directory(): string {
    return this.#worker.directory;
  }

  newRoom(): MonitoredRoom {
    return new MonitoredRoom(this.#server, this.#worker, this.#agentName);
  }

  /** A session of alice: connected, and known by her packets, as she has spoken once. */
  async watchAlice(
    { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
    metadata: object = {},
    room = this.newRoom(),
  ) {
    onTestFinished(() => room.close());
    await room.dispatch(metadata);
    const alice = await room.enter('alice');
    await room.until({ state: 'connected', tracks: [{ state: 'silent' }] });
    await alice.speak(500);
    await room.until({ turns: 1, speech: 'silent' });
    return { room, alice };
  }

  /**
   * Waits for the end of the last session of a room. Expects the path that it went, its final status to
   * have been brought to the server, and none of its actors to run on.
   */
  async expectPath(room: MonitoredRoom, expected: Partial<SessionPath>): Promise<WalkedPath> {
    const jobId = await vi.waitFor(async () => {
      const session = await room.session();
      expect(session).toMatchObject({ state: 'ended' });
      return session?.jobId ?? '';
    }, endDeadline);
    const walked = await readSessionPath(this.#worker.directory, jobId);
    expect(walked.path).toMatchObject(expected);
    expect(this.#statusesOf(jobId)).toEqual([{ status: walked.path.end?.status, delivered: true }]);
    return walked;
  }

  /** Beyond what the worker held before the first of its sessions was watched. */
  async expectNothingLeft(): Promise<void> {
    await this.#leaks?.expectNothingLeft();
  }

  async close(): Promise<void> {
    await this.#worker.close();
    await this.#worker.remove();
  }

  #statusesOf(jobId: string) {
    return this.#worker.emitted.flatMap((fact) =>
      fact.type === 'job.reported' && fact.jobId === jobId && fact.status !== 'running'
        ? [{ status: fact.status, delivered: fact.delivered }]
        : [],
    );
  }
}
