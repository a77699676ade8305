// The one table of errors that Pidgeon throws. An exception means misuse; expected failures are values.

/** Every error code with its text; `{name}` is filled from the details. */
export const errors = {
  PIDGEON_KERNEL_STATUS: "the kernel refused {operation}: {status}",
} as const;

export type ErrorCode = keyof typeof errors;

/** An error with a stable code from the table above. */
export class PidgeonError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, details: Readonly<Record<string, string | number>> = {}) {
    super(errors[code].replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? "?")));
    this.name = "PidgeonError";
    this.code = code;
  }
}
