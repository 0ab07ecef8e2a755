import { isMachineSnapshot } from 'xstate';
import {
  workerMachine,
  workerView,
  type WorkerSnapshot,
} from '../../machines/worker/worker.machine.ts';
import type { WorkerView } from '../http/sessions-view.ts';

/** What `/sessions` says of a worker. */
export function lookAtWorker(id: string, snapshot: WorkerSnapshot): WorkerView {
  const { connections, ...view } = workerView(snapshot);
  return {
    id,
    ...view,
    connections: connections.map(({ agent, jobType, state, workerId }) => ({
      ...{ agent, jobType, state, workerId },
    })),
  };
}

export const isWorkerSnapshot = (snapshot: unknown): snapshot is WorkerSnapshot =>
  isMachineSnapshot(snapshot) && snapshot.machine.id === workerMachine.id;
