// The table of a registry: who has registered under which key, with a value.
//
//   byKey   key ─► entry (unique), or the entries in the order of registration (duplicate)
//   byPid   pid ─► its entries
//
// Every process reads and writes it without asking the registry's process, which only takes out
// what ended processes leave behind. Until then a dead one's entries are passed over: nobody who
// has heard of an end finds them. Costs: O(1) if nothing else is said.
import type { Core, Names } from "../runtime/core.ts";
import { badOption } from "../runtime/flags.ts";
import { Tag } from "../runtime/messages.ts";
import { link } from "../runtime/signals.ts";
import { immutable } from "../runtime/index.ts";
import type { Key, Pid } from "../runtime/index.ts";

/** What a process has registered. The value is frozen: all who look it up share it. */
export interface Entry<K = Key, V = unknown> {
  readonly key: K;
  readonly pid: Pid;
  value: V;
}

export class RegistryTable implements Names {
  readonly owner: Pid;
  readonly name: string;
  readonly isUnique: boolean;
  readonly meta = new Map<Key, unknown>();
  readonly #core: Core;
  readonly #parent: Pid | 0;
  readonly #listeners: readonly string[];
  readonly #byKey = new Map<Key, Entry | Set<Entry>>();
  readonly #byPid = new Map<Pid, Set<Entry>>();

  constructor(
    core: Core, owner: Pid, parent: Pid | 0, name: string, isUnique: boolean,
    listeners: readonly string[],
  ) {
    this.#core = core;
    this.owner = owner;
    this.#parent = parent;
    this.name = name;
    this.isUnique = isUnique;
    this.#listeners = listeners;
  }

  whereis(key: Key): Pid | 0 {
    if (!this.isUnique) throw badOption("registry", `${this.name}, whose keys are not unique`);
    return this.#holderOf(key)?.pid ?? 0;
  }

  /**
   * False if the key is unique and another live process has it. The process is linked to the
   * registry's. Throws PIDGEON_NOT_SENDABLE for a value that can't be frozen.
   */
  register(pid: Pid, key: Key, value: unknown): boolean {
    assertKey(key);
    if (this.isUnique) {
      if (this.#holderOf(key) !== undefined) return false;
      // A dead one's, whose end the registry has not heard of yet.
      for (const entry of this.#at(key)) this.#remove(entry);
    }
    const entry: Entry = { key, pid, value: immutable(value) };
    let own = this.#byPid.get(pid);
    if (own === undefined) {
      link(this.#core, pid, this.owner, false);
      this.#byPid.set(pid, own = new Set());
    }
    own.add(entry);
    const others = this.#byKey.get(key);
    if (this.isUnique) this.#byKey.set(key, entry);
    else if (others instanceof Set) others.add(entry);
    else this.#byKey.set(key, new Set([entry]));
    this.#tell({ type: "register", registry: this.name, key, pid, value: entry.value }, pid);
    return true;
  }

  /** Ends a process's entries of a key whose values match. O(those). */
  unregister(pid: Pid, key: Key, matches?: (value: unknown) => boolean): void {
    const own = this.#byPid.get(pid);
    if (own === undefined) return;
    for (const entry of this.of(pid, key)) {
      if (matches === undefined || matches(entry.value)) this.#remove(entry);
    }
    if (own.size === 0 && pid !== this.#parent) this.#core.kernel.unlink(pid, this.owner);
  }

  /** A process has ended. O(its entries). */
  forget(pid: Pid): void {
    for (const entry of this.#byPid.get(pid) ?? []) this.#remove(entry);
  }

  /** The entries of a key whose processes live. O(entries). */
  entriesOf(key: Key): Entry[] {
    const entries: Entry[] = [];
    for (const entry of this.#at(key)) {
      if (this.#isLive(entry)) entries.push(entry);
    }
    return entries;
  }

  /** A process's entries of a key. O(the fewer of the key's and the process's). */
  of(pid: Pid, key: Key): Entry[] {
    const own = this.#byPid.get(pid);
    if (own === undefined) return [];
    const held = this.#byKey.get(key);
    if (held === undefined) return [];
    if (!(held instanceof Set)) return held.pid === pid ? [held] : [];
    if (held.size < own.size) return [...held].filter((entry) => entry.pid === pid);
    return [...own].filter((entry) => Object.is(entry.key, key) || entry.key === key);
  }

  /** The keys of a live process, one as often as it has registered it. O(keys). */
  keysOf(pid: Pid): Key[] {
    if (!this.#core.kernel.isAlive(pid)) return [];
    return [...this.#byPid.get(pid) ?? []].map(({ key }) => key);
  }

  /** All entries whose processes live. O(entries). */
  * all(): Generator<Entry> {
    for (const [pid, entries] of this.#byPid) {
      if (this.#core.kernel.isAlive(pid)) yield* entries;
    }
  }

  #at(key: Key): Iterable<Entry> {
    const held = this.#byKey.get(key);
    return held === undefined ? [] : held instanceof Set ? held : [held];
  }

  /** The live process that has a unique key. */
  #holderOf(key: Key): Entry | undefined {
    const entry = this.#byKey.get(key) as Entry | undefined;
    return entry !== undefined && this.#isLive(entry) ? entry : undefined;
  }

  #isLive({ pid }: Entry): boolean {
    return this.#core.kernel.isAlive(pid);
  }

  #remove(entry: Entry): void {
    const { key, pid } = entry;
    const own = this.#byPid.get(pid);
    own?.delete(entry);
    if (own?.size === 0) this.#byPid.delete(pid);
    const held = this.#byKey.get(key);
    if (held instanceof Set) held.delete(entry);
    if (!(held instanceof Set) || held.size === 0) this.#byKey.delete(key);
    this.#tell({ type: "unregister", registry: this.name, key, pid }, pid);
  }

  #tell(event: RegistryEvent, pid: Pid): void {
    for (const listener of this.#listeners) {
      const to = this.#core.resolve(listener);
      if (to !== 0) this.#core.sendOwned(pid, to, Tag.MESSAGE, 0, immutable(event));
    }
  }
}

/** What a registry's listeners are sent. @see Elixir's Registry, listeners */
export type RegistryEvent<K = Key, V = unknown> =
  | {
    readonly type: "register"; readonly registry: string; readonly key: K; readonly pid: Pid;
    readonly value: V;
  }
  | {
    readonly type: "unregister"; readonly registry: string; readonly key: K; readonly pid: Pid;
  };

/** JavaScript compares objects by what they are, not by what they hold. */
function assertKey(key: unknown): void {
  if (key === undefined || (key !== null && typeof key === "object") ||
    typeof key === "function" || typeof key === "symbol") throw badOption("key", typeof key);
}
