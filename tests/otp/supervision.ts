// Children that write down their births and ends, and supervisors beside which a test runs.
import { Down, exit, receive, sleep } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process, Reason } from "../../host/runtime/index.ts";
import { GenServer, ok, stop, Supervisor } from "../../host/otp/index.ts";
import type { ChildSpec, GenServerModule, SupervisorSpec } from "../../host/otp/index.ts";

/** Ends with the reason that it is sent; writes down its births and its ends in order. */
export function worker(log: string[], id: string): GenServerModule<null> {
  return {
    name: id,
    init(_args, self) {
      self.trapExit = true;
      log.push(`+${id}`);
      return ok(null);
    },
    handleInfo: (reason: Reason, state) => stop(reason, state),
    terminate: () => { log.push(`-${id}`); },
  };
}

export function child(
  log: string[], id: string, options: Partial<ChildSpec> = {},
): ChildSpec {
  return { ...GenServer.spec(worker(log, id), undefined, { id, name: id }), ...options };
}

/** A child whose every start but those of these numbers (from 1) fails. */
export function flaky(
  log: string[], id: string, succeeds: (start: number) => boolean,
  options: Partial<ChildSpec> = {},
): ChildSpec {
  let starts = 0;
  const { start, ...rest } = child(log, id, options);
  return {
    ...rest,
    *start(self) {
      if (succeeds(++starts)) return yield* start(self);
      log.push(`!${id}`);
      return exit("not yet");
    },
  };
}

/** Starts a supervisor and runs a process beside it. */
export function under<T>(
  spec: SupervisorSpec, body: (self: Process, supervisor: Pid) => Operation<T>,
): (self: Process) => Operation<T> {
  return function* (self) {
    return yield* body(self, yield* Supervisor.start(self, spec, { name: "supervisor" }));
  };
}

/** Lets a child end, and the supervisor do what follows. */
export function* end(self: Process, name: string, reason: Reason): Operation<void> {
  const ref = self.monitor(name);
  self.send(name, reason);
  yield* downOf(ref);
  yield* sleep(1);
}

/** The reason with which a monitored process ends. */
export function* downOf(ref: number): Operation<Reason> {
  for (;;) {
    const down = yield* receive(Down);
    if (down.ref === ref) return down.reason;
  }
}

/** Takes what was written down so far. */
export function taken(log: string[]): string {
  return log.splice(0).join(" ");
}
