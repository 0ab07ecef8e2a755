/** The loads of the density bench: of greenroom's own monitor, of a user's agent, and of the peer. */
import { fileURLToPath } from 'node:url';
import type { SessionView } from '../../src/io/http/sessions-view.ts';
import { PEER_AGENT, startBenchPeer } from './bench-peer.ts';
import { startBenchWorker, type BenchWorkerOptions } from './bench-worker.ts';
import type { Contestant, Load } from './density.ts';
import { treeOf } from './process-figures.ts';

const LISTENER_FILE = fileURLToPath(new URL('room-listener.agent.mjs', import.meta.url));
const LISTENER = 'room-listener';

type Audience = Pick<Load, 'rooms' | 'peopleInRoom'>;
type WorkerOptions = Pick<BenchWorkerOptions, 'env' | 'cpuProfDir'>;

/** A participant-monitor job for everybody, who all talk without a pause. */
export const monitors = (
  audience: Audience,
  monitoringType: 'basic' | 'full',
  options: WorkerOptions,
): Load => ({
  ...audience,
  areTalking: true,
  unit: 'talker',
  start: (server, units) =>
    startWorker(server, { ...options, maxJobs: units }, ({ state, speech, tracks }) =>
      // Without media the server would have to say who speaks, and it does not of the crowd's client.
      monitoringType === 'full'
        ? speech === 'speaking'
        : state === 'connected' && tracks.some((track) => track.state !== 'subscribing'),
    ),
  dispatch: ({ dispatchAgent }, { room, identity }) =>
    dispatchAgent(room, 'participant-monitor', {
      participant_identity: identity,
      monitoring_type: monitoringType,
    }),
});

/** An agent of a user in every room, that listens to the microphones or only subscribes to them. */
export const listeners = (
  audience: Audience & Pick<Load, 'areTalking'>,
  mode: 'media' | 'signal',
  options: WorkerOptions,
): Load => ({
  ...audience,
  unit: 'room',
  start: (server, units) =>
    startWorker(
      server,
      { ...options, maxJobs: units, agent: LISTENER_FILE },
      ({ state, tracks }) => {
        const microphones = audience.areTalking ? audience.peopleInRoom : 0;
        const awaited = mode === 'media' ? 'heard' : 'subscribed';
        return (
          state === 'listening' &&
          tracks.filter((track) => track.state === awaited).length === microphones
        );
      },
    ),
  dispatch: ({ dispatchAgent }, { room }) => dispatchAgent(room, LISTENER, { mode }),
});

/** The peer's agent in every room, that listens to the microphones. */
export const peers = (audience: Audience): Load => ({
  ...audience,
  areTalking: true,
  unit: 'room',
  start: async (server) => {
    const { pid, logs, stop } = await startBenchPeer(server);
    return {
      pids: () => treeOf(pid),
      isServed: () =>
        Promise.resolve(({ room }) => {
          const heard = logs.filter(
            (line) => line.msg === 'microphone heard' && line['room'] === room,
          );
          return heard.length === audience.peopleInRoom;
        }),
      eventLoopP99Ms: () => Promise.resolve(undefined),
      heapBytes: () => Promise.resolve(undefined),
      collect: undefined,
      stop,
    };
  },
  dispatch: ({ dispatchAgent }, { room }) => dispatchAgent(room, PEER_AGENT, {}),
});

async function startWorker(
  server: Parameters<typeof startBenchWorker>[0],
  options: BenchWorkerOptions,
  isServed: (session: SessionView) => boolean,
): Promise<Contestant> {
  const worker = await startBenchWorker(server, options);
  return {
    pids: () => [worker.pid],
    isServed: async () => {
      const served = (await worker.sessions()).filter(isServed);
      return (member) =>
        served.some(
          ({ room, identity }) =>
            room === member.room && (identity === null || identity === member.identity),
        );
    },
    eventLoopP99Ms: async () =>
      (await worker.metric('greenroom_event_loop_lag_p99_seconds')) * 1000,
    heapBytes: () => worker.metric('greenroom_heap_bytes'),
    collect: worker.collect,
    stop: worker.stop,
  };
}
