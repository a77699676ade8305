// Runs the chat room of examples/ as a program of its own, for tests that visit it.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../tidy/sources.ts";
import { plainNode } from "../programs.ts";

export interface ChatRoom {
  /** `http://…`, with a port that the system has chosen. */
  readonly url: string;
  /** Sends SIGTERM; by what it has ended: a signal or an exit code. */
  close(): Promise<string | number | null>;
}

export async function openChatRoom(): Promise<ChatRoom> {
  const program = join(root, "build/examples/chat-room/main.js");
  const child: ChildProcess = spawn("env", [...plainNode, program], {
    env: { ...process.env, PORT: "0" }, stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit") as Promise<[number | null, string | null]>;
  const [line] = await once(child.stdout!, "data") as [Buffer];
  const url = /http:\S+/.exec(line.toString())?.[0];
  if (url === undefined) throw new Error(`the chat room says ${line}`);
  return {
    url,
    async close() {
      child.kill("SIGTERM");
      const [code, signal] = await ended;
      return signal ?? code;
    },
  };
}
