import { JobStatus, JobType, ServerMessage, WorkerStatus, type Job } from '@livekit/protocol';
import { TokenVerifier } from 'livekit-server-sdk';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/io/clock.ts';
import { seededRandom } from '../../../src/io/simulated/seeded-random.ts';
import type {
  AgentRegistration,
  ReadMetadata,
} from '../../../src/io/livekit/worker-message.codec.ts';
import { agentUrl, LiveKitWorkerSocket } from '../../../src/io/livekit/worker-socket.ts';
import { FakeAgentServer } from '../../support/fake-agent-server.ts';
import { readTarget } from '../../support/read-target.ts';
import { SocketListener } from '../../support/socket-listener.ts';

const registration: AgentRegistration = {
  agent: 'monitor',
  agentName: 'renamed',
  jobType: 'participant',
  version: '1.2.3',
  permissions: { canSubscribe: true, canPublishData: true, hidden: true },
};

type Options = {
  readonly path?: string;
  readonly registration?: Partial<AgentRegistration>;
  readonly readMetadata?: ReadMetadata;
};

async function start(options: Options = {}) {
  const { path = '', registration: changed = {}, readMetadata = readTarget } = options;
  const server = await FakeAgentServer.start(path);
  onTestFinished(() => server.stop());
  const client = new LiveKitWorkerSocket({
    ...server.keys,
    url: server.url + path,
    registration: { ...registration, ...changed },
    readMetadata,
    clock: systemClock,
    random: seededRandom(1),
  });
  const heard = new SocketListener(client);
  const open = async () => {
    client.perform({ type: 'socket.open' });
    await heard.next('socket.opened');
  };
  const register = async () => {
    await open();
    client.perform({ type: 'socket.register' });
    await heard.next('socket.registered');
  };
  /** Once the server has answered a ping, it has received all that was sent before. */
  const received = async () => {
    client.perform({ type: 'socket.ping' });
    await heard.next('socket.ponged');
    return server.received.filter(({ case: kind }) => kind !== 'ping');
  };
  return { server, client, heard, open, register, received };
}

describe('the address', () => {
  it.each([
    ['ws://localhost:7880', 'ws://localhost:7880/agent'],
    ['wss://example.com', 'wss://example.com/agent'],
    ['http://localhost:7880/', 'ws://localhost:7880/agent'],
    ['https://example.com/livekit', 'wss://example.com/livekit/agent'],
    ['https://example.com/a/b//', 'wss://example.com/a/b/agent'],
  ])('[SOCK-20] finds the dispatcher of %s', (url, expected) => {
    expect(agentUrl(url)).toBe(expected);
  });

  it('[SOCK-20] connects below a path', async () => {
    const { register, server } = await start({ path: '/livekit' });
    await register();
    expect(server.requests[0]?.url).toBe('/livekit/agent');
  });
});

describe('the token', () => {
  it('[SOCK-21] is a new one for each attempt, may only be an agent, and lives for minutes', async () => {
    const { open, server, heard } = await start();
    await open();
    server.drop();
    await heard.next('socket.closed');
    await open();
    const tokens = server.requests.map(({ headers }) => headers.authorization?.slice(7) ?? '');
    expect(tokens).toHaveLength(2);
    for (const token of tokens) {
      const { apiKey, apiSecret } = server.keys;
      const claims = await new TokenVerifier(apiKey, apiSecret).verify(token);
      expect(claims.video).toEqual({ agent: true });
      expect((claims.exp ?? Number.NaN) - (claims.nbf ?? Number.NaN)).toBeLessThanOrEqual(300);
    }
  });

  it('[SOCK-22] and the secret are in no fact', async () => {
    const { client, register, server, heard } = await start();
    await register();
    server.drop();
    await heard.next('socket.closed');
    await server.stop();
    client.perform({ type: 'socket.open' });
    await heard.next('socket.closed');
    const said = JSON.stringify(heard.facts);
    expect(said).not.toContain(server.keys.apiSecret);
    for (const { headers } of server.requests) {
      expect(said).not.toContain(headers.authorization?.slice(7));
    }
  });
});

