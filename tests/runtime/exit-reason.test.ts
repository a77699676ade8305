// What is thrown to end a process: its text, and where it knows its stack.
import t from "tap";
import { ExitReason } from "../../host/runtime/index.ts";

t.test("an orderly end has no stack, which would cost more than the process", (t) => {
  const limit = Error.stackTraceLimit;
  for (const reason of ["normal", "shutdown"]) {
    t.equal(new ExitReason(reason).stack, `ExitReason: exit: ${reason}`);
  }
  t.equal(Error.stackTraceLimit, limit, "other errors keep theirs");
  t.end();
});

t.test("any other end tells where it was thrown", (t) => {
  t.match(new ExitReason("broken").stack, /exit-reason\.test/);
  t.match(new ExitReason({ shutdown: 1 }).stack, /exit-reason\.test/);
  t.end();
});

t.test("where Error is frozen, all have a stack, and nothing fails", (t) => {
  const { stackTraceLimit } = Error;
  const name = "stackTraceLimit";
  Object.defineProperty(Error, name, { value: stackTraceLimit, writable: false });
  t.teardown(() => Object.defineProperty(Error, name, { value: stackTraceLimit, writable: true }));
  t.match(new ExitReason("normal").stack, /exit-reason\.test/);
  t.end();
});
