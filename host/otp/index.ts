// OTP's public face: behaviours on the runtime.
export type { ChildSpec, Restart, Shutdown } from "./child-spec.ts";
export type { ChildCounts, ChildInfo } from "./children.ts";
export { GenServer, StartFailed } from "./gen-server.ts";
export type { ChildOptions, GenServerModule, ServerOptions } from "./gen-server.ts";
export {
  after, cont, ignore, noreply, ok, reply, stop, stopReply,
} from "./results.ts";
export type {
  CallResult, CastResult, Ignore, InitResult, Next, NoReply, Ok, Reply, Stop,
} from "./results.ts";
export { Supervisor } from "./supervisor.ts";
export type {
  ChildResult, StartChildResult, SupervisorChildOptions, SupervisorSpec,
} from "./supervisor.ts";