describe('what the server receives', () => {
  it('[SOCK-23] registers with all that the agent may do', async () => {
    const { register, received } = await start();
    await register();
    const [word] = await received();
    expect(word?.value?.toJson()).toEqual({
      type: 'JT_PARTICIPANT',
      agentName: 'renamed',
      version: '1.2.3',
      allowedPermissions: { canSubscribe: true, canPublishData: true, hidden: true },
    });
  });

  it.each([
    ['room', JobType.JT_ROOM],
    ['participant', JobType.JT_PARTICIPANT],
    ['publisher', JobType.JT_PUBLISHER],
  ] as const)('[SOCK-23] registers for jobs of type %s', async (jobType, type) => {
    const { register, received } = await start({ registration: { jobType } });
    await register();
    expect((await received())[0]?.value).toMatchObject({ type });
  });

  it('[SOCK-24] answers offers under an identity of the job alone, with what its participant carries', async () => {
    const { client, register, received } = await start();
    await register();
    const attributes = { 'greenroom.serves': 'alice' };
    client.perform({ type: 'offer.answer', jobId: 'AJ_1', answer: 'accept', attributes });
    client.perform({ type: 'offer.answer', jobId: 'AJ_2', answer: 'terminate', attributes: {} });
    client.perform({ type: 'offer.answer', jobId: 'AJ_3', answer: 'unavailable', attributes: {} });
    const answers = (await received()).slice(1).map(({ value }) => value);
    expect(answers).toMatchObject([
      {
        jobId: 'AJ_1',
        available: true,
        terminate: false,
        participantIdentity: 'agent-AJ_1',
        participantAttributes: attributes,
      },
      { jobId: 'AJ_2', available: false, terminate: true },
      { jobId: 'AJ_3', available: false, terminate: false },
    ]);
  });

  it('[SOCK-25] reports its load, its jobs, and the jobs that survived', async () => {
    const { client, register, received } = await start();
    await register();
    client.perform({ type: 'status.report', load: 0.345, jobCount: 25, full: false });
    client.perform({ type: 'status.report', load: 0.69, jobCount: 50, full: true });
    client.perform({ type: 'job.report', jobId: 'AJ_1', status: 'running', error: '' });
    client.perform({ type: 'job.report', jobId: 'AJ_1', status: 'failed', error: 'broken' });
    client.perform({ type: 'job.report', jobId: 'AJ_2', status: 'success', error: '' });
    client.perform({ type: 'jobs.migrate', jobIds: ['AJ_3', 'AJ_4'] });
    const words = (await received()).slice(1).map(({ value }) => value);
    expect(words).toMatchObject([
      { status: WorkerStatus.WS_AVAILABLE, jobCount: 25 },
      { status: WorkerStatus.WS_FULL, jobCount: 50 },
      { jobId: 'AJ_1', status: JobStatus.JS_RUNNING, error: '' },
      { jobId: 'AJ_1', status: JobStatus.JS_FAILED, error: 'broken' },
      { jobId: 'AJ_2', status: JobStatus.JS_SUCCESS },
      { jobIds: ['AJ_3', 'AJ_4'] },
    ]);
    expect(words[0]).toHaveProperty('load', Math.fround(0.345));
  });
});

describe('what the server says wrong', () => {
  const good: Partial<Job> = { id: 'AJ_1', agentName: 'renamed', type: JobType.JT_PARTICIPANT };

  it.each([
    ['of another agent', { ...good, agentName: 'other' }, /agent "other".*this is "renamed"/],
    ['of another type', { ...good, type: JobType.JT_ROOM }, /type JT_ROOM.*type JT_PARTICIPANT/],
    ['without an id', { ...good, id: '' }, /an offer without a job/],
  ])('[SOCK-26] rejects an offer %s', async (_title, job, expected) => {
    const { register, server, heard } = await start();
    await register();
    server.offer(job);
    expect((await heard.next('socket.messageRejected')).what).toMatch(expected);
    server.offer(good);
    const { offer } = await heard.next('offer.received');
    expect(offer).toMatchObject({ agent: 'monitor', participant: null, metadata: { ok: false } });
  });

  it.each([
    ['no message', new Uint8Array([0xff, 0xff, 0xff]), /3 bytes that are no message/],
    // Field 99, a varint: a message of a protocol to come.
    ['an unknown message', new Uint8Array([0x98, 0x06, 0x01]), /unknown kind/],
    ['an empty message', new Uint8Array(), /unknown kind/],
    ['a text frame', '{"ping": {}}', /text frame/],
    [
      'an assignment of nothing',
      new ServerMessage({ message: { case: 'assignment', value: {} as never } }).toBinary(),
      /assignment without a job/,
    ],
  ])('[SOCK-27] rejects %s, and goes on', async (_title, frame, expected) => {
    const { register, server, heard, received } = await start();
    await register();
    server.sendRaw(frame);
    expect((await heard.next('socket.messageRejected')).what).toMatch(expected);
    await received();
  });

  it('[SOCK-32] takes an agent that throws over metadata for one that cannot read it', async () => {
    const { register, server, heard } = await start({
      readMetadata: () => {
        throw new RangeError('no such thing');
      },
    });
    await register();
    server.offer(good);
    const { metadata } = (await heard.next('offer.received')).offer;
    const expected = 'metadata that the agent can read (it threw: RangeError: no such thing)';
    expect(metadata).toEqual({ ok: false, problems: [{ path: '', expected }] });
  });

  it('[SOCK-28] closes a connection that brings a frame over 2 MiB', async () => {
    const { register, server, heard } = await start();
    await register();
    server.sendRaw(new Uint8Array(2 * 1024 * 1024 + 1));
    expect((await heard.next('socket.closed')).message).toMatch(/payload/i);
    expect(heard.count('socket.messageRejected')).toBe(0);
  });

  it('[SOCK-29] joins where the assignment says, else at its own server', async () => {
    const { client, register, server, heard } = await start();
    await register();
    server.assign('AJ_1', 'wss://elsewhere.example');
    server.assign('AJ_2');
    await heard.next('assignment.received');
    await heard.next('assignment.received');
    expect(client.takeCredentials('AJ_1')?.url).toBe('wss://elsewhere.example');
    expect(client.takeCredentials('AJ_2')).toEqual({ url: server.url, token: 'token-of-AJ_2' });
  });
});

describe('the end', () => {
  it('[SOCK-30] brings what was said before to the server before it leaves', async () => {
    const { client, register, server } = await start();
    await register();
    for (let job = 0; job < 500; job += 1) {
      client.perform({ type: 'job.report', jobId: `AJ_${job}`, status: 'success', error: '' });
    }
    await client.close();
    const reports = server.received.filter(({ case: kind }) => kind === 'updateJob');
    expect(reports).toHaveLength(500);
  });

  it('[SOCK-31] leaves within its deadline a server that does not answer', async () => {
    const { client, register, server } = await start();
    await register();
    server.freeze();
    const before = systemClock.now();
    await client.close();
    expect(systemClock.now() - before).toBeLessThan(3_000);
  });
});
