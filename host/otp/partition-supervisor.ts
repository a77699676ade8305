// PartitionSupervisor: the same child several times under one supervisor, addressed by a key, so
// that one mailbox is no bottleneck.
//
//   const writers = PartitionSupervisor.define({
//     name: "writers",
//     child: (partition) => GenServer.spec(writer, `part ${partition}`),
//   });
//   yield* PartitionSupervisor.startLink(self, writers);
//   yield* GenServer.call(self, PartitionSupervisor.via(writers, userId), "write");
//
//   key ── number: its remainder; text: FNV-1a ──► partition 3 ──► the process with the name
//                                                                  "writers/3"
//
// Elixir finds the partitions in a table that all processes share; here the definition is a value
// that those who call import.
import { availableParallelism } from "node:os";
import { PidgeonError } from "../errors.ts";
import { ExitReason } from "../runtime/messages.ts";
import type { Operation, Pid, Process } from "../runtime/index.ts";
import type { Backoff } from "./backoff.ts";
import type { ChildSpec } from "./child-spec.ts";
import type { ServerOptions } from "./gen-server.ts";
import { Supervisor, supervisorChild } from "./supervisor.ts";
import type { SupervisorChildOptions, SupervisorPid, SupervisorSpec } from "./supervisor-types.ts";

/** The same child several times. @see Elixir's PartitionSupervisor.start_link/1 */
export interface PartitionSupervisorSpec<Name extends string = string> {
  /** Mandatory: the supervisor's name; its partitions are `name/0`, `name/1` … */
  readonly name: Name;
  /** Mandatory: the child of a partition, which has no name of its own. Its id is not used. */
  readonly child: (partition: number) => ChildSpec;
  /** Default: the cores that Node may use, as many workers as can be busy at a time. */
  readonly partitions?: number;
  /** Restarts allowed within the period, of all partitions; default 1. */
  readonly intensity?: number;
  /** Default 5,000. */
  readonly periodMs?: number;
  readonly backoff?: Backoff;
}

/** A definition: what starts the supervisor, and finds its partitions. */
export interface Partitions<Name extends string = string> {
  readonly name: Name;
  readonly partitions: number;
  readonly supervisor: SupervisorSpec;
}

type Options = Omit<ServerOptions, "name">;

/**
 * The same child several times, found by key. @see Elixir's PartitionSupervisor
 * @namespace
 */
export const PartitionSupervisor = {
  /** Fills in the defaults. Throws PIDGEON_BAD_OPTION for a number of partitions below 1. */
  define<const Name extends string>(spec: PartitionSupervisorSpec<Name>): Partitions<Name> {
    const { name, child, partitions = availableParallelism(), ...limits } = spec;
    if (!(Number.isSafeInteger(partitions) && partitions >= 1)) {
      throw new PidgeonError("PIDGEON_BAD_OPTION", { name: "partitions", value: partitions });
    }
    const children = Array.from({ length: partitions }, (_, partition) =>
      named(child(partition), partition, partitionName(name, partition)));
    return { name, partitions, supervisor: { ...limits, children } };
  },

  /**
   * Starts the supervisor, linked to this process and under its name, and all partitions. Restarts
   * are oneForOne. Supervisor's functions take it, with "0", "1" … as ids.
   * Throws StartFailed, as Supervisor.startLink. @see Elixir's PartitionSupervisor.start_link/1
   */
  startLink(
    self: Process, { name, supervisor }: Partitions, options?: Options,
  ): Operation<SupervisorPid> {
    return Supervisor.startLink(self, supervisor, { ...options, name });
  },

  /** As startLink without the link: a root, which ends when the runtime stops. */
  start(
    self: Process, { name, supervisor }: Partitions, options?: Options,
  ): Operation<SupervisorPid> {
    return Supervisor.start(self, supervisor, { ...options, name });
  },

  /** It as a child of a supervisor; the id is its name. */
  spec<Name extends string>(
    partitions: Partitions<Name>, options: Omit<SupervisorChildOptions, "name"> = {},
  ): ChildSpec<Name> {
    return supervisorChild(partitions.name, options,
      (self) => PartitionSupervisor.startLink(self, partitions, options));
  },

  /**
   * Where the messages of a key go: the name of its partition, always the same one. A whole number
   * goes to its remainder, so that neighbours are spread evenly. Throws PIDGEON_BAD_OPTION for
   * other numbers. O(length of the key).
   * @see Elixir's {:via, PartitionSupervisor, {name, key}}
   */
  via({ name, partitions }: Partitions, key: string | number): string {
    return partitionName(name, partitionOf(key, partitions));
  },
};

function partitionName(name: string, partition: number): string {
  return `${name}/${partition}`;
}

function partitionOf(key: string | number, partitions: number): number {
  if (typeof key === "string") return hashOf(key) % partitions;
  if (Number.isSafeInteger(key)) return Math.abs(key) % partitions;
  throw new PidgeonError("PIDGEON_BAD_OPTION", { name: "key", value: key });
}

/** FNV-1a over UTF-16 units, its upper half folded into the lower. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash ^ hash >>> 16) >>> 0;
}

/** The same child, registered as the partition whenever it has been started. */
function named(spec: ChildSpec, partition: number, name: string): ChildSpec {
  return {
    ...spec,
    id: String(partition),
    *start(self): Operation<Pid> {
      const pid = yield* spec.start(self);
      if (self.register(name, pid)) return pid;
      self.exit(pid, "kill");
      throw new ExitReason({ cannotRegister: name });
    },
  };
}
