import { randomUUID } from 'node:crypto';
import { expect, inject, it, vi, type TestContext } from 'vitest';
import { bodies, MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';
import { startWorkerProcess } from '../support/worker-process.ts';

const server = inject('livekit');
/** A standby lasts 25 s, and the server lists the agent of a killed worker for 20 s. */
const throughStandby = { timeout: 40_000, interval: 50 };

/** A worker that monitors alice and has no place for more, and a second worker of the same agent. */
async function openTwoWorkers({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const agentName = `participant-monitor-${randomUUID()}`;
  const settings = { LIVEKIT_AGENT_NAME: agentName, MAX_JOBS: '1' };
  const first = await startWorkerProcess(server, settings);
  onTestFinished(() => first.stop());
  const room = new MonitoredRoom(server, first, agentName);
  onTestFinished(() => room.close());
  const alice = await room.enter('alice');
  await room.dispatch();
  await room.until({ state: 'connected' });
  const second = await startWorkerProcess(server, settings);
  onTestFinished(() => second.stop());
  const welcomes = () => bodies(alice.messages, 'participant_monitoring');
  await vi.waitFor(() => {
    expect(welcomes()).toHaveLength(1);
  }, withinDeadline);
  /** Of the second worker: the states that its only session has shown, one after the other. */
  const states: string[] = [];
  const waitFor = async (state: string, deadline: typeof withinDeadline): Promise<void> => {
    await vi.waitFor(async () => {
      const [session] = await second.sessions();
      if (session && session.state !== states.at(-1)) states.push(session.state);
      expect(states).toContain(state);
    }, deadline);
  };
  const logged = (text: string) => second.logs.filter(({ msg }) => msg.startsWith(text));
  return { room, first, second, welcomes, states, waitFor, logged };
}

it.concurrent(
  '[LIVE-90] stands by without a message while another worker serves the dispatch, and ends as duplicate',
  async ({ expect, onTestFinished }) => {
    const stage = await openTwoWorkers({ onTestFinished });
    await stage.room.enter('bob');
    await stage.waitFor('standingBy', withinDeadline);
    const { jobId } = (await stage.room.session()) ?? {};
    expect(stage.logged('standing by')).toMatchObject([{ elders: [`agent-${jobId}`] }]);
    await stage.waitFor('ended', throughStandby);
    expect(await stage.second.sessions()).toMatchObject([
      { identity: 'alice', endReason: 'duplicate', room: stage.room.name },
    ]);
    expect(stage.states.filter((state) => state !== 'joining')).toEqual(['standingBy', 'ended']);
    expect(stage.welcomes()).toHaveLength(1);
    expect(stage.logged('session summary')).toEqual([]);
    await stage.room.until({ state: 'connected', speech: 'silent', endReason: null });
  },
  90_000,
);

it.concurrent(
  '[LIVE-91] takes over from a worker that was killed, once the server has noticed',
  async ({ expect, onTestFinished }) => {
    const stage = await openTwoWorkers({ onTestFinished });
    stage.first.signal('SIGKILL');
    await stage.first.exited;
    await stage.room.enter('bob');
    await stage.waitFor('standingBy', withinDeadline);
    expect(stage.welcomes()).toHaveLength(1);
    await stage.waitFor('connected', throughStandby);
    expect(stage.states.filter((state) => state !== 'joining')).toEqual([
      'standingBy',
      'connected',
    ]);
    expect(stage.logged('the earlier agent is gone')).toHaveLength(1);
    const [session] = await stage.second.sessions();
    await vi.waitFor(() => {
      expect(stage.welcomes()).toMatchObject([{}, { job_id: session?.jobId }]);
    }, withinDeadline);
  },
  90_000,
);
