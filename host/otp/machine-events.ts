// Which callback of a state machine's module takes an event: its state's own, else handleEvent.
import { isDeepStrictEqual } from "node:util";
import { ExitReason } from "../runtime/messages.ts";
import type { Process } from "../runtime/index.ts";
import type { AnyEvent, AnyMachineModule, AnyState } from "./gen-state-machine-module.ts";
import { kindOf, unknownCallback } from "./module-process.ts";

const callbacks = {
  info: "handleInfo", internal: "handleInternal",
  eventTimeout: "handleEventTimeout", stateTimeout: "handleStateTimeout",
} as const;

const eventTypes: readonly unknown[] = ["call", "cast", "timeout", ...Object.keys(callbacks)];

/** Answers what the callback for an event answers. Throws ExitReason if there is none. */
export function callFor(
  event: AnyEvent, state: unknown, data: unknown, module: AnyMachineModule, self: Process,
): unknown {
  const own = stateOf(module, state);
  if (module.handleEvent === undefined) {
    if (own === undefined) throw unknownCallback(`states.${String(state)}`);
    return callOwn(event, own, data, self);
  }
  if (own !== undefined && has(own, event)) return callOwn(event, own, data, self);
  return module.handleEvent(event, state, data, self);
}

/** Whether there is a callback for the entering of a state. */
export function hasEnter(module: AnyMachineModule, state: unknown): boolean {
  if (stateOf(module, state)?.enter !== undefined) return true;
  return module.stateEnter === true && module.handleEvent !== undefined;
}

/** States are compared as OTP does: by value. O(1) for strings. */
export function isSame(one: unknown, other: unknown): boolean {
  return one === other || (typeof one === "object" && isDeepStrictEqual(one, other));
}

export function requestKind(request: unknown): unknown {
  return (request as { kind?: unknown } | null | undefined)?.kind;
}

/** The event of a `nextEvent`, complete. Throws ExitReason if it is none. */
export function insertedEvent(event: AnyEvent): AnyEvent {
  if (!eventTypes.includes(event?.type)) throw new ExitReason({ badAction: "nextEvent" });
  return event.type === "call" ? { ...event, kind: requestKind(event.request) } : event;
}

function stateOf({ states }: AnyMachineModule, state: unknown): AnyState | undefined {
  return states !== undefined && typeof state === "string" && Object.hasOwn(states, state)
    ? states[state] : undefined;
}

function callOwn(event: AnyEvent, own: AnyState, data: unknown, self: Process): unknown {
  switch (event.type) {
    case "call": {
      const { request, from } = event;
      const { handleCall } = own;
      return typeof handleCall === "function"
        ? handleCall.call(own, request, from, data, self)
        : handleCall![kindOf("handleCall", handleCall, request)]!(request, from, data, self);
    }
    case "cast": {
      const { message } = event;
      const { handleCast } = own;
      return typeof handleCast === "function"
        ? handleCast.call(own, message, data, self)
        : handleCast![kindOf("handleCast", handleCast, message)]!(message, data, self);
    }
    case "timeout":
      if (!has(own, event)) throw unknownCallback(`handleTimeout.${event.name}`);
      return own.handleTimeout![event.name]!(event.content, data, self);
    case "enter": return own.enter!(event.oldState, data, self);
    default: {
      const name = callbacks[event.type];
      if (own[name] === undefined) throw unknownCallback(name);
      return own[name]("message" in event ? event.message : event.content, data, self);
    }
  }
}

/** Whether the state has a callback of its own for an event. */
function has(own: AnyState, event: AnyEvent): boolean {
  switch (event.type) {
    case "call": return hasKind(own.handleCall, event.request);
    case "cast": return hasKind(own.handleCast, event.message);
    case "timeout":
      return own.handleTimeout !== undefined && Object.hasOwn(own.handleTimeout, event.name);
    case "enter": return own.enter !== undefined;
    default: return own[callbacks[event.type]] !== undefined;
  }
}

function hasKind(handlers: AnyState["handleCall"], request: unknown): boolean {
  if (handlers === undefined || typeof handlers === "function") return handlers !== undefined;
  const kind = requestKind(request);
  return typeof kind === "string" && Object.hasOwn(handlers, kind);
}
