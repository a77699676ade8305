// What the parent tells the load generator's process, and what it hears.

/** Whom to load. */
export interface Target {
  readonly url: string;
  readonly domain: string;
  /** Logins or registrations under way at a time. */
  readonly atOnce: number;
}

export interface ChatCommand extends Target {
  readonly command: "chat";
  readonly pairs: number;
  /** Messages under way in each pair. */
  readonly window: number;
  readonly warmMs: number;
  readonly recordMs: number;
}

export interface CountCommand extends Target {
  readonly command: "register" | "idle";
  readonly count: number;
}

export type LoadCommand = ChatCommand | CountCommand;

export type LoadEvent =
  | { readonly event: "done" | "recording" }
  | { readonly event: "recorded"; readonly delivered: number }
  | { readonly event: "chatted"; readonly errors: number; readonly lost: number;
      readonly p50Us: number; readonly p99Us: number }
  | { readonly event: "idled"; readonly lost: number }
  | { readonly event: "failed"; readonly reason: string };
