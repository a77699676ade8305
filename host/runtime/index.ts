// The runtime's public face: processes in TypeScript over the kernel.
export { aliasOf, Counter, refOfAlias } from "../kernel/abi.ts";
export type { Alias, Limits, Pid, Ref } from "../kernel/abi.ts";
export { Bytes } from "./bytes.ts";
export { CallFailed } from "./call.ts";
export type { CallOptions } from "./call.ts";
export { ManualClock, SystemClock } from "./clock.ts";
export type { Clock } from "./clock.ts";
export { immutable, isImmutable } from "./copy.ts";
export { ending } from "./ending.ts";
export { listen } from "./events.ts";
export type { Emitter } from "./events.ts";
export { Feed, feed } from "./feed.ts";
export type { FeedOptions } from "./feed.ts";
export type { Inbox, InboxOptions } from "./inbox.ts";
export {
  Call, Cast, Down, Exit, exit, ExitReason, FeedEnd, FeedItem, isOrderly, ReplyMessage,
  TimerTimeout,
} from "./messages.ts";
export { receive, sleep, wait } from "./operations.ts";
export { logToPino } from "./logging.ts";
export type { LeveledLogger, PinoOptions } from "./logging.ts";
export { messages, oneOf, Pattern, pattern } from "./pattern.ts";
export type { Guard, Matched, Messages, Shape } from "./pattern.ts";
export { Process } from "./process.ts";
export { Runtime } from "./runtime.ts";
export type { RuntimeOptions } from "./runtime.ts";
export type {
  Kind, ReplyOf, RequestOf, ServerMessages, ServerPid, ServerRef, UntypedServer,
} from "./server-types.ts";
export type { StopSignalOptions } from "./stop-signals.ts";
export { TIMEOUT } from "./suspension.ts";
export type { Suspension, Timeout } from "./suspension.ts";
export type {
  SystemMonitorMessage, SystemMonitorOptions, SystemMonitorSettings,
} from "./system-monitor.ts";
export type {
  Trace, TraceEvent, TraceKind, TraceOptions, Tracer, TraceStopped,
} from "./trace.ts";
export type {
  AliasOptions, Body, Callbacks, CrashReport, Destination, DroppedReport, ErrorReason, Eventually,
  From, HandlerCrashReport, Key, Logger, LongScheduleReport, MailboxLimit, MemoryLimit,
  MemoryLimitReport, MonitorOptions, Operation, Priority, ProcessFlags, ProcessInfo,
  ProcessInfoItems, Reason, Report, SendDestination, SendOptions, SendResult, SpawnOptions,
  TimerOptions, TrapReport, Via,
} from "./types.ts";
