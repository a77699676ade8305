// Supervisor.
import type { Destination, Operation, Pid, Process, Reason } from "../runtime/index.ts";
import type { ChildSpec } from "./child-spec.ts";
import type { ServerOptions } from "./gen-server.ts";

export interface SupervisorSpec {
  /** Default "one_for_one". */
  readonly strategy?: "one_for_one";
  /** Restarts allowed within the period; default 1. */
  readonly intensity?: number;
  /** Default 5,000. */
  readonly periodMs?: number;
  readonly children?: readonly ChildSpec[];
}

export type StartChildResult =
  | { readonly ok: true; readonly pid: Pid | undefined }
  | { readonly ok: false; readonly error: "already_started"; readonly pid: Pid }
  | { readonly ok: false; readonly error: "already_present" }
  | { readonly ok: false; readonly error: "failed"; readonly reason: Reason };

export type ChildResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: "not_found" | "running" | "restarting" };

export interface ChildInfo {
  readonly id: string;
  readonly pid: Pid | "restarting" | undefined;
  readonly type: "worker" | "supervisor";
}

export interface ChildCounts {
  readonly specs: number;
  readonly active: number;
  readonly supervisors: number;
  readonly workers: number;
}

export const Supervisor = {
  startLink(
    _self: Process, _spec: SupervisorSpec, _options?: ServerOptions,
  ): Operation<Pid> { throw new Error("being written"); },
  start(
    _self: Process, _spec: SupervisorSpec, _options?: ServerOptions,
  ): Operation<Pid> { throw new Error("being written"); },
  /** A supervisor as a child of another. */
  spec(_id: string, _spec: SupervisorSpec, _options?: ServerOptions): ChildSpec {
    throw new Error("being written");
  },
  startChild(
    _self: Process, _supervisor: Destination, _spec: ChildSpec,
  ): Operation<StartChildResult> { throw new Error("being written"); },
  terminateChild(
    _self: Process, _supervisor: Destination, _child: string | Pid,
  ): Operation<ChildResult> { throw new Error("being written"); },
  deleteChild(
    _self: Process, _supervisor: Destination, _id: string,
  ): Operation<ChildResult> { throw new Error("being written"); },
  restartChild(
    _self: Process, _supervisor: Destination, _id: string,
  ): Operation<StartChildResult | ChildResult> { throw new Error("being written"); },
  whichChildren(
    _self: Process, _supervisor: Destination,
  ): Operation<ChildInfo[]> { throw new Error("being written"); },
  countChildren(
    _self: Process, _supervisor: Destination,
  ): Operation<ChildCounts> { throw new Error("being written"); },
};
