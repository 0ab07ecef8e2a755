import type { ActorRow, SystemRow } from '../../src/io/inspect/protocol.ts';

const AT = 1_900_000_000_000;

/** A job about a participant, with what matters in a test. */
export const systemRow = (changes: Partial<SystemRow> = {}): SystemRow => ({
  id: 'AJ_1',
  kind: 'job',
  agent: 'participant-monitor',
  room: 'demo',
  identity: 'alice',
  startedAt: AT,
  endedAt: null,
  alertsOpen: 0,
  ...changes,
});

/** An actor that lives, called by the end of its path. */
export const actorRow = (changes: Pick<ActorRow, 'id' | 'path'> & Partial<ActorRow>): ActorRow => ({
  system: 'AJ_1',
  parent: null,
  name: changes.path.split('/').at(-1) ?? '',
  kind: 'machine',
  machine: null,
  status: 'active',
  value: 'running',
  startedAt: AT,
  endedAt: null,
  restarts: 0,
  error: null,
  ...changes,
});
