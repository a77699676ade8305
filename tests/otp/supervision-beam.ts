// What is played on the BEAM, by supervising.erl, and here: children, and how they are compared.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exit } from "../../host/runtime/index.ts";
import type { Process, Reason } from "../../host/runtime/index.ts";
import { GenServer, ignore, ok, stop } from "../../host/otp/index.ts";
import type { ChildSpec, Restart } from "../../host/otp/index.ts";
import { toErlang } from "../scenarios/beam.ts";
import { root } from "../tidy/sources.ts";

export type Outcome = "goes well" | "fails" | "ignores";

export interface Child {
  readonly id: string;
  readonly number: number;
  /** Of its starts in turn; later ones go well. */
  readonly outcomes: readonly Outcome[];
  readonly restart: Restart;
  readonly significant: boolean;
  readonly type: "worker" | "supervisor";
  readonly shutdown: number | "brutalKill";
}

/** A child that writes down what happens to it, as start/3 of supervising.erl. */
export function startable(
  { id, number: _number, outcomes, ...spec }: Child, log: string[],
): ChildSpec {
  let starts = 0;
  const module = {
    init(_args: void, self: Process) {
      self.trapExit = true;
      log.push(`{up,${id}}`);
      return ok(null);
    },
    handleInfo: (reason: Reason) => stop(reason, null),
    terminate: () => { log.push(`{down,${id}}`); },
  };
  return {
    ...spec, id,
    *start(self) {
      const outcome = outcomes[starts++] ?? "goes well";
      if (outcome === "goes well") {
        return yield* GenServer.startLink(self, module, undefined, { name: id });
      }
      log.push(`{${outcome},${id}}`);
      if (outcome === "fails") exit("not_yet");
      return yield* GenServer.startLink(self, { init: () => ignore() }, undefined);
    },
  };
}

/** Ends children by their names, for the same reason, as tell/2 of supervising.erl. */
export function stopNamed(self: Process, ids: readonly string[], reason: string): void {
  for (const id of ids) {
    const pid = self.whereis(id);
    if (pid === undefined) continue;
    if (reason === "kill") self.exit(pid, "kill");
    else self.send(pid, reason === "shutdown_x" ? { shutdown: "x" } : reason);
  }
}

/** Our words as Erlang's: oneForAll, one_for_all. */
function erlangWords(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/[A-Z]/g, (one) => `_${one.toLowerCase()}`);
  if (Array.isArray(value)) return value.map(erlangWords);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, erlangWords(one)]));
}

/** Plays schedules under OTP's own supervisor; a line of what happened for each. */
export function runOnBeam(schedules: readonly object[], folder: string): string[] {
  const [input, output] = [join(folder, "schedules.term"), join(folder, "traces.txt")];
  execFileSync("erlc", ["-o", folder, join(root, "tests/otp/supervising.erl")], { stdio: "pipe" });
  writeFileSync(input, `${toErlang(erlangWords(schedules))}.\n`);
  execFileSync("erl", [
    "+S", "1:1", "-noshell", "-kernel", "logger_level", "none", "-pa", folder,
    "-run", "supervising", "main", input, output,
  ], { stdio: "pipe", timeout: 60_000 });
  return readFileSync(output, "utf8").trimEnd().split("\n");
}
