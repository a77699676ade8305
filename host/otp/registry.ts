// Registry: names that are any key, with values, in a table that all processes read at once.
//
//   const rooms = Registry.unique<string, Topic>("rooms");
//   yield* Registry.startLink(self, rooms);
//   yield* GenServer.start(self, room, "lobby", { name: Registry.via(rooms, "lobby") });
//   yield* GenServer.call(self, Registry.via(rooms, "lobby"), "join");
//
//   const topics = Registry.duplicate<string>("topics");
//   Registry.register(self, topics, "news", undefined);
//   Registry.dispatch(self, topics, "news", (all) => all.forEach(({ pid }) => self.send(pid, 1)));
//
// An end takes a process out before anybody hears of it. Who registers is linked to the registry's
// process, so that nobody goes on unregistered when that one is restarted.
import type { Behaviour } from "../runtime/behaviour.ts";
import { compile } from "../runtime/pattern.ts";
import { immutable } from "../runtime/index.ts";
import { Exit } from "../runtime/messages.ts";
import type {
  Key, Operation, Pid, Process, Runtime, Shape, Via,
} from "../runtime/index.ts";
import type { ChildSpec } from "./child-spec.ts";
import { GenServer } from "./gen-server.ts";
import type { GenServerModule } from "./gen-server.ts";
import { RegistryTable } from "./registry-table.ts";
import type { Entry } from "./registry-table.ts";
import { noreply, ok } from "./results.ts";

export type { RegistryEvent } from "./registry-table.ts";

declare const entryType: unique symbol;

/** A definition: what starts the registry, and finds it. Processes that use it import it. */
export interface Registry<
  K extends Key = any, V = any, Keys extends "unique" | "duplicate" = "unique" | "duplicate",
> {
  readonly name: string;
  readonly keys: Keys;
  /** Names of processes that are sent a RegistryEvent for each register and unregister. */
  readonly listeners: readonly string[];
  /** Types only. */
  readonly [entryType]?: (key: K, value: V) => [K, V];
}

/** A registry in which a key is one process's. */
export type UniqueRegistry<K extends Key = any, V = any> = Registry<K, V, "unique">;
/** A registry in which a key is any number of processes'. */
export type DuplicateRegistry<K extends Key = any, V = any> = Registry<K, V, "duplicate">;

/** An entry as it is looked up; the value is frozen, and shared. */
export type RegistryEntry<K = Key, V = unknown> = Readonly<Entry<K, V>>;

/** Processes that are told of each entry, by name. */
export interface RegistryOptions {
  readonly listeners?: readonly string[];
}

/** What became of `register`. */
export type RegisterResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: "already_registered"; readonly pid: Pid };

/** What became of `updateValue`: the new value and the old one. */
export type UpdateValueResult<V> =
  | { readonly ok: true; readonly value: V; readonly old: V }
  | { readonly ok: false; readonly error: "not_registered" };

type Reader = Process | Runtime;

/**
 * Names that are any key, with values, that all processes read at once. @see Elixir's Registry
 * @namespace
 */
