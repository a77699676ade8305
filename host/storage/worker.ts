// The storage worker thread: takes whatever requests have arrived meanwhile as the next group.

import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { PidgeonError } from "../errors.ts";
import { openDatabase, type Database } from "./database.ts";
import { executeGroup, type Answer } from "./group.ts";
import type { Fault, FromWorker, Numbered, Reply, ToWorker, WorkerOptions } from "./protocol.ts";

const port = parentPort!;
const options = workerData as WorkerOptions;

try {
  serve(openDatabase(options.directory, options.durability));
} catch (error) {
  if (!(error instanceof PidgeonError)) throw error;
  post({ kind: "refused", fault: faultOf(error) });
}

function serve(database: Database): void {
  const waiting: Numbered[] = [];
  let closing = false;

  const accept = (message: ToWorker): void => {
    if (message === "crash") throw new Error("a crash was asked for");
    if (message === "close") closing = true;
    else waiting.push(...message);
  };
  const acceptArrived = (): void => {
    while (waiting.length < options.groupRequestsMax) {
      const arrived = receiveMessageOnPort(port) as { readonly message: ToWorker } | undefined;
      if (arrived === undefined) return;
      accept(arrived.message);
    }
  };

  port.on("message", (message: ToWorker) => {
    accept(message);
    for (acceptArrived(); waiting.length > 0; acceptArrived()) {
      const group = waiting.splice(0, options.groupRequestsMax);
      const requests = group.map(({ request }) => request);
      const { answers, committed } = executeGroup(database.connection, requests);
      const replies = group.map(({ id }, index) => replyOf(id, answers[index]!));
      post({ kind: "answers", replies, committed });
    }
    if (!closing) return;
    database.close();
    port.close();
  });
  post({ kind: "opened" });
}

function replyOf(id: number, answer: Answer): Reply {
  return "error" in answer ? { id, fault: faultOf(answer.error) } : { id, value: answer.value };
}

/** Only code and details go between threads: a copy of an Error would lose its class. */
function faultOf({ code, details }: PidgeonError): Fault {
  return { code, details };
}

function post(message: FromWorker): void {
  port.postMessage(message);
}
