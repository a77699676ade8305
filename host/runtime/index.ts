// The runtime's public face: processes in TypeScript over the kernel.
export { Counter } from "../kernel/abi.ts";
export type { Limits, Pid, Ref } from "../kernel/abi.ts";
export { Bytes } from "./bytes.ts";
export { CallFailed } from "./call.ts";
export { ManualClock, SystemClock } from "./clock.ts";
export type { Clock } from "./clock.ts";
export { immutable, isImmutable } from "./copy.ts";
export { Call, Cast, Down, Exit, exit, ExitReason, isOrderly } from "./messages.ts";
export { receive, sleep, wait } from "./operations.ts";
export { messages, oneOf, Pattern, pattern } from "./pattern.ts";
export type { Guard, Matched, Messages, Shape } from "./pattern.ts";
export { Process } from "./process.ts";
export { Runtime } from "./runtime.ts";
export type { CallOptions, RuntimeOptions } from "./runtime.ts";
export { TIMEOUT } from "./suspension.ts";
export type { Suspension, Timeout } from "./suspension.ts";
export type {
  Body, Callbacks, CrashReport, Destination, ErrorReason, Eventually, From, Logger,
  LongScheduleReport, Operation, Priority, ProcessInfo, Reason, Report, SpawnOptions,
  TrapReport,
} from "./types.ts";
