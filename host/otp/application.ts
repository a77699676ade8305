// Application: a tree of processes with a name, what it needs, and its settings.
//
//   const chat = Application.define({
//     name: "chat", dependencies: [storage], env: { port: 5280 },
//     start: (self, { port }) => Supervisor.startLink(self, { children: [listener(port)] }),
//   });
//   yield* Application.ensureAllStarted(self, chat);       // storage first
//
// application-controller.ts starts and stops them; a runtime that is stopped stops them in reverse.
import { immutable } from "../runtime/index.ts";
import type { Operation, Pid, Process, Reason, Runtime } from "../runtime/index.ts";
import { CallOperation } from "../runtime/call.ts";
import { controllerModule, CONTROLLER } from "./application-controller.ts";
import type { ControllerRequest } from "./application-controller.ts";
import { GenServer, StartFailed } from "./gen-server.ts";

/** Settings: plain data, frozen. */
export type Env = Readonly<Record<string, unknown>>;

/** What an application is, what it needs and how it starts. @see application(4) */
export interface ApplicationSpec<E extends Env = Env> {
  /** Mandatory: unique in the runtime. */
  readonly name: string;
  /** Started before it. */
  readonly dependencies?: readonly Application<any>[];
  /** Defaults of its settings. */
  readonly env?: E;
  /**
   * Mandatory: starts the supervisor at its top, linked to `self`, and answers its pid. Runs in the
   * controller of applications: starting others there would wait for itself.
   */
  readonly start: (self: Process, env: E) => Operation<Pid>;
  /** Before its processes are stopped. */
  readonly prepStop?: (env: E) => void;
  /** After they have been. */
  readonly stop?: (env: E) => void;
}

/** A definition; those who need it import it. */
export interface Application<E extends Env = Env> extends ApplicationSpec<E> {
  readonly dependencies: readonly Application<any>[];
  readonly env: E;
}

/**
 * What happens when an application ends by itself. temporary: it is reported. transient: the same
 * if it ends as `normal`, else as permanent. permanent: all others are stopped, and the runtime.
 */
export type ApplicationType = "temporary" | "transient" | "permanent";

/** What became of a start or a stop. */
export type ApplicationResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: "already_started" }
  /** A dependency, by name. */
  | { readonly ok: false; readonly error: "not_started"; readonly application: string }
  | { readonly ok: false; readonly error: "failed"; readonly reason: Reason };

/** What became of a start with all that it needs. */
export type EnsureResult =
  /** The names of those that were started, in order. */
  | { readonly ok: true; readonly started: readonly string[] }
  | { readonly ok: false; readonly application: string; readonly reason: Reason };

/**
 * Parts of a program that start after what they need. @see application
 * @namespace
 */
export const Application = {
  /** Fills in the defaults; settings are frozen. */
  define<E extends Env = {}>(spec: ApplicationSpec<E>): Application<E> {
    return { ...spec, dependencies: spec.dependencies ?? [], env: immutable(spec.env ?? {}) as E };
  },

  /**
   * Starts an application whose dependencies run; `env` takes the place of settings of the same
   * names. If its start fails, nothing of it is left. @see application:start/1,2
   */
  *start<E extends Env>(
    self: Process, application: Application<E>, type: ApplicationType = "temporary",
    env: Partial<E> = {},
  ): Operation<ApplicationResult> {
    return yield* ask(self, { type: "start", application, as: type, env });
  },

  /**
   * Starts it and all that it needs, dependencies first. If one fails, those that were started here
   * are stopped again, in reverse. @see application:ensure_all_started/1,2
   */
  *ensureAllStarted(
    self: Process, application: Application<any>, type: ApplicationType = "temporary",
  ): Operation<EnsureResult> {
    const started: Application<any>[] = [];
    for (const one of inOrder(application, new Set())) {
      const result = yield* Application.start(self, one, type);
      if (result.ok) started.push(one);
      else if (result.error !== "already_started") {
        for (const before of started.reverse()) yield* Application.stop(self, before);
        const reason = result.error === "failed" ? result.reason : result;
        return { ok: false, application: one.name, reason };
      }
    }
    return { ok: true, started: started.map(({ name }) => name) };
  },

  /**
   * Stops an application: prepStop, its supervisor with `shutdown`, stop. False if it does not run.
   * Others that need it go on, as in OTP. @see application:stop/1
   */
  *stop(self: Process, { name }: Application<any>): Operation<boolean> {
    return yield* ask(self, { type: "stop", name });
  },

  /** The names of those that run, in the order of their starts. */
  *which(self: Process): Operation<string[]> {
    return yield* ask(self, { type: "which" });
  },

  /**
   * The settings of an application, its defaults among them. O(1), without a message.
   * @see application:get_env/2
   */
  getEnv<E extends Env>(self: Process | Runtime, { name, env }: Application<E>): E {
    return (self.core.environments.get(name) ?? env) as E;
  },

  /** Changes settings, of one that is to be started too. @see application:set_env/3 */
  putEnv<E extends Env>(
    self: Process | Runtime, application: Application<E>, changes: Partial<E>,
  ): void {
    const env = { ...Application.getEnv(self, application), ...changes };
    self.core.environments.set(application.name, immutable(env));
  },
};

/** Dependencies before those that need them, each once. */
function* inOrder(
  application: Application<any>, seen: Set<Application<any>>,
): Generator<Application<any>> {
  if (seen.has(application)) return;
  seen.add(application);
  for (const one of application.dependencies) yield* inOrder(one, seen);
  yield application;
}

function* ask<T>(self: Process, request: ControllerRequest): Operation<T> {
  if (self.whereis(CONTROLLER) === undefined) {
    try {
      yield* GenServer.start(self, controllerModule, undefined, { name: CONTROLLER });
    } catch (error) {
      // Another process was faster.
      if (!(error instanceof StartFailed) || self.whereis(CONTROLLER) === undefined) throw error;
    }
  }
  return yield* new CallOperation(self, CONTROLLER, request, Infinity, true) as Operation<T>;
}
