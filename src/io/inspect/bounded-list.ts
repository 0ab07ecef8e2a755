/** The last of something: when it is full, the oldest goes. */
export class BoundedList<TItem> {
  readonly #limit: number;
  readonly #items: TItem[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Oldest first. */
  get items(): readonly TItem[] {
    return this.#items;
  }

  /** Gives what had to go. */
  add(item: TItem): TItem | undefined {
    this.#items.push(item);
    return this.#items.length > this.#limit ? this.#items.shift() : undefined;
  }

  removeWhere(isGone: (item: TItem) => boolean): void {
    this.#items.splice(0, Infinity, ...this.#items.filter((item) => !isGone(item)));
  }
}
