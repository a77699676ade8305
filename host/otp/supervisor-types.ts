// What a supervisor is given and what its functions answer.
import type { Pid } from "../runtime/index.ts";
import type { Backoff } from "./backoff.ts";
import type { AutoShutdown, ChildSpec, CompleteSpec, SpecProblem } from "./child-spec.ts";
import type { ChildFailure } from "./child-process.ts";
import type { ServerOptions } from "./gen-server.ts";
import type { Strategy } from "./restart.ts";

/** @see supervisor, sup_flags/0 */
export interface SupervisorSpec<Id extends string = string> {
  /** Whom a restart concerns; default "oneForOne". */
  readonly strategy?: Strategy;
  /** Restarts allowed within the period; default 1. One more, and the supervisor ends. */
  readonly intensity?: number;
  /** Default 5,000. */
  readonly periodMs?: number;
  /** Default "never". */
  readonly autoShutdown?: AutoShutdown;
  /** For children that have none of their own. Default: they are restarted at once. */
  readonly backoff?: Backoff;
  /** Started from left to right. */
  readonly children?: readonly ChildSpec<Id>[];
}

declare const childIds: unique symbol;

/** The pid of a supervisor whose children have these ids: Supervisor's functions take no other. */
export type SupervisorPid<Id extends string = string> =
  Pid & {
    /** Types only. */
    readonly [childIds]?: (id: Id) => void;
  };

/** What became of `startChild`. */
export type StartChildResult =
  /** Undefined: the child's `init` has answered `ignore()`. */
  | { readonly ok: true; readonly pid: Pid | undefined }
  /** It runs under this supervisor; as a ChildFailure: somebody else has its name. */
  | { readonly ok: false; readonly error: "already_started"; readonly pid: Pid }
  /** It is known, but does not run. */
  | { readonly ok: false; readonly error: "already_present" }
  | { readonly ok: false; readonly error: "invalid_child_spec"; readonly reason: SpecProblem }
  | ChildFailure;

/** What became of `terminateChild` and `deleteChild`. */
export type ChildResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: "not_found" | "running" | "restarting" };

/** What became of `restartChild`. */
export type RestartChildResult = StartChildResult | ChildResult;

/** What `getChildSpec` answers. */
export type ChildSpecResult<Id extends string = string> =
  | { readonly ok: true; readonly spec: CompleteSpec<Id> }
  | { readonly ok: false; readonly error: "not_found" };

/** A supervisor as a child: options of its start, and how its supervisor treats it. */
export interface SupervisorChildOptions extends ServerOptions {
  readonly restart?: ChildSpec["restart"];
  readonly shutdown?: ChildSpec["shutdown"];
  readonly significant?: boolean;
}
