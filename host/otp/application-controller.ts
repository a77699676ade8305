// The controller of applications: one process of the runtime, which is what their supervisors have
// above them.
//
//   start ── dependencies run? ──► the application's start function, here ──► its supervisor
//   Exit of a supervisor ── temporary, or transient and `normal`? ── yes ──► forget it
//                              │ no
//                              ▼
//                     the runtime stops: all applications in reverse
//   exit ── stop all in the reverse order of their starts
import { Exit, immutable } from "../runtime/index.ts";
import type { Operation, Pid, Process } from "../runtime/index.ts";
import type { Application, ApplicationResult, ApplicationType } from "./application.ts";
import { startProcess, stopProcess } from "./child-process.ts";
import { completed } from "./child-spec.ts";
import type { GenServerModule } from "./gen-server.ts";
import { noreply, ok, reply } from "./results.ts";
import type { CallResult } from "./results.ts";

/** The controller's name. */
export const CONTROLLER = "application controller";

export type ControllerRequest =
  | {
    readonly type: "start"; readonly application: Application<any>; readonly as: ApplicationType;
    readonly env: object;
  }
  | { readonly type: "stop"; readonly name: string }
  | { readonly type: "which" };

interface Started {
  readonly application: Application<any>;
  readonly as: ApplicationType;
  readonly pid: Pid;
}

/** By name, in the order of their starts. */
type State = Map<string, Started>;

export const controllerModule: GenServerModule<State> = {
  name: CONTROLLER,
  supervises: true,

  init(_args, self) {
    self.trapExit = true;
    return ok(new Map());
  },

  *handleCall(request: ControllerRequest, _from, started, self): Operation<CallResult<State>> {
    switch (request.type) {
      case "start": return reply(yield* start(self, started, request), started);
      case "which": return reply([...started.keys()], started);
      case "stop": {
        const one = started.get(request.name);
        if (one === undefined) return reply(false, started);
        yield* stop(self, started, one);
        return reply(true, started);
      }
    }
  },

  handleInfo(message: unknown, started, self) {
    if (!(message instanceof Exit)) return noreply(started);
    const one = [...started.values()].find(({ pid }) => pid === message.from);
    if (one === undefined) return noreply(started);
    const { application, as } = one;
    started.delete(application.name);
    application.stop?.(self.core.environments.get(application.name));
    const isOver = as === "permanent" || (as === "transient" && message.reason !== "normal");
    // It sends `shutdown` to this process too.
    if (isOver) void self.runtime.stop();
    return noreply(started);
  },

  *terminate(_reason, started, self) {
    for (const one of [...started.values()].reverse()) yield* stop(self, started, one);
  },
};

function* start(
  self: Process, started: State,
  { application, as, env }: ControllerRequest & { readonly type: "start" },
): Operation<ApplicationResult> {
  const { name, dependencies } = application;
  if (started.has(name)) return { ok: false, error: "already_started" };
  const missing = dependencies.find((one) => !started.has(one.name));
  if (missing !== undefined) return { ok: false, error: "not_started", application: missing.name };
  const { environments } = self.core;
  environments.set(name, immutable({ ...application.env, ...environments.get(name), ...env }));
  const top = yield* startProcess(() => application.start(self, environments.get(name)));
  if ("failed" in top) return { ok: false, error: "failed", reason: top.failed };
  if (top.pid === undefined) return { ok: false, error: "failed", reason: "ignore" };
  // A start function that has not linked it would leave it behind.
  self.link(top.pid);
  started.set(name, { application, as, pid: top.pid });
  return { ok: true };
}

function* stop(self: Process, started: State, { application, pid }: Started): Operation<void> {
  const env: unknown = self.core.environments.get(application.name);
  application.prepStop?.(env);
  const spec = completed({
    id: application.name, type: "supervisor", start: (self) => application.start(self, env),
  });
  yield* stopProcess(self, { pid, spec });
  started.delete(application.name);
  application.stop?.(env);
}
