// A runtime stops in order on a signal, in a program of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "tap";

const face = new URL("../../host/index.js", import.meta.url).href;

/** Runs a program, sends it signals whenever it says so, and answers how it ended. */
async function ended(code: string, signals: readonly NodeJS.Signals[]): Promise<unknown> {
  const program =
    `import { GenServer, ok, Runtime, Supervisor, wait } from ${JSON.stringify(face)};\n` +
    "const say = (text) => process.stdout.write(text + '\\n');\n" +
    `const runtime = Runtime.start();\n${code}\nsetInterval(() => {}, 1000);\nsay("signal");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program],
    { env: { ...process.env, NODE_OPTIONS: "" }, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  const left = [...signals];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    for (const line of text.split("\n")) if (line === "signal") child.kill(left.shift());
  });
  const [status, signal] = await once(child, "close") as [number | null, string | null];
  return { lines: output.trim().split("\n"), status, signal };
}

const supervised = (terminate: string) => `
const server = {
  init(name, self) { self.trapExit = true; return ok(name); },
  *terminate(reason, name) { ${terminate} },
};
await runtime.run((self) => Supervisor.start(self, { children: ["a", "b"].map((name) =>
  GenServer.spec(server, name, { id: name, shutdown: "infinity" })) }));
`;

void test("SIGTERM stops supervisors and children in reverse order, then ends the process",
  async (t) => {
    const code = supervised("say(name + ' ' + reason);") + "runtime.stopOnSignals();";
    t.same(await ended(code, ["SIGTERM"]),
      { lines: ["signal", "b shutdown", "a shutdown"], status: null, signal: "SIGTERM" });
  });

void test("SIGINT as well; an own stop takes the place of the runtime's", async (t) => {
  const code = "runtime.stopOnSignals({ stop: async () => { say('own'); } });";
  t.same(await ended(code, ["SIGINT"]),
    { lines: ["signal", "own"], status: null, signal: "SIGINT" });
});

void test("a stop that takes too long is cut off: by the runtime, or by the handler", async (t) => {
  const stuck = supervised("say('stuck'); yield* wait(new Promise(() => {}));") +
    "runtime.stopOnSignals({ timeoutMs: 30 });";
  t.same(await ended(stuck, ["SIGTERM"]),
    { lines: ["signal", "stuck"], status: null, signal: "SIGTERM" });
  const hanging = "runtime.stopOnSignals({ timeoutMs: 30, stop: () => new Promise(() => {}) });";
  t.same(await ended(hanging, ["SIGTERM"]),
    { lines: ["signal"], status: null, signal: "SIGTERM" });
});

void test("a second signal ends at once; other signals are not touched", async (t) => {
  const code = "const stop = () => { say('signal'); return new Promise(() => {}); };\n" +
    "runtime.stopOnSignals({ stop, timeoutMs: 60_000, echoMs: 0 });";
  t.same(await ended(code, ["SIGTERM", "SIGTERM"]),
    { lines: ["signal", "signal"], status: null, signal: "SIGTERM" });
  t.same(await ended("runtime.stopOnSignals({ signals: ['SIGINT'] });", ["SIGTERM"]),
    { lines: ["signal"], status: null, signal: "SIGTERM" });
});

void test("a signal that npm passes on after the terminal's is the same one", async (t) => {
  const code = "const stop = async () => { say('signal'); await echo; say('own'); };\n" +
    "const echo = new Promise((resolve) => process.once('SIGINT', () =>" +
    " process.once('SIGINT', resolve)));\n" +
    "runtime.stopOnSignals({ stop, echoMs: 60_000 });";
  t.same(await ended(code, ["SIGINT", "SIGINT"]),
    { lines: ["signal", "signal", "own"], status: null, signal: "SIGINT" });
});

void test("nothing is installed unasked, the answer takes it back, others' handlers decide",
  async (t) => {
    const code = `
      const all = () => process.listenerCount("SIGTERM") + process.listenerCount("SIGINT");
      const others = all();
      const count = () => all() - others;
      say(count());
      const remove = runtime.stopOnSignals();
      say(count());
      remove();
      say(count());
      runtime.stopOnSignals();
      process.on("SIGTERM", () => setTimeout(() => process.exit(7), 50));`;
    t.same(await ended(code, ["SIGTERM"]),
      { lines: ["0", "2", "0", "signal"], status: 7, signal: null });
  });
