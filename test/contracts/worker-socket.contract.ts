import { describe, expect, it } from 'vitest';
import type { WorkerSocketClient } from '../../src/actors/worker-ports.ts';
import type { OfferAnswer, SocketCommand } from '../../src/machines/worker/events.ts';
import { SocketListener } from '../support/socket-listener.ts';

/** The world behind a socket, as any LiveKit server can be moved by a test. */
export type WorkerWorld = {
  /** How long the server may take for a word. */
  readonly deadlineMs?: number;
  /** A client of an agent of job type `participant`; its metadata has to be JSON with a string `target`. */
  readonly client: WorkerSocketClient;
  /** A client with a wrong secret, of the same agent. */
  readonly stranger: () => WorkerSocketClient;
  /** Makes the server launch a job with this metadata, for a participant of this identity. */
  readonly launch: (metadata: string, identity: string) => Promise<void>;
  /** Makes the server end the job that was assigned last. */
  readonly endJob: () => Promise<void>;
};

const goodMetadata = JSON.stringify({ target: 'alice' });

async function openAndRegister(client: WorkerSocketClient, heard: SocketListener): Promise<void> {
  client.perform({ type: 'socket.open' });
  await heard.next('socket.opened');
  client.perform({ type: 'socket.register' });
  await heard.next('socket.registered');
}

/** The rules of `WorkerSocketClient` that hold against a real server too. */
export function describeWorkerSocket(name: string, setup: () => Promise<WorkerWorld>): void {
  describe(`${name} as a WorkerSocketClient`, () => {
    const listen = async () => {
      const world = await setup();
      const heard = new SocketListener(world.client, world.deadlineMs);
      return { ...world, heard };
    };
    const register = async () => {
      const world = await listen();
      await openAndRegister(world.client, world.heard);
      return world;
    };
    /** With a job whose offer it has just received. */
    const receiveOffer = async (metadata = goodMetadata, identity = 'alice') => {
      const world = await register();
      await world.launch(metadata, identity);
      const { offer } = await world.heard.next('offer.received');
      const answer = (verdict: OfferAnswer): void => {
        const { jobId } = offer;
        world.client.perform({ type: 'offer.answer', jobId, answer: verdict, attributes: {} });
      };
      return { ...world, offer, answer };
    };

    it('[SOCK-1] says nothing inside a call', async () => {
      const { client, heard } = await listen();
      client.perform({ type: 'socket.open' });
      expect(heard.facts).toEqual([]);
      await heard.next('socket.opened');
      const before = heard.facts.length;
      client.perform({ type: 'socket.register' });
      client.perform({ type: 'socket.ping' });
      client.perform({ type: 'socket.close' });
      expect(heard.facts.length).toBe(before);
      await heard.next('socket.closed');
    });

    it('[SOCK-2] opens once, and registers under a worker id', async () => {
      const { client, heard } = await listen();
      client.perform({ type: 'socket.open' });
      client.perform({ type: 'socket.open' });
      await heard.next('socket.opened');
      client.perform({ type: 'socket.register' });
      const { workerId, at } = await heard.next('socket.registered');
      expect(workerId).toMatch(/^AW_/);
      expect(Number.isSafeInteger(at)).toBe(true);
      expect(heard.count('socket.opened')).toBe(1);
    });

    it('[SOCK-3] answers a ping', async () => {
      const { client, heard } = await register();
      client.perform({ type: 'socket.ping' });
      await heard.next('socket.ponged');
    });

    it('[SOCK-4] says once that it is closed, and can be opened again', async () => {
      const { client, heard } = await register();
      client.perform({ type: 'socket.close' });
      client.perform({ type: 'socket.close' });
      const { httpStatus, jitter } = await heard.next('socket.closed');
      expect(httpStatus).toBeNull();
      expect(jitter).toBeGreaterThanOrEqual(0);
      expect(jitter).toBeLessThan(1);
      await openAndRegister(client, heard);
      expect(heard.count('socket.closed')).toBe(1);
    });

    it('[SOCK-5] does nothing while it is closed', async () => {
      const { client, heard } = await listen();
      const commands: SocketCommand[] = [
        { type: 'socket.close' },
        { type: 'socket.register' },
        { type: 'socket.ping' },
        { type: 'status.report', load: 0.1, jobCount: 1, full: false },
        { type: 'job.report', jobId: 'AJ_nowhere', status: 'success', error: '' },
      ];
      for (const command of commands) client.perform(command);
      client.perform({ type: 'socket.open' });
      await heard.next('socket.opened');
      expect(heard.facts).toHaveLength(1);
    });

    it('[SOCK-6] brings an offer with its metadata read, and the assignment after the answer', async () => {
      const { heard, offer, answer } = await receiveOffer(goodMetadata, 'bob');
      expect(offer).toMatchObject({
        jobType: 'participant',
        participant: { identity: 'bob' },
        metadata: { ok: true, value: { target: 'alice' }, target: 'alice' },
      });
      expect(offer.dispatchId).not.toBe('');
      expect(offer.room.name).not.toBe('');
      expect(heard.count('assignment.received')).toBe(0);
      answer('accept');
      expect((await heard.next('assignment.received')).jobId).toBe(offer.jobId);
    });

    it('[SOCK-7] hands out the credentials of an assigned job once, and in no fact', async () => {
      const { client, heard, offer, answer } = await receiveOffer();
      answer('accept');
      await heard.next('assignment.received');
      const credentials = client.takeCredentials(offer.jobId);
      expect(credentials?.url).toMatch(/^ws/);
      expect(credentials?.token).not.toBe('');
      expect(client.takeCredentials(offer.jobId)).toBeUndefined();
      expect(client.takeCredentials('AJ_nowhere')).toBeUndefined();
      expect(JSON.stringify(heard.facts)).not.toContain(credentials?.token);
    });

    it.each(['no json', '', '[]', '{"target": 7}', '{"target'])(
      '[SOCK-8] brings an offer whose metadata is %j as one that cannot be read',
      async (metadata) => {
        const { client, heard, offer, answer } = await receiveOffer(metadata);
        expect(offer.metadata.ok).toBe(false);
        answer('terminate');
        client.perform({ type: 'socket.ping' });
        await heard.next('socket.ponged');
        expect(heard.count('assignment.received')).toBe(0);
      },
    );

    it('[SOCK-9] tells of the termination of a job', async () => {
      const { client, heard, offer, answer, endJob } = await receiveOffer();
      answer('accept');
      await heard.next('assignment.received');
      client.perform({ type: 'job.report', jobId: offer.jobId, status: 'running', error: '' });
      const ending = endJob();
      expect((await heard.next('termination.received')).jobId).toBe(offer.jobId);
      await ending;
    });

    it('[SOCK-10] names the status that refused a wrong secret', async () => {
      const { stranger } = await listen();
      const client = stranger();
      const heard = new SocketListener(client);
      client.perform({ type: 'socket.open' });
      expect(await heard.next('socket.closed')).toMatchObject({ httpStatus: 401 });
      expect(heard.count('socket.opened')).toBe(0);
    });

    it('[SOCK-11] is closed by the server where it breaks the protocol', async () => {
      const { client, heard } = await register();
      client.perform({ type: 'socket.register' });
      expect(await heard.next('socket.closed')).toMatchObject({ httpStatus: null });
      expect(heard.count('socket.registered')).toBe(1);
    });

    it('[SOCK-12] says nothing after it was closed for good', async () => {
      const { client, heard } = await register();
      const before = heard.facts.length;
      await client.close();
      client.perform({ type: 'socket.open' });
      client.perform({ type: 'socket.ping' });
      await client.close();
      expect(heard.facts.length).toBe(before);
    });
  });
}

