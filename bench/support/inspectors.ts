/** Who inspects the actors of a bench. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { createWebSocketInspector } from '@statelyai/inspect';
import { createInspectorServer } from '@statelyai/inspect/server';
import { systemClock } from '../../src/io/clock.ts';
import { openInspection } from '../../src/io/compose/open-inspection.ts';
import type { SystemInspector } from '../../src/io/inspect/inspected-system.ts';
import { createLogger } from '../../src/io/logger.ts';
import { SECRETS } from './inspect-look.ts';
import { until } from './until.ts';

export type InspectorName = 'nobody' | 'relay' | 'stately';

export type Inspector = {
  /** Undefined: the actors are as they are without any inspection. */
  readonly inspector: SystemInspector | undefined;
  /** Where viewers come; null where there is no inspection. */
  readonly url: string | null;
};

const LOOPBACK = '127.0.0.1';
const CONNECT_LIMIT_MS = 5_000;
/** Starts listening for viewers. */
export const startInspector: Readonly<Record<InspectorName, () => Promise<Inspector>>> = {
  nobody: () => Promise.resolve({ inspector: undefined, url: null }),
  relay: startOwn,
  stately: startStately,
};

/** As `--inspect` does it. */
async function startOwn(): Promise<Inspector> {
  const inspection = await openInspection({
    settings: {
      INSPECT: { host: LOOPBACK, port: 0, isStately: false },
      INSPECT_TOKEN: undefined,
      INSPECT_FILTER: undefined,
      INSPECT_PSEUDONYMS: false,
    },
    command: 'bench',
    clock: systemClock,
    secrets: SECRETS,
    logger: createLogger({
      LOG_LEVEL: 'warn',
      LOG_PII: true,
      secrets: SECRETS,
      isPretty: false,
      destination: process.stderr,
    }),
  });
  return { inspector: inspection?.inspector, url: inspection?.url ?? null };
}

/** Both of its sides in the process of the actors, as its documentation shows them. */
async function startStately(): Promise<Inspector> {
  const port = await findFreePort();
  createInspectorServer({ port, autoOpen: false });
  const url = `ws://${LOOPBACK}:${port}`;
  const inspector = createWebSocketInspector({ url });
  // Of what it is told before that, it sends the last 200 messages only.
  await until(CONNECT_LIMIT_MS, () => Reflect.get(inspector.adapter, 'status') === 'open');
  return {
    url,
    inspector: {
      attach: ({ root }) => {
        // The root and what it started at once were there before anybody could watch.
        const snapshot = root.getSnapshot() as AnyMachineSnapshot;
        inspector.actor(root, snapshot);
        const children = snapshot.children as Readonly<Record<string, AnyActorRef>>;
        for (const child of Object.values(children)) inspector.actor(child);
        root.system.inspect(inspector.inspect);
      },
    },
  };
}

/** That server says nothing of the port that it listens at, so it cannot choose one by itself. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a listener without a port');
  return address.port;
}
