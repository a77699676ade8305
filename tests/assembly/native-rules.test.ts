// What native handlers can do with links, monitors, aliases, suspension and shared bytes.
import t from "tap";
import {
  AliasOption, Atom, Info, LinkOption, MonitorOption, Option, ProcessStatus, ReasonKind,
  SEND_PRIORITY, Status, SuspendOption, EXIT_PRIORITY, type Address, type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import { buildNativeKernel } from "./native-build.ts";
import { Deed, RuleHandler } from "./native-rules.ts";
import { withKernel, type TestKernel } from "./test-kernel.ts";

const wasm = await buildNativeKernel();

function testNative(title: string, body: Parameters<typeof withKernel>[2]): void {
  withKernel(t, title, body, {}, wasm);
}

/** A DIPLOMAT; what it answers when it is told to do something, with these options. */
function diplomat(k: TestKernel) {
  const asker = k.spawnWaiting();
  const pid = k.kernel.spawnNative(0, RuleHandler.DIPLOMAT, 0, 0);
  const ask = (deed: number, value = 0, options = 0): number => {
    k.kernel.sendNumber(asker, pid, Deed.OPTIONS, 0, options);
    k.kernel.sendNumber(asker, pid, deed, 0, value);
    const [message] = k.receive(asker);
    return message?.value as number;
  };
  return { pid, ask };
}

testNative("a handler has aliases: explicit ones, for one reply, with priority", (k, t) => {
  const { pid, ask } = diplomat(k);
  const ref = ask(Deed.ALIAS, 0, AliasOption.REPLY);
  t.ok(ref > 0);
  t.equal(k.kernel.processInfo(pid, Info.ALIASES), 1);
  t.equal(k.kernel.sendNumber(0, -ref as Address, Deed.OPTIONS, 0, 0), Status.OK);
  t.equal(k.kernel.sendNumber(0, -ref as Address, Deed.OPTIONS, 0, 0), Status.NO_PROCESS);
  const lasting = ask(Deed.ALIAS);
  t.equal(ask(Deed.UNALIAS, lasting), Status.OK);
  t.equal(ask(Deed.UNALIAS, lasting), Status.NOT_FOUND);
  t.equal(ask(Deed.ALIAS, 0, 4), Status.BAD_ARGUMENT);
});

testNative("a handler sends through an alias, with priority where the alias admits it", (k, t) => {
  const { pid, ask } = diplomat(k);
  const receiver = k.spawnWaiting();
  const urgent = k.kernel.alias(receiver, AliasOption.PRIORITY);
  const plain = k.kernel.alias(receiver, 0);
  k.kernel.sendNumber(0, receiver, 1, 0, 1);
  t.equal(ask(Deed.SEND, -plain, SEND_PRIORITY), Status.OK);
  t.equal(ask(Deed.SEND, -urgent, SEND_PRIORITY), Status.OK);
  t.equal(ask(Deed.SEND, receiver, SEND_PRIORITY), Status.BAD_ARGUMENT);
  t.same(k.receive(receiver).map(({ tag, from }) => [tag, from]), [[9, pid], [1, 0], [9, pid]]);
});

testNative("a handler suspends and resumes, counted; its end resumes", (k, t) => {
  const { pid, ask } = diplomat(k);
  const other = k.spawnWaiting();
  t.equal(ask(Deed.SUSPEND, other), Status.OK);
  t.equal(ask(Deed.SUSPEND, other, SuspendOption.UNLESS), Status.ALREADY);
  t.equal(ask(Deed.SUSPEND, other), Status.OK);
  t.equal(ask(Deed.SUSPEND, pid), Status.BAD_ARGUMENT, "not itself");
  t.equal(ask(Deed.SUSPEND, other, 2), Status.BAD_ARGUMENT);
  t.equal(ask(Deed.SUSPEND, 5), Status.NO_PROCESS);
  t.equal(ask(Deed.RESUME, 0.5), Status.BAD_PID);
  k.kernel.sendNumber(0, other, 0, 0, 1);
  t.notOk(k.isOffered(other));
  t.equal(ask(Deed.INFO, other, Info.STATUS), ProcessStatus.SUSPENDED);
  t.equal(ask(Deed.RESUME, other), Status.OK);
  t.notOk(k.isOffered(other));
  t.equal(ask(Deed.RESUME, other), Status.OK);
  t.equal(ask(Deed.RESUME, other), Status.NOT_FOUND);
  t.equal(k.receive(other).length, 1);
  t.equal(ask(Deed.SUSPEND, other), Status.OK);
  k.kill(pid);
  k.kernel.sendNumber(0, other, 0, 0, 1);
  t.ok(k.isOffered(other), "the end of the handler's process resumes");
});

testNative("a handler's monitor bears its tag, and may be an alias", (k, t) => {
  const { pid, ask } = diplomat(k);
  const target = k.spawnWaiting();
  const ref = ask(Deed.MONITOR, target, MonitorOption.ALIAS_REPLY + MonitorOption.PRIORITY);
  t.ok(ref > 0);
  t.equal(k.kernel.sendNumber(0, -ref as Address, Deed.OPTIONS, 0, 0), Status.OK);
  t.equal(k.kernel.processInfo(target, Info.MONITORED_BY), 0, "the reply has ended the monitor");
  const second = ask(Deed.MONITOR, target, MonitorOption.PRIORITY) as Ref;
  t.ok(second > ref);
  k.kernel.suspend(k.spawn(), pid, 0);
  k.kernel.sendNumber(0, pid, Deed.OPTIONS, 0, 0);
  k.kill(target);
  k.step();
  t.equal(k.kernel.inspect(pid, 0), Status.SHOWN);
  const { kind, tag, from } = k.fast.message;
  t.same([kind, tag, from], [5, 77, target], "before what came earlier");
  t.equal(k.fast.message.ref, second);
});

testNative("a handler monitors who has a name, asks who lives, and undoes it", (k, t) => {
  const { pid, ask } = diplomat(k);
  const target = k.spawnWaiting();
  k.kernel.register(target, "clerk");
  const ref = ask(Deed.MONITOR_NAME);
  t.same(k.kernel.processList(target, 2), [pid]);
  t.equal(ask(Deed.DEMONITOR, ref), Status.OK);
  t.equal(ask(Deed.DEMONITOR, ref, 1), Status.NOT_FOUND);
  t.equal(ask(Deed.DEMONITOR, ref, 2), Status.BAD_ARGUMENT);
  t.equal(ask(Deed.MONITOR_NAME, 0, 16), Status.BAD_ARGUMENT);
  t.equal(ask(Deed.MONITOR, target, 16), Status.BAD_ARGUMENT);
  t.equal(ask(Deed.MONITOR, 0.5), Status.BAD_PID);
  t.equal(ask(Deed.IS_ALIVE, target), 1);
  k.kernel.unregister("clerk");
  k.kill(target);
  t.equal(ask(Deed.IS_ALIVE, target), 0);
  t.equal(ask(Deed.INFO, target, Info.LINKS), Status.NO_PROCESS);
  t.equal(ask(Deed.INFO, pid, 99), Status.BAD_ARGUMENT);
  t.ok(ask(Deed.MONITOR_NAME) > 0, "nobody's name: DOWN at once");
  t.equal(k.kernel.processInfo(pid, Info.MONITORS), 0);
});

testNative("a handler links with priority, and ends others with an atom of the host's", (k, t) => {
  const { pid, ask } = diplomat(k);
  const [other, trapping] = [k.spawnWaiting(), k.trapping()];
  t.equal(ask(Deed.TRAP), 0);
  t.equal(ask(Deed.LINK, other, LinkOption.PRIORITY), Status.OK);
  t.equal(ask(Deed.LINK, other, 2), Status.BAD_ARGUMENT);
  t.equal(ask(Deed.LINK, 0.5), Status.BAD_PID);
  k.kernel.suspend(trapping, pid, 0);
  k.kernel.sendNumber(0, pid, Deed.OPTIONS, 0, 0);
  k.kernel.exitSignal(0, other, ReasonKind.ATOM, Atom.SHUTDOWN);
  t.equal(k.kernel.inspect(pid, 0), Status.SHOWN);
  t.equal(k.fast.message.from, other, "the EXIT stands first");
  k.kernel.resume(trapping, pid);
  const urgent = k.kernel.alias(trapping, AliasOption.PRIORITY);
  k.kernel.sendNumber(0, trapping, 1, 0, 1);
  t.equal(ask(Deed.EXIT, trapping), Status.OK);
  t.equal(ask(Deed.EXIT, -urgent, EXIT_PRIORITY), Status.OK);
  t.equal(ask(Deed.EXIT, trapping, EXIT_PRIORITY), Status.BAD_ARGUMENT);
  t.equal(ask(Deed.EXIT, -urgent, 1), Status.BAD_ARGUMENT);
  t.same(k.receive(trapping).map(({ kind, reason }) => [kind, reason]),
    [["exit", "atom 1024"], ["number", undefined], ["exit", "atom 1024"]]);
  k.kernel.unalias(trapping, urgent);
  t.equal(ask(Deed.EXIT, -urgent), Status.NO_PROCESS);
  const victim = k.spawnWaiting();
  const address = -k.kernel.alias(victim, 0);
  t.equal(ask(Deed.EXIT, address), Status.OK);
  t.same(k.ended.at(-1), { pid: victim, reason: "atom 1024" });
});

testNative("a handler knows the monitor of what it spawns", (k, t) => {
  const { pid, ask } = diplomat(k);
  const ref = ask(Deed.SPAWN, 0, Option.MONITOR);
  const [child] = k.kernel.processList(pid, 1) as [Pid];
  t.equal(ask(Deed.DEMONITOR, ref), Status.OK);
  t.same(k.kernel.processList(pid, 1), []);
  t.equal(k.kernel.isAlive(child), true);
  t.equal(ask(Deed.SPAWN, 0, 32), Status.BAD_ARGUMENT);
});

testNative("who has ended itself is not reached by its alias any more", (k, t) => {
  const { pid, ask } = diplomat(k);
  const watcher = k.trapping();
  k.kernel.link(watcher, pid);
  t.equal(ask(Deed.ENDED_EXIT), Status.NO_PROCESS);
  t.match(k.receive(watcher), [{ kind: "exit", reason: "atom 1024" }], "the first reason stays");
});

testNative("a server answers calls with bytes that bear tag and reference", (k, t) => {
  const asker = k.spawnWaiting();
  const pid = k.kernel.spawnNative(0, RuleHandler.RESPONDER, 0, 0);
  const ref = k.kernel.makeRef();
  k.kernel.sendBytes(asker, pid, 0, ref, Buffer.from("question"));
  t.same(k.receive(asker), [
    { kind: "bytes", tag: 1, from: pid, ref, value: "clerk" },
    { kind: "bytes", tag: 2, from: pid, ref, value: "question" },
    { kind: "bytes", tag: 3, from: pid, ref, value: "question" },
  ]);
});

testNative("neither a released hold nor any other address is sent", (k, t) => {
  const asker = k.spawnWaiting();
  const pid = k.kernel.spawnNative(0, RuleHandler.RESPONDER, 0, 0);
  const alias = k.kernel.alias(asker, AliasOption.PRIORITY);
  k.kernel.sendNumber(asker, pid, 0, 0, alias);
  const [bytes, ...answers] = k.receive(asker);
  t.match(bytes, { kind: "bytes", tag: 3, value: "clerk" }, "what a hold was sent for stays");
  t.same(answers.map(({ value }) => value), Array(4).fill(Status.BAD_ARGUMENT));
});
