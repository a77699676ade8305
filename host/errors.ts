// The one table of errors that Pidgeon throws: misuse, and what nobody can go on from. Expected
// failures are values. docs/errors.md says of each what to do; a test compares the two.

/** Every error code with its text; `{name}` is filled from the details. */
export const errors = {
  PIDGEON_KERNEL_STATUS: "the kernel refused {operation}: {status}, {meaning}",
  PIDGEON_KERNEL_VERSION: "kernel.wasm speaks ABI {found}, this host knows {known}",
  PIDGEON_KERNEL_LIMIT: "the limit {name} must be a whole number from 1 to 2^32 - 1, not {limit}",
  PIDGEON_KERNEL_IMAGE: "the kernel refused to restore the image: {status}, {meaning}",
  PIDGEON_KERNEL_REPLAY:
    "call {index} of the recording, {name}, answered {found} where it had answered {expected}",

  PIDGEON_NOT_SENDABLE: "a message can't hold {reason}, at {path}",
  PIDGEON_HANDLES_FULL: "{limit} values are under way already (limit handles)",
  PIDGEON_NOT_AN_OPERATION: "process {pid} yielded something else than an operation: use yield*",
  PIDGEON_NOT_A_GENERATOR: "a process needs a generator function (function*), not {name}",
  PIDGEON_NOT_OWNER: "the task {pid} is the business of process {owner} alone, not of {self}",
  PIDGEON_BAD_OPTION: "the option {name} can't be {value}",
  PIDGEON_BAD_TIME: "{time} is not a time in milliseconds",
  PIDGEON_NO_REGISTRY: "the registry {name} is not running",
  PIDGEON_RUNTIME_STOPPED: "the runtime has been stopped",

  PIDGEON_GUEST_REFUSED: "the guest {label} can't be loaded: {problem}",
  PIDGEON_GUEST_LIMIT:
    "the guest limit {name} must be a whole number from 1 to {most}, not {limit}",
  PIDGEON_GUEST_FULL: "the guest {label} has {limit} processes already (limit processes)",
  PIDGEON_GUEST_STOPPED: "the guest {label} has been stopped",

  PIDGEON_STORAGE_CLOSED: "the storage is closed",
  PIDGEON_STORAGE_OVERLOADED: "{limit} storage requests wait already (limit requestsMax)",
  PIDGEON_STORAGE_WORKER_DIED:
    "the storage worker ended before its answer ({detail}): " +
    "whether it stored the request is unknown",
  PIDGEON_STORAGE_FULL: "the disk is full: nothing of the request was stored ({detail})",
  PIDGEON_STORAGE_FAILED: "the database failed: {detail}",
  PIDGEON_STORAGE_CORRUPT:
    "the database {file} is damaged ({detail}): " +
    "restore a backup, or move the file away to start anew",
  PIDGEON_STORAGE_FOREIGN: "{file} is the database of another program: choose another directory",
  PIDGEON_STORAGE_NEWER:
    "the database {file} has version {found}, this Pidgeon knows versions up to {known}: " +
    "run the newer Pidgeon, or restore a backup",
  PIDGEON_STORAGE_IN_USE: "another process uses the database {file}",

  PIDGEON_XMPP_DOMAIN: "{domain} is not a domain that a chat server can have",
  PIDGEON_XMPP_MODULE: "the XMPP module {name} can't be loaded or unloaded: {problem}",
  PIDGEON_XMPP_HANDLER: "the XMPP module {name} wants to answer what another answers: {key}",
} as const;

/** A code of the table. */
export type ErrorCode = keyof typeof errors;

/** What fills the `{name}`s of a text. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** An error with a stable code from the table above, and the details that fill its text. */
export class PidgeonError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(errors[code].replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? "?")));
    this.name = "PidgeonError";
    this.code = code;
    this.details = details;
  }
}
