import type { ActorChange, ActorId, ActorRow, SystemRow } from '../inspect/protocol.ts';

/** An actor's place in the tree; 0 deep is a root. */
export type TreeLine = {
  readonly id: ActorId;
  readonly depth: number;
  readonly isFolded: boolean;
  readonly childCount: number;
};

/** The actors of a stream, as the last message left them. */
export class LiveActors {
  readonly systems = new Map<string, SystemRow>();
  readonly #rows = new Map<ActorId, ActorRow>();
  readonly #below = new Map<ActorId | null, Set<ActorId>>();
  /** Grows with everything that happens to them. */
  #version = 0;
  /** Grows when actors come or go. */
  #shape = 0;
  /** Listed last: a view of 10,000 actors is drawn more often than they change. */
  #listed: { readonly key: string; readonly lines: readonly TreeLine[] } | null = null;

  get rows(): readonly ActorRow[] {
    return [...this.#rows.values()];
  }

  get size(): number {
    return this.#rows.size;
  }

  clear(): void {
    this.#shape += 1;
    this.systems.clear();
    this.#rows.clear();
    this.#below.clear();
  }

  put(actor: ActorRow): void {
    this.#shape += 1;
    this.#rows.set(actor.id, actor);
    const siblings = this.#below.get(actor.parent);
    if (siblings) siblings.add(actor.id);
    else this.#below.set(actor.parent, new Set([actor.id]));
  }

  change(change: ActorChange): void {
    const actor = this.#rows.get(change.id);
    if (!actor) return;
    this.#version += 1;
    this.#rows.set(change.id, { ...actor, ...change });
  }

  remove(id: ActorId): void {
    const actor = this.#rows.get(id);
    if (!actor) return;
    this.#shape += 1;
    this.#rows.delete(id);
    const siblings = this.#below.get(actor.parent);
    siblings?.delete(id);
    if (siblings?.size === 0) this.#below.delete(actor.parent);
  }

  get(id: ActorId): ActorRow | undefined {
    return this.#rows.get(id);
  }

  /**
   * The tree from above, without what is below folded actors. With a filter: the actors that it fits, and
   * all above them, folded or not.
   *
   * @param filter in lower case; empty for all.
   * @param room the only one whose jobs are shown; null: all.
   */
  tree(
    filter: string,
    folded: ReadonlySet<ActorId>,
    room: string | null = null,
  ): readonly TreeLine[] {
    // What an actor is in matters only where it is filtered by.
    const version = filter === '' ? 0 : this.#version;
    const key = JSON.stringify([this.#shape, version, filter, [...folded], room]);
    if (this.#listed?.key !== key) this.#listed = { key, lines: this.#list(filter, folded, room) };
    return this.#listed.lines;
  }

  #list(filter: string, folded: ReadonlySet<ActorId>, room: string | null): readonly TreeLine[] {
    const lines: TreeLine[] = [];
    const visit = (id: ActorId, depth: number): boolean => {
      const actor = this.#rows.get(id);
      if (!actor) return false;
      const below = this.#below.get(id) ?? new Set();
      const isFolded = filter === '' && below.size > 0 && folded.has(id);
      const at = lines.length;
      lines.push({ id, depth, isFolded, childCount: below.size });
      let isShown = isFolded || this.#fits(actor, filter, room);
      if (!isFolded) {
        for (const child of below) isShown = visit(child, depth + 1) || isShown;
      }
      if (!isShown) lines.length = at;
      return isShown;
    };
    for (const root of this.#below.get(null) ?? []) visit(root, 0);
    return lines;
  }

  #fits(actor: ActorRow, filter: string, onlyRoom: string | null): boolean {
    const system = this.systems.get(actor.system);
    if (onlyRoom !== null && system?.room !== onlyRoom) return false;
    if (filter === '') return true;
    const { path, status, value } = actor;
    const texts = [path, status, JSON.stringify(value), system?.room, system?.identity];
    return texts.some((text) => text?.toLowerCase().includes(filter));
  }
}
