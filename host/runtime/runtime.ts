// Runtime: one kernel with its processes, driven by Node's event loop.
import type { Limits, Pid } from "../kernel/abi.ts";
import type { Clock } from "./clock.ts";
import type { Process } from "./process.ts";
import type {
  Body, Callbacks, Destination, Logger, ProcessInfo, Reason, SpawnOptions,
} from "./types.ts";

export interface RuntimeOptions {
  /** Sizes of the kernel's tables; see host/kernel/abi.ts. */
  readonly limits?: Partial<Limits>;
  /** Gets crash and long_schedule reports. Default: one line each by console.error. */
  readonly logger?: Logger;
  /** Default: SystemClock. Tests give a ManualClock. */
  readonly clock?: Clock;
  /** True: nothing runs by itself, only in `pump()`. For tests and for hosts with their own loop. */
  readonly manual?: boolean;
  /** A turn that takes longer is reported as long_schedule. Default 100 ms. */
  readonly longScheduleMs?: number;
}

export interface CallOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number;
}

export class Runtime {
  /** Loads build/kernel.wasm and starts. Synchronous. */
  static start(_options: RuntimeOptions = {}): Runtime { throw new Error("being written"); }

  /** Starts a process from outside; it has no parent. */
  spawn<A extends readonly unknown[]>(_body: Body<A>, ..._args: A): Pid { throw new Error(); }
  spawnCallback(_callbacks: Callbacks, _options?: SpawnOptions): Pid { throw new Error(); }

  /**
   * Runs a body as a process and answers with what it returns (by reference).
   * Rejects with the error that ended it, or with ExitReason if it was ended from elsewhere.
   */
  run<T, A extends readonly unknown[]>(
    _body: (self: Process, ...args: A) => Iterator<any, T, any>, ..._args: A
  ): Promise<T> { throw new Error(); }

  /** Sends from outside of all processes: see Process.send. */
  send(_to: Destination, _message: unknown): boolean { throw new Error(); }

  /** GenServer.call from outside. Rejects with CallFailed (noproc, timeout, the server's end). */
  call<T = any>(_server: Destination, _request: unknown, _options?: CallOptions): Promise<T> {
    throw new Error();
  }

  /** GenServer.cast from outside. */
  cast(_server: Destination, _request: unknown): boolean { throw new Error(); }

  whereis(_name: string): Pid | undefined { throw new Error(); }
  isAlive(_pid: Pid): boolean { throw new Error(); }
  /** Sends an exit signal from outside. */
  exit(_pid: Pid, _reason: Reason): void { throw new Error(); }
  processInfo(_pid: Pid): ProcessInfo | undefined { throw new Error(); }

  /** A counter of the kernel: `Counter.SENDS` … of host/kernel/abi.ts. */
  counter(_id: number): number { throw new Error(); }

  /** Runs everything that is due now; answers true if nothing is left to do at this time. */
  pump(): boolean { throw new Error(); }

  /**
   * Ends in order: root supervisors get `shutdown` and stop their children, then the rest is killed.
   * After `timeoutMs` (default 5,000) of waiting for supervisors everything is killed.
   */
  stop(_options?: { readonly timeoutMs?: number }): Promise<void> { throw new Error(); }
}

