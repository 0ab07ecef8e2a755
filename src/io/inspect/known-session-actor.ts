import type { ActorAddress, ActorRow, AlertRow } from './protocol.ts';

type Session = Pick<AlertRow, 'system' | 'identity'> & Partial<Pick<AlertRow, 'alert'>>;

/**
 * The actor that says most of a session, or of an alert of it: the rule that could not do what it says,
 * else its participant's, else its agent's, else its root; null where none of them is known any longer.
 */
export function sessionActor(
  { system, identity, alert }: Session,
  actors: Iterable<ActorRow>,
): ActorAddress | null {
  let best: { readonly path: string; readonly rank: number } | null = null;
  for (const actor of actors) {
    if (actor.system !== system) continue;
    const rank = rankOf(actor, identity, alert?.key);
    if (rank > (best?.rank ?? 0)) best = { path: actor.path, rank };
  }
  return best && { system, path: best.path };
}

function rankOf({ name, path }: ActorRow, identity: string | null, alertKey?: string): number {
  // A rule is called as the alert that it opens.
  if (name === alertKey) return 4;
  if (identity !== null && name === `participant:${identity}`) return 3;
  if (name === 'agent') return 2;
  return path.includes('/') ? 0 : 1;
}
