// The ABI between a guest and its host, version 1: what a guest exports and what it may import.
// docs/guests.md tells the meaning of each; a test compares the two.

/** The version that `pidgeon_guest_abi()` must answer. */
export const GUEST_ABI = 1;

/** The module name of the imports. */
export const IMPORT_MODULE = "pidgeon";

/** Kinds of a message, as `handle` gets them. */
export const GuestMessage = {
  /** The process begins: its word is the spawn's argument. */
  START: 0,
  NUMBER: 1,
  /** A value of the host's that is no number, text or Bytes: its JSON. */
  JSON: 2,
  /** Bytes, or the UTF-8 of a text. */
  BYTES: 3,
  EXIT: 4,
  DOWN: 5,
} as const;

/** What `handle` answers. */
export const GuestAnswer = {
  CONTINUE: 0,
  /** The process ends with the reason normal. */
  STOP: 1,
  /** The message stays in the mailbox; the next CONTINUE shows it again. */
  KEEP: 2,
} as const;

/** The number of an EXIT or DOWN whose reason is not an atom of the kernel. */
export const REASON_OTHER = -1;

export interface Signature {
  readonly params: readonly string[];
  readonly result: string;
  /** Which operand is a length that costs fuel. */
  readonly lengthAt?: number;
}

/** The imports by name: WebAssembly types of the operands and the answer. */
export const signatures = {
  self: { params: [], result: "f64" },
  set_word: { params: ["f64"], result: "()" },
  send_number: { params: ["f64", "i32", "f64", "f64"], result: "i32" },
  send_bytes: { params: ["f64", "i32", "f64", "i32", "i32"], result: "i32", lengthAt: 4 },
  send_after: { params: ["f64", "f64", "i32", "f64", "f64"], result: "f64" },
  cancel_timer: { params: ["f64"], result: "f64" },
  spawn: { params: ["f64", "i32"], result: "f64" },
  exit: { params: ["f64", "i32"], result: "i32" },
  link: { params: ["f64"], result: "i32" },
  unlink: { params: ["f64"], result: "i32" },
  monitor: { params: ["f64"], result: "f64" },
  demonitor: { params: ["f64"], result: "i32" },
  trap_exit: { params: ["i32"], result: "i32" },
  make_ref: { params: [], result: "f64" },
  register: { params: ["i32", "i32"], result: "i32", lengthAt: 1 },
  unregister: { params: ["i32", "i32"], result: "i32", lengthAt: 1 },
  whereis: { params: ["i32", "i32"], result: "f64", lengthAt: 1 },
} as const satisfies Readonly<Record<string, Signature>>;

/** What a guest exports beside its `memory`. */
export const exportSignatures = {
  pidgeon_guest_abi: { params: [], result: "i32" },
  inbox: { params: ["i32"], result: "i32" },
  handle: { params: ["f64", "i32", "i32", "f64", "f64", "f64", "i32", "i32"], result: "i32" },
} as const satisfies Readonly<Record<string, Signature>>;

/** The name of a function that a guest may import. */
export type GuestImport = keyof typeof signatures;

export function signatureOf(name: string): Signature {
  return signatures[name as GuestImport];
}
