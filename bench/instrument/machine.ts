// The header of a report: which machine, which versions, which sources, how busy.
import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { fileURLToPath } from "node:url";

/** The repository's folder, seen from build/bench/instrument/. */
export const projectFolder = fileURLToPath(new URL("../../../", import.meta.url));

export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  readonly erlang: string | undefined;
  readonly commit: string;
  /** Load averages of the last minute when the run began. */
  readonly load: number;
}

/** Runs a command for its output; undefined when it is missing or fails. */
export function output(command: string, parameters: readonly string[]): string | undefined {
  try {
    const text = execFileSync(command, parameters, {
      cwd: projectFolder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return text.trim();
  } catch {
    return undefined;
  }
}

const erlangVersion =
  'io:format("OTP ~s, ERTS ~s, ~s", [erlang:system_info(otp_release), ' +
  "erlang:system_info(version), erlang:system_info(emu_flavor)]), halt().";

export function describeMachine(): Machine {
  const commit = output("git", ["rev-parse", "--short", "HEAD"]) ?? "unknown";
  const changes = output("git", ["status", "--porcelain", "--untracked-files=no"]) ?? "";
  return {
    date: new Date().toISOString().slice(0, 16).replace("T", " "),
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    erlang: output("erl", ["-noshell", "-eval", erlangVersion]),
    commit: changes !== "" ? `${commit} with changes` : commit,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** Whether a command is installed. */
export function hasCommand(command: string): boolean {
  return output("sh", ["-c", `command -v ${command}`]) !== undefined;
}
