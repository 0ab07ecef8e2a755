import type { ActorId, ActorRow, SystemRow } from '../../../../src/io/inspect/protocol.ts';
import type { ActorsChange } from '../model/store.ts';
import { parseTreeQuery, type TreeQuery } from './tree-query.ts';

/** A line of the tree, as it stands on the screen. */
export type TreeRow = {
  readonly id: ActorId;
  /** From 1. */
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  /** Null where nothing is below it. */
  readonly isOpen: boolean | null;
  /** All actors below it. */
  readonly below: number;
};

type Known = {
  readonly actors: ReadonlyMap<ActorId, ActorRow>;
  readonly systems: ReadonlyMap<string, SystemRow>;
  readonly machines: ReadonlyMap<number, { readonly name: string }>;
};

type Node = {
  readonly id: ActorId;
  readonly parent: Node | null;
  /** In the order in which they were started. */
  readonly children: Node[];
  below: number;
  isFit: boolean;
  /** Of itself and all below it, those that fit. */
  fits: number;
};

/** A tree of so many is shown open. */
const OPEN_UP_TO = 200;

/**
 * The tree of actors as rows.
 *
 * Every change costs what it touches, and not the whole tree: 10,000 actors change 1,000 times a second.
 * The rows are made anew only where some come, go, or are shown or hidden.
 */
export class TreeRows {
  readonly #known: Known;
  readonly #nodes = new Map<ActorId, Node>();
  readonly #roots: Node[] = [];
  readonly #bySystem = new Map<string, Set<ActorId>>();
  /** What somebody opened or closed, by address: it outlives a jump in a recording. */
  readonly #chosen = new Map<string, boolean>();
  #isOpenAtFirst: boolean | null = null;
  #query: TreeQuery = parseTreeQuery('');
  #rows: readonly TreeRow[] | null = null;

  constructor(known: Known) {
    this.#known = known;
    this.take({
      isReset: true,
      systems: [...known.systems.values()],
      added: [...known.actors.values()],
      changed: [],
      removed: [],
    });
  }

  /** How many fit the search. */
  get fitting(): number {
    return this.#roots.reduce((sum, { fits }) => sum + fits, 0);
  }

  get problem(): string | null {
    return this.#query.problem;
  }

  take({ isReset, systems, added, changed, removed }: ActorsChange): void {
    if (isReset) this.#clear();
    for (const actor of added) this.#add(actor);
    for (const actor of changed) this.#judge(actor);
    for (const id of removed) this.#remove(id);
    if (this.#query.isEmpty) return;
    // Rooms, identities and alerts are the system's.
    for (const { id } of systems) this.#judgeSystem(id);
  }

  search(text: string): void {
    this.#query = parseTreeQuery(text);
    for (const actor of this.#known.actors.values()) this.#judge(actor);
    this.#rows = null;
  }

  /** Opens or closes a branch. */
  set(id: ActorId, isOpen: boolean): void {
    const actor = this.#known.actors.get(id);
    if (!actor) return;
    this.#chosen.set(keyOf(actor), isOpen);
    this.#rows = null;
  }

  /** Opens or closes all branches. */
  setAll(isOpen: boolean): void {
    this.#chosen.clear();
    this.#isOpenAtFirst = isOpen;
    this.#rows = null;
  }

  /** Opens all above it, so that it has a row. */
  reveal(id: ActorId): void {
    let node = this.#nodes.get(id)?.parent ?? null;
    for (; node; node = node.parent) {
      if (!this.#isOpen(node)) this.set(node.id, true);
    }
  }

  rows(): readonly TreeRow[] {
    if (this.#rows) return this.#rows;
    // Decided once, so that a tree that grows does not fold up under the eyes of who reads it.
    this.#isOpenAtFirst ??= this.#nodes.size === 0 ? null : this.#nodes.size <= OPEN_UP_TO;
    const rows: TreeRow[] = [];
    this.#write(this.#roots, 1, rows);
    this.#rows = rows;
    return rows;
  }

  #write(nodes: readonly Node[], level: number, rows: TreeRow[]): void {
    const shown = this.#query.isEmpty ? nodes : nodes.filter(({ fits }) => fits > 0);
    for (const [index, node] of shown.entries()) {
      const isLeaf = this.#query.isEmpty ? node.below === 0 : node.fits === Number(node.isFit);
      const isOpen = isLeaf ? null : this.#isOpen(node);
      const { id, below } = node;
      rows.push({ id, level, position: index + 1, siblings: shown.length, isOpen, below });
      if (isOpen) this.#write(node.children, level + 1, rows);
    }
  }

  #isOpen({ id }: Node): boolean {
    const actor = this.#known.actors.get(id);
    if (!actor) return false;
    const chosen = this.#chosen.get(keyOf(actor));
    if (chosen !== undefined) return chosen;
    // What was found is shown, and of a worker at least the jobs that it runs.
    const isOfWorker = this.#known.systems.get(actor.system)?.kind === 'worker';
    return !this.#query.isEmpty || isOfWorker || (this.#isOpenAtFirst ?? true);
  }

  #add(actor: ActorRow): void {
    if (this.#nodes.has(actor.id)) {
      this.#judge(actor);
      return;
    }
    const parent = actor.parent === null ? null : (this.#nodes.get(actor.parent) ?? null);
    const node: Node = { id: actor.id, parent, children: [], below: 0, isFit: false, fits: 0 };
    this.#nodes.set(actor.id, node);
    insert(parent?.children ?? this.#roots, node);
    for (let above = parent; above; above = above.parent) above.below += 1;
    const inSystem = this.#bySystem.get(actor.system) ?? new Set();
    this.#bySystem.set(actor.system, inSystem.add(actor.id));
    this.#judge(actor);
    this.#rows = null;
  }

  #remove(id: ActorId): void {
    const node = this.#nodes.get(id);
    if (!node) return;
    for (const child of [...node.children]) this.#remove(child.id);
    this.#nodes.delete(id);
    const siblings = node.parent?.children ?? this.#roots;
    siblings.splice(siblings.indexOf(node), 1);
    for (let above = node.parent; above; above = above.parent) {
      above.below -= 1;
      above.fits -= Number(node.isFit);
    }
    this.#rows = null;
  }

  #judge(actor: ActorRow): void {
    const node = this.#nodes.get(actor.id);
    if (!node) return;
    const isFit = this.#query.isEmpty || this.#query.fits(this.#searched(actor));
    if (isFit === node.isFit) return;
    node.isFit = isFit;
    for (let above: Node | null = node; above; above = above.parent) above.fits += isFit ? 1 : -1;
    if (!this.#query.isEmpty) this.#rows = null;
  }

  #judgeSystem(system: string): void {
    for (const id of this.#bySystem.get(system) ?? []) {
      const actor = this.#known.actors.get(id);
      if (actor) this.#judge(actor);
    }
  }

  #searched(actor: ActorRow): Parameters<TreeQuery['fits']>[0] {
    const { systems, machines } = this.#known;
    const machine = actor.machine === null ? undefined : machines.get(actor.machine);
    return { actor, system: systems.get(actor.system), machine: machine?.name ?? null };
  }

  #clear(): void {
    this.#nodes.clear();
    this.#bySystem.clear();
    this.#roots.length = 0;
    this.#rows = null;
  }
}

const keyOf = ({ system, path }: ActorRow): string => `${system} ${path}`;

/** Nearly always the last: ids grow. */
function insert(siblings: Node[], node: Node): void {
  let index = siblings.length;
  while (index > 0 && (siblings[index - 1]?.id ?? 0) > node.id) index -= 1;
  siblings.splice(index, 0, node);
}
