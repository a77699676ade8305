// Faults to be seeded in the compiled behaviours, one at a time, each with its scenario.

export interface Fault {
  /** What the fault breaks. */
  readonly breaks: string;
  /** A file of host/, without `.ts`. */
  readonly file: string;
  /** A text that occurs exactly once in what it is compiled to, and what takes its place. */
  readonly text: string;
  readonly fault: string;
  /** The id of the scenario. */
  readonly caughtBy: string;
}

export const faults: readonly Fault[] = [
  {
    breaks: "one restart more than the intensity is allowed", file: "otp/intensity",
    text: "<= this.#restartsMax", fault: "<= this.#restartsMax + 1",
    caughtBy: "supervisor/default-intensity",
  },
  {
    breaks: "one restart less than the intensity is allowed", file: "otp/intensity",
    text: "<= this.#restartsMax", fault: "< this.#restartsMax",
    caughtBy: "supervisor/many-restarts",
  },
  {
    breaks: "restarts count for ever", file: "otp/intensity",
    text: "nowMs - this.#periodMs", fault: "-1",
    caughtBy: "supervisor/period",
  },
  {
    breaks: "children are stopped from left to right", file: "otp/restart",
    text: "group.toReversed()", fault: "group",
    caughtBy: "supervisor/start",
  },
  {
    breaks: "a restart of the rest is one of all", file: "otp/restart",
    text: "children.from(child)", fault: "children.inOrder()",
    caughtBy: "supervisor/rest-for-one",
  },
  {
    breaks: "temporary children stay known when others are restarted", file: "otp/restart",
    text: 'child.spec.restart !== "temporary"', fault: "true",
    caughtBy: "supervisor/temporary-bystander",
  },
  {
    breaks: "a restart that fails is not tried again", file: "otp/restart",
    text: "GenServer.cast(self, self.pid, again);", fault: "",
    caughtBy: "supervisor/restart-fails",
  },
  {
    breaks: "a transient child is restarted after shutdown with a word", file: "runtime/messages",
    text: '"shutdown" in reason', fault: "false",
    caughtBy: "supervisor/transient-shutdown",
  },
  {
    breaks: "the first of all significant children ends the supervisor",
    file: "otp/supervisor-server",
    text: "!children.hasActiveSignificant()", fault: "true",
    caughtBy: "supervisor/significant-all",
  },
  {
    breaks: "a child is killed though it has infinite time", file: "otp/child-process",
    text: 'spec.shutdown === "infinity" ? Infinity', fault: 'spec.shutdown === "infinity" ? 50',
    caughtBy: "supervisor/stop-infinity",
  },
  {
    breaks: "a failed start leaves the children before it", file: "otp/supervisor-server",
    text: "yield* stopAll(self, children, children.inOrder());\n                return",
    fault: "return",
    caughtBy: "supervisor/start-fails",
  },
  {
    breaks: "init's continue comes behind what is queued", file: "otp/server-process",
    text: "return this.#follow(answer.next);",
    fault: "this.core.send(this.pid, this.pid, Tag.CAST, 0, answer.next?.term ?? {});",
    caughtBy: "server/continue-init",
  },
  {
    breaks: "the end of the parent is a message like others", file: "otp/module-process",
    text: "value.from === this.#parent", fault: "false",
    caughtBy: "server/parent-ends-trapping",
  },
  {
    breaks: "terminate does not run after an error", file: "otp/server-process",
    text: "return this.end(endReason(error));", fault: "throw error;",
    caughtBy: "server/callback-fails",
  },
  {
    breaks: "a thrown result does not count", file: "otp/results",
    text: "shapes.get(thrown.type) === keys", fault: "false",
    caughtBy: "server/callback-throws-result",
  },
  {
    breaks: "a call that was given up leaves its monitor, and its reply's alias",
    file: "runtime/call",
    text: "TIMED_OUT) {\n            demonitor(core, pid, this.ref, true);", fault: "TIMED_OUT) {",
    caughtBy: "server/call-times-out",
  },
  {
    breaks: "a request that was given up is answered", file: "otp/requests",
    text: "abandon(self, sent.ref);", fault: ";",
    caughtBy: "server/request-given-up",
  },
  {
    breaks: "an answer stays in its collection", file: "otp/requests",
    text: "this.#entries.delete(answer.ref);", fault: "",
    caughtBy: "server/requests-in-order-of-answers",
  },
  {
    breaks: "a server's time is longer than it said", file: "otp/module-process",
    text: "undefined, ms);\n        return", fault: "undefined, ms + 100);\n        return",
    caughtBy: "server/timeout",
  },
  {
    breaks: "a continue is done as if it had been forgotten", file: "otp/server-process",
    text: "handleContinue(next.term, this.#state, this), undefined)",
    fault: "handleContinue(next.term, this.#state, this) && this.rest(), undefined)",
    caughtBy: "server/continue-chain",
  },
  {
    breaks: "a hibernating server does not notice what wakes it", file: "otp/module-process",
    text: "return this.rest();", fault: "return this.sleep();",
    caughtBy: "server/hibernate",
  },
  {
    breaks: "a stop with a reply gives none", file: "otp/server-process",
    text: "result.reply !== undefined && asker", fault: "result.reply === undefined && asker",
    caughtBy: "server/stop-with-reply",
  },
  {
    breaks: "a refused code change does not say why", file: "otp/module-process",
    text: 'result.reason : { badReturn: "codeChange" }', fault: '"no" : "no"',
    caughtBy: "server/code-change-refused",
  },
  {
    breaks: "postponed events are tried again in the opposite order",
    file: "otp/state-machine-process",
    text: "this.#insert(this.#postponed);", fault: "this.#insert(this.#postponed.reverse());",
    caughtBy: "machine/postpone-order",
  },
  {
    breaks: "postponed events come before inserted ones", file: "otp/state-machine-process",
    text: "(transition.inserted ??= []).push(insertedEvent(action.event));",
    fault: "this.#insert([insertedEvent(action.event)]);",
    caughtBy: "machine/postpone-and-insert",
  },
  {
    breaks: "postponed events are tried again without a change of state",
    file: "otp/state-machine-process",
    text: "const isChange = !isSame(state, this.#state);", fault: "const isChange = true;",
    caughtBy: "machine/same-state",
  },
  {
    breaks: "a state is entered though it is the same", file: "otp/state-machine-process",
    text: "!isSame(result.state, this.#state));", fault: "true);",
    caughtBy: "machine/same-state",
  },
  {
    breaks: "a state's time outlives its state", file: "otp/state-machine-process",
    text: 'timers?.cancel("stateTimeout");', fault: "",
    caughtBy: "machine/state-timeout-ends",
  },
  {
    breaks: "an event's time outlives the next event", file: "otp/state-machine-process",
    text: 'timers?.cancel("eventTimeout");', fault: "",
    caughtBy: "machine/event-timeout-ends",
  },
  {
    breaks: "inserted events come in the opposite order", file: "otp/state-machine-process",
    text: "queue.push(events[index])", fault: "queue.push(events[events.length - 1 - index])",
    caughtBy: "machine/next-events",
  },
  {
    breaks: "a state enter call may postpone", file: "otp/state-machine-process",
    text: "throw new ExitReason({ badStateEnterAction", fault: "return; ({ badStateEnterAction",
    caughtBy: "machine/enter-postpones",
  },
  {
    breaks: "stop_and_reply does not reply", file: "otp/state-machine-process",
    text: "answer(this.core, this.pid, from, value);", fault: "from;",
    caughtBy: "machine/stop-and-reply",
  },
];
