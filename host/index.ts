/** The package `pidgeon`: Erlang's processes for TypeScript. @module pidgeon */
export { PidgeonError } from "./errors.ts";
export type { ErrorCode } from "./errors.ts";
export * from "./runtime/index.ts";
export * from "./otp/index.ts";
export * from "./guests/index.ts";
