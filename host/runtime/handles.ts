// The host's values that are under way in the kernel, by handle (1 … limit - 1).
//
// A free slot holds the number of the next free one: the values array is its own LIFO free list, so
// the slots in use are few, dense and warm. Values beyond `fresh` were never used.
// Costs: O(1), no allocation but the array's growth.

export class HandleTable {
  readonly #values: unknown[] = [0];
  readonly #limit: number;
  #free = 0;
  #fresh = 1;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Stores a value and answers its handle; 0 if the table is full. */
  allocate(value: unknown): number {
    const handle = this.#free;
    if (handle !== 0) {
      this.#free = this.#values[handle] as number;
      this.#values[handle] = value;
      return handle;
    }
    if (this.#fresh >= this.#limit) return 0;
    this.#values.push(value);
    return this.#fresh++;
  }

  get(handle: number): unknown {
    return this.#values[handle];
  }

  /** The value is forgotten; the handle may be given again. */
  free(handle: number): void {
    this.#values[handle] = this.#free;
    this.#free = handle;
  }

  /** Handles in use. O(free). */
  get live(): number {
    let live = this.#fresh - 1;
    for (let handle = this.#free; handle !== 0; handle = this.#values[handle] as number) live--;
    return live;
  }
}
