import { isMachineSnapshot, type AnyActor } from 'xstate';
import { z } from 'zod';
import type { AgentDefinition, AgentView } from '../../../agents/define-agent.ts';
import { lookAt } from '../../compose/agent-view.ts';
import { WORKER_ROOT_ID } from '../../compose/log-machines.ts';
import { snapshotAt } from '../../compose/snapshot-at.ts';
import { isWorkerSnapshot, lookAtWorker } from '../../compose/worker-view.ts';
import type { LogHead } from '../../event-log/log-line.ts';
import { toSessionView, type SessionView, type WorkerView } from '../../http/sessions-view.ts';
import { jobContext } from '../alert.codec.ts';
import type { InspectedSystem } from '../inspected-system.ts';

/** What a log says of whom it is about, and how to look at its root. */
export type RecordedSystem = {
  readonly about: InspectedSystem['about'];
  readonly sessionOf: (root: AnyActor) => SessionView | null;
  readonly workerOf: (root: AnyActor) => WorkerView | null;
};

/** What of the input of a job's root is shown. */
const jobInput = z.looseObject({
  agent: z.looseObject({
    job: z.looseObject({
      jobId: z.string(),
      dispatchId: z.string(),
      room: z.looseObject({ name: z.string() }),
      participant: z.object({ identity: z.string(), sid: z.string() }).nullable(),
    }),
    metadata: z.record(z.string(), z.unknown()),
  }),
});

/** @param agents those that the log may be of. */
export function recordedSystem(head: LogHead, agents: readonly AgentDefinition[]): RecordedSystem {
  const agent = agents.find(({ name }) => name === head.agent);
  const input = jobInput.safeParse(head.input);
  if (head.rootId === WORKER_ROOT_ID || !agent || !input.success) {
    const id = head.rootId;
    const kind = id === WORKER_ROOT_ID ? 'worker' : 'job';
    return {
      about: { id, kind, agent: null, room: null, identity: null },
      sessionOf: () => null,
      workerOf: (root) => workerOf(id, root),
    };
  }
  const { job, metadata } = input.data.agent;
  const { jobId, dispatchId, participant } = job;
  const served = { dispatchId, metadata, participant };
  const room = job.room.name;
  const identity = agent.target?.(served) ?? null;
  const known = { jobId, dispatchId, agent: agent.name, room, startedAt: head.startedAt };
  return {
    about: { id: jobId, kind: 'job', agent: agent.name, room, identity },
    sessionOf: (root) => {
      const session = toSessionView(
        { ...known, roomSid: null, tracked: true, endReason: null, alerts: alertsOf(root) },
        viewOf(agent, root),
      );
      return { ...session, identity: session.identity ?? identity };
    },
    workerOf: () => null,
  };
}

function workerOf(id: string, root: AnyActor): WorkerView | null {
  const snapshot = snapshotAt(root, []);
  return isWorkerSnapshot(snapshot) ? lookAtWorker(id, snapshot) : null;
}

function alertsOf(root: AnyActor): SessionView['alerts'] {
  const snapshot = snapshotAt(root, []);
  const context = jobContext.safeParse(
    snapshot && isMachineSnapshot(snapshot) ? snapshot.context : undefined,
  );
  return context.success ? context.data.openAlerts : [];
}

function viewOf(agent: AgentDefinition, root: AnyActor): AgentView {
  const snapshot = snapshotAt(root, ['agent']);
  if (snapshot && isMachineSnapshot(snapshot)) {
    const looked = lookAt(agent, snapshot);
    return looked.ok ? looked.view : { state: 'unknown' };
  }
  return { state: snapshotAt(root, [])?.status === 'active' ? 'joining' : 'ended' };
}
