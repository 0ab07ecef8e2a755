import type { ActorRow, SystemRow } from '../../../../src/io/inspect/protocol.ts';

/** What an actor is called in the tree: a root by what it is about, and others by their id. */
export function actorName({ name, path }: ActorRow, system: SystemRow | undefined): string {
  if (system === undefined || path.includes('/')) return name;
  return system.kind === 'worker' ? 'worker' : (system.identity ?? system.room ?? system.id);
}
