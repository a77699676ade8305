// What the storage's main side and its worker thread post to each other. Plain data only.

import type { ErrorCode, ErrorDetails } from "../errors.ts";
import type { Durability } from "./database.ts";
import type { Request } from "./requests.ts";

export interface WorkerOptions {
  readonly directory: string;
  readonly durability: Durability;
  /** Requests per transaction at most. */
  readonly groupRequestsMax: number;
}

/** A PidgeonError on its way between threads. */
export interface Fault {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
}

export interface Numbered {
  readonly id: number;
  readonly request: Request;
}

/** To the worker: requests in their order; to end after all earlier ones; to fail at once. */
export type ToWorker = readonly Numbered[] | "close" | "crash";

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: Fault };

/** From the worker: once whether it could open the database, then the answers of each group. */
export type FromWorker =
  | { readonly kind: "opened" }
  | { readonly kind: "refused"; readonly fault: Fault }
  | { readonly kind: "answers"; readonly replies: readonly Reply[]; readonly committed: boolean };