export const Registry = {
  /** A registry in which a key is one process's. */
  unique<K extends Key, V = undefined>(
    name: string, { listeners = [] }: RegistryOptions = {},
  ): UniqueRegistry<K, V> {
    return { name, keys: "unique", listeners };
  },

  /** A registry in which many may have a key, and one may have it several times. */
  duplicate<K extends Key, V = undefined>(
    name: string, { listeners = [] }: RegistryOptions = {},
  ): DuplicateRegistry<K, V> {
    return { name, keys: "duplicate", listeners };
  },

  /**
   * Starts the registry, linked to this process. Throws StartFailed `{ alreadyStarted }`.
   * @see Elixir's Registry.start_link/1
   */
  startLink(self: Process, registry: Registry): Operation<Pid> {
    return GenServer.startLink(self, registryModule, registry, { name: registry.name });
  },

  /** As startLink without the link. */
  start(self: Process, registry: Registry): Operation<Pid> {
    return GenServer.start(self, registryModule, registry, { name: registry.name });
  },

  /** It as a child of a supervisor: before those who register. */
  spec(registry: Registry): ChildSpec {
    return GenServer.spec(registryModule, registry, { name: registry.name });
  },

  /**
   * A name for starts, calls, casts and sends: who has the key, looked up at each use. A server
   * that is started under it registers with the value.
   * @see Elixir's {:via, Registry, {registry, key, value}}
   */
  via<K extends Key, V>(registry: UniqueRegistry<K, V>, key: NoInfer<K>, value?: V): Via {
    return value === undefined
      ? { registry: registry.name, key } : { registry: registry.name, key, value };
  },

  /**
   * Registers this process, with a value that is frozen here. Links it to the registry.
   * Throws PIDGEON_NO_REGISTRY, PIDGEON_NOT_SENDABLE, PIDGEON_BAD_OPTION for a key that is an
   * object, PIDGEON_KERNEL_STATUS LIMIT. O(1). @see Elixir's Registry.register/3
   */
  register<K extends Key, V>(
    self: Process, registry: Registry<K, V>, key: NoInfer<K>, value: NoInfer<V>,
  ): RegisterResult {
    const table = tableOf(self, registry);
    if (table.register(self.pid, key, value)) return { ok: true };
    return { ok: false, error: "already_registered", pid: table.whereis(key) as Pid };
  },

  /**
   * Ends all entries of this process under a key, or those whose value has a shape. O(entries).
   * @see Elixir's Registry.unregister/2, unregister_match/4
   */
  unregister<K extends Key>(
    self: Process, registry: Registry<K>, key: NoInfer<K>, shape?: Shape,
  ): void {
    tableOf(self, registry).unregister(
      self.pid, key, shape === undefined ? undefined : compile(shape));
  },

  /**
   * Who has the key, live processes all, in the order of registration. O(entries of the key), and
   * no message: the table is read in place. @see Elixir's Registry.lookup/2
   */
  lookup<K extends Key, V>(
    self: Reader, registry: Registry<K, V>, key: NoInfer<K>,
  ): RegistryEntry<K, V>[] {
    return tableOf(self, registry).entriesOf(key) as Entry<K, V>[];
  },

  /** Who has a unique key. O(1). @see Elixir's Registry.whereis_name/1 */
  whereis<K extends Key>(
    self: Reader, registry: UniqueRegistry<K>, key: NoInfer<K>,
  ): Pid | undefined {
    const pid = tableOf(self, registry).whereis(key);
    return pid === 0 ? undefined : pid;
  },

  /**
   * Calls a function with the entries of a key, if there are any: for a message to all of them.
   * O(entries of the key). @see Elixir's Registry.dispatch/4
   */
  dispatch<K extends Key, V>(
    self: Reader, registry: Registry<K, V>, key: NoInfer<K>,
    use: (entries: readonly RegistryEntry<K, V>[]) => void,
  ): void {
    const entries = Registry.lookup(self, registry, key);
    if (entries.length > 0) use(entries);
  },

  /** The keys of a process, each as often as it has it. O(keys). @see Elixir's Registry.keys/2 */
  keys<K extends Key>(self: Reader, registry: Registry<K>, pid: Pid): K[] {
    return tableOf(self, registry).keysOf(pid) as K[];
  },

  /** The values of a process under a key. @see Elixir's Registry.values/3 */
  values<K extends Key, V>(
    self: Reader, registry: Registry<K, V>, key: NoInfer<K>, pid: Pid,
  ): V[] {
    if (!self.core.kernel.isAlive(pid)) return [];
    return tableOf(self, registry).of(pid, key).map(({ value }) => value as V);
  },

  /** How many entries there are. O(entries): none of a dead process counts. */
  count(self: Reader, registry: Registry): number {
    let count = 0;
    for (const _entry of tableOf(self, registry).all()) count++;
    return count;
  },

  /**
   * The entries of a key whose values have a shape, as a pattern of `receive`. O(entries of the
   * key). @see Elixir's Registry.match/4
   */
  match<K extends Key, V>(
    self: Reader, registry: Registry<K, V>, key: NoInfer<K>, shape: Shape,
  ): RegistryEntry<K, V>[] {
    const matches = compile(shape);
    return Registry.lookup(self, registry, key).filter(({ value }) => matches(value));
  },

  /**
   * All entries, or those that have a shape: `{ key, pid, value }`. O(entries).
   * @see Elixir's Registry.select/2, with its match specifications
   */
  select<K extends Key, V>(
    self: Reader, registry: Registry<K, V>, shape?: Shape,
  ): RegistryEntry<K, V>[] {
    const matches = shape === undefined ? () => true : compile(shape);
    return [...tableOf(self, registry).all()].filter(matches) as Entry<K, V>[];
  },

  /**
   * Puts another value into this process's entry of a unique key: what the function makes of the
   * old one. @see Elixir's Registry.update_value/3
   */
  updateValue<K extends Key, V>(
    self: Process, registry: UniqueRegistry<K, V>, key: NoInfer<K>, update: (old: V) => V,
  ): UpdateValueResult<V> {
    const [entry] = tableOf(self, registry).of(self.pid, key) as Entry<K, V>[];
    if (entry === undefined) return { ok: false, error: "not_registered" };
    const old = entry.value;
    entry.value = immutable(update(old));
    return { ok: true, value: entry.value, old };
  },

  /** What was put under a key of the registry itself. @see Elixir's Registry.meta/2 */
  meta<T = unknown>(self: Reader, registry: Registry, key: Key): T | undefined {
    return tableOf(self, registry).meta.get(key) as T | undefined;
  },

  /** Frozen here; goes with the registry. @see Elixir's Registry.put_meta/3 */
  putMeta(self: Reader, registry: Registry, key: Key, value: unknown): void {
    tableOf(self, registry).meta.set(key, immutable(value));
  },
};

function tableOf(self: Reader, { name }: Registry): RegistryTable {
  return self.core.registryOf(name) as RegistryTable;
}

const registryModule: GenServerModule<RegistryTable, Registry> = {
  name: "registry",

  init({ name, keys, listeners }, self) {
    self.trapExit = true;
    const { core, pid } = self;
    // Whoever has started it is linked to it all the same.
    const { parent } = self as Behaviour;
    const table = new RegistryTable(core, pid, parent, name, keys === "unique", listeners);
    core.registries.set(name, table);
    return ok(table);
  },

  handleInfo(message: unknown, table) {
    if (message instanceof Exit) table.forget(message.from);
    return noreply(table);
  },

  terminate(_reason, table, self) {
    self.core.registries.delete(table.name);
  },
};
