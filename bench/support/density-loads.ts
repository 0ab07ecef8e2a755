/** The loads of the density bench: of the agents that come with greenroom, of a user's, and of the peer. */
import { fileURLToPath } from 'node:url';
import { PEER_AGENT, startBenchPeer } from './bench-peer.ts';
import { startBenchWorker, type BenchSession, type BenchWorkerOptions } from './bench-worker.ts';
import type { Member } from './crowd.ts';
import type { Contestant, Load } from './density.ts';
import { treeOf } from './process-figures.ts';
import type { Ground } from './stage.ts';

const LISTENER_FILE = fileURLToPath(new URL('room-listener.agent.mjs', import.meta.url));
const LISTENER = 'room-listener';

type Audience = Pick<Load, 'rooms' | 'peopleInRoom' | 'talkersInRoom'>;
type WorkerOptions = Pick<BenchWorkerOptions, 'env' | 'cpuProfDir'>;

/** One agent as a person, or a room, is to be served by it. */
type Service = {
  readonly agent: string;
  readonly metadata: object;
  /** Null: the whole room. */
  readonly identity: string | null;
  /** So many jobs of it at once. */
  readonly jobs: number;
  readonly isServing: (session: BenchSession) => boolean;
};

/** A participant-monitor job for everybody. */
export const monitors = (
  audience: Audience,
  monitoringType: 'basic' | 'full',
  options: WorkerOptions,
): Load => ({
  ...audience,
  unit: 'talker',
  jobsInUnit: 1,
  start: (ground, units) =>
    startWorker(ground, { ...options, maxJobs: units }, ({ identity }) => [
      {
        agent: 'participant-monitor',
        metadata: { participant_identity: identity, monitoring_type: monitoringType },
        identity,
        jobs: 1,
        isServing: ({ state, speech, tracks }) =>
          // Without media the server would have to say who speaks, and it does not of the crowd's client.
          monitoringType === 'full'
            ? speech === 'speaking'
            : state === 'connected' && tracks.some((track) => track.state !== 'subscribing'),
      },
    ]),
});

type ListenerMetadata = {
  /** Whether it listens to the microphones or only subscribes to them. */
  readonly mode: 'media' | 'signal';
  /** How many listen to each, on one connection. */
  readonly ears?: number;
};

/** An agent of a user in every room. @param jobs of it in each, every one with a connection of its own. */
export const listeners = (
  audience: Audience,
  metadata: ListenerMetadata,
  options: WorkerOptions,
  jobs = 1,
): Load =>
  inRooms(audience, { ...options, agents: [LISTENER_FILE] }, [
    {
      agent: LISTENER,
      metadata,
      identity: null,
      jobs,
      isServing: ({ state, tracks }) => {
        const awaited = metadata.mode === 'media' ? 'heard' : 'subscribed';
        return (
          state === 'listening' &&
          tracks.filter((track) => track.state === awaited).length === audience.talkersInRoom
        );
      },
    },
  ]);

export type RoomAgent = 'room-analytics' | 'conversation-monitor';

/** These agents in every room, each with a connection of its own. */
export function roomAgents(
  audience: Audience,
  agents: readonly RoomAgent[],
  options: WorkerOptions,
): Load {
  const isServing: Readonly<Record<RoomAgent, Service['isServing']>> = {
    'room-analytics': ({ figures, subscribedTracks }) =>
      figures?.participants === audience.peopleInRoom &&
      subscribedTracks === audience.talkersInRoom,
    'conversation-monitor': ({ conversation }) => conversation?.speakers === audience.talkersInRoom,
  };
  return inRooms(
    audience,
    { ...options, agents },
    agents.map((agent) => ({
      agent,
      metadata: {},
      identity: null,
      jobs: 1,
      isServing: isServing[agent],
    })),
  );
}

function inRooms(
  audience: Audience,
  options: Omit<BenchWorkerOptions, 'maxJobs'>,
  services: readonly Service[],
): Load {
  const jobs = services.reduce((sum, service) => sum + service.jobs, 0);
  return {
    ...audience,
    unit: 'room',
    jobsInUnit: jobs,
    start: (ground, units) =>
      startWorker(ground, { ...options, maxJobs: units * jobs }, () => services),
  };
}

/** The peer's agent in every room, that listens to the microphones. */
export const peers = (audience: Audience): Load => ({
  ...audience,
  unit: 'room',
  jobsInUnit: 1,
  start: async ({ server, dispatchAgent }) => {
    const { pid, logs, stop } = await startBenchPeer(server);
    const heard = (): readonly unknown[] =>
      logs.filter(({ msg }) => msg === 'microphone heard').map((line) => line['room']);
    return {
      pids: () => treeOf(pid),
      jobCount: () => Promise.resolve(new Set(heard()).size),
      look: () =>
        Promise.resolve({
          isServed: ({ room }) =>
            heard().filter((where) => where === room).length === audience.talkersInRoom,
          dispatch: ({ room }) => dispatchAgent(room, PEER_AGENT, {}),
        }),
      eventLoopP99Ms: () => Promise.resolve(undefined),
      heapBytes: () => Promise.resolve(undefined),
      collect: undefined,
      stop,
    };
  },
});

async function startWorker(
  { server, dispatchAgent }: Ground,
  options: BenchWorkerOptions,
  servicesFor: (member: Member) => readonly Service[],
): Promise<Contestant> {
  const worker = await startBenchWorker(server, options);
  const jobsOf =
    (sessions: readonly BenchSession[], { room }: Member) =>
    ({ agent, identity }: Service): readonly BenchSession[] =>
      sessions.filter(
        (session) =>
          session.agent === agent && session.room === room && session.identity === identity,
      );
  return {
    pids: () => [worker.pid],
    jobCount: worker.jobCount,
    look: async () => {
      const sessions = await worker.sessions();
      return {
        isServed: (member) => {
          const jobs = jobsOf(sessions, member);
          return servicesFor(member).every(
            (service) => jobs(service).filter(service.isServing).length === service.jobs,
          );
        },
        dispatch: async (member) => {
          const jobs = jobsOf(sessions, member);
          for (const service of servicesFor(member)) {
            for (let job = jobs(service).length; job < service.jobs; job += 1) {
              await dispatchAgent(member.room, service.agent, service.metadata);
            }
          }
        },
      };
    },
    eventLoopP99Ms: async () =>
      (await worker.metric('greenroom_event_loop_lag_p99_seconds')) * 1000,
    heapBytes: () => worker.metric('greenroom_heap_bytes'),
    collect: worker.collect,
    stop: worker.stop,
  };
}