/** A server that does what a good one never does. */
export type HostileWorld = {
  readonly client: WorkerSocketClient;
  readonly sendGarbage: () => void;
  readonly registerAgain: () => void;
  /** Assigns a job that was never offered. */
  readonly assign: (jobId: string) => void;
  readonly terminate: (jobId: string) => void;
  readonly drop: () => void;
  readonly goSilent: () => void;
  /** Listens no more; returns when that is so. */
  readonly vanish: () => Promise<void>;
};

/** The rules that only a server which misbehaves on purpose can put to the test. */
export function describeHostileWorkerSocket(
  name: string,
  setup: () => Promise<HostileWorld>,
): void {
  describe(`${name} as a WorkerSocketClient of a hostile server`, () => {
    const register = async () => {
      const world = await setup();
      const heard = new SocketListener(world.client);
      await openAndRegister(world.client, heard);
      return { ...world, heard };
    };

    it('[SOCK-13] names a message that it cannot understand, and goes on', async () => {
      const { client, heard, sendGarbage } = await register();
      sendGarbage();
      const { what } = await heard.next('socket.messageRejected');
      expect(what).not.toBe('');
      client.perform({ type: 'socket.ping' });
      await heard.next('socket.ponged');
      expect(heard.count('socket.closed')).toBe(0);
    });

    it('[SOCK-14] brings what the server says unasked', async () => {
      const { heard, registerAgain, assign, terminate } = await register();
      registerAgain();
      await heard.next('socket.registered');
      assign('AJ_unasked');
      expect((await heard.next('assignment.received')).jobId).toBe('AJ_unasked');
      terminate('AJ_unasked');
      expect((await heard.next('termination.received')).jobId).toBe('AJ_unasked');
    });

    it('[SOCK-15] says that it is closed when the connection drops, and can be opened again', async () => {
      const { client, heard, drop } = await register();
      drop();
      expect(await heard.next('socket.closed')).toMatchObject({ httpStatus: null });
      client.perform({ type: 'socket.open' });
      await heard.next('socket.opened');
    });

    it('[SOCK-16] closes its own side also where the server says nothing', async () => {
      const { client, heard, goSilent } = await register();
      goSilent();
      client.perform({ type: 'socket.ping' });
      client.perform({ type: 'socket.close' });
      await heard.next('socket.closed');
      expect(heard.count('socket.ponged')).toBe(0);
    });

    it('[SOCK-17] says that it is closed where nobody listens', async () => {
      const { client, heard, drop, vanish } = await register();
      drop();
      await heard.next('socket.closed');
      await vanish();
      client.perform({ type: 'socket.open' });
      const { httpStatus, message } = await heard.next('socket.closed');
      expect(httpStatus).toBeNull();
      expect(message).not.toBe('');
    });

    it('[SOCK-18] keeps the credentials of the latest 1,000 assignments', async () => {
      const { client, heard, assign } = await register();
      for (let job = 0; job <= 1_000; job += 1) assign(`AJ_${job}`);
      while (heard.count('assignment.received') <= 1_000) await heard.next('assignment.received');
      expect(client.takeCredentials('AJ_0')).toBeUndefined();
      expect(client.takeCredentials('AJ_1')).toBeDefined();
      expect(client.takeCredentials('AJ_1000')).toBeDefined();
    });
  });
}
