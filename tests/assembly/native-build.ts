// Builds the verify kernel with native handlers that tests need, in memory.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "assemblyscript/asc";
import { PUPPET_SOURCE } from "../simulation/natives.ts";
import { ruleHandlers } from "./native-rules.ts";
import { mutant, root } from "./test-kernel.ts";

/** Ids of the handlers below. */
export const Handler = {
  /** Answers each number with one more; the tag 1 makes it trap. */
  FRAGILE: 20,
  /** Ends the process whose pid it is sent, with kill. */
  KILLER: 21,
  /** Ends itself by exit/2 with shutdown, then traps. */
  SUICIDE: 22,
  /** Traps when it starts. */
  STILLBORN: 23,
  /** Spawns a FRAGILE, linked and monitored, and sends its pid to who asks. */
  PARENT: 24,
  /** Sends itself a number for ever. */
  BUSY: 25,
  /** Stops with the first message. */
  FINISHER: 26,
  /** Calls itself until the stack is used up. */
  DEEP: 27,
  /** Reads beyond the memory. */
  WILD: 28,
  /** Sends the length and first byte of the bytes that it gets to who sent them. */
  READER: 29,
  /** Sends who asks the number back after so many ms; the tag 1 reads, 2 cancels that timer. */
  SLEEPER: 30,
  /** Keeps all but the tag that its word says, forwards that to its sender, counts its word up. */
  PICKER: 31,
  /** The tag 1 makes it mark and await the reference that the value says, 2 await the tag 9. */
  AWAITER: 32,
  /** Tells its sender of each message, marks and keeps it. */
  MARKER: 50,
  /** Links itself to and monitors the value's process by tag 1 and 2; reports EXIT and DOWN. */
  WATCHER: 33,
  /** Shares six bytes, sends them three times to who asks, then what two releases answer. */
  SHARER: 34,
  /** Sends the bytes that it gets back to their sender, twice, without a copy. */
  MIRROR: 35,
  /** Sends bytes from the address that it is sent: beyond the memory it traps. */
  POINTER: 36,
  /** Sends as many bytes as the number says, zeros of its own memory; and the status. */
  WRITER: 37,
  /** Keeps bytes when it has sent them back; a number shows them again, and then it has done. */
  KEEPER: 38,
  /** Uses names and groups, as its messages' tags say, and answers what it was answered. */
  CLERK: 39,
} as const;

const handlers = `
import {
  awaitRef, awaitTag, bytesOf, cancelTimer, CONTINUE, defineHandler, demonitor, exit, forward,
  joinGroup, KEEP, leaveGroup, lengthOf, link, mark, Message, monitor, Process, readTimer,
  register, releaseShared, sendAfter, sendAfterName, sendBytes, sendGroup, sendGroupShared,
  sendNumber, sendShared, setFlag, share, spawn, STOP, unlink, unregister, whereis,
} from "./assembly/native";

function fragile(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.tag == 1) unreachable();
  sendNumber(self, message.from, message.value + 1);
  return CONTINUE;
}

function killer(self: Process, address: usize): u32 {
  if (address) exit(self, changetype<Message>(address).value, 1);
  return CONTINUE;
}

function suicide(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  exit(self, self.pid, 4);
  if (changetype<Message>(address).value) unreachable();
  return CONTINUE;
}

function stillborn(_self: Process, _address: usize): u32 {
  unreachable();
  return STOP;
}

function parent(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const child = spawn(self, ${Handler.FRAGILE}, 0, 4 | 8);
  sendNumber(self, changetype<Message>(address).from, child);
  return CONTINUE;
}

function busy(self: Process, _address: usize): u32 {
  sendNumber(self, self.pid, 1);
  return CONTINUE;
}

function finisher(_self: Process, address: usize): u32 {
  return address ? STOP : CONTINUE;
}

function deeper(depth: u32): u32 {
  return depth == 0 ? 0 : deeper(depth + 1) + deeper(depth + 2);
}

function deep(_self: Process, address: usize): u32 {
  return address ? deeper(1) : CONTINUE;
}

function wild(_self: Process, address: usize): u32 {
  return address ? load<u32>(0xfffffff0) : CONTINUE;
}

function reader(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  sendNumber(self, message.from, lengthOf(message));
  sendNumber(self, message.from, load<u8>(bytesOf(message)));
  return CONTINUE;
}

function sleeper(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.tag == 0) {
    self.word = sendAfter(self, message.from, message.value, message.value, 7);
    if (self.word < 0) sendNumber(self, message.from, self.word);
  } else {
    const left = message.tag == 1 ? readTimer(self, self.word) : cancelTimer(self, self.word);
    sendNumber(self, message.from, left);
  }
  return CONTINUE;
}

function picker(self: Process, address: usize): u32 {
  if (!address) return KEEP;
  const message = changetype<Message>(address);
  if (<f64>message.tag != self.word) return KEEP;
  self.word += 1;
  forward(self, message, message.from, message.value);
  return CONTINUE;
}

function awaiter(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.tag == 1) {
    mark(self);
    awaitRef(self, message.value);
  } else if (message.tag == 2) {
    awaitTag(self, 9);
  } else {
    const asker = message.from;
    forward(self, message, asker, message.value);
    if (forward(self, message, asker, -1) != 0) unreachable();
  }
  return CONTINUE;
}

function watcher(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.kind >= 4) {
    sendNumber(self, self.word, message.kind);
  } else if (message.tag == 1) {
    setFlag(self, 0, 1);
    self.word = message.from;
    if (link(self, message.value) != 0) unreachable();
    const ref = monitor(self, message.value);
    if (demonitor(self, ref, 0) != 0 || monitor(self, message.value) == ref) unreachable();
  } else {
    unlink(self, message.value);
  }
  return CONTINUE;
}

function keeper(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.kind == 1) {
    self.word = message.value;
    return CONTINUE;
  }
  if (sendShared(self, message.from, address) != 0) unreachable();
  return self.word ? CONTINUE : KEEP;
}

function marker(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  sendNumber(self, message.from, message.value);
  mark(self);
  return KEEP;
}

defineHandler(${Handler.MARKER}, marker.index);
defineHandler(${Handler.PICKER}, picker.index);
defineHandler(${Handler.AWAITER}, awaiter.index);
defineHandler(${Handler.WATCHER}, watcher.index);
const TEXT = memory.data<u8>([115, 104, 97, 114, 101, 100]);

function sharer(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const asker = changetype<Message>(address).from;
  const hold = share(TEXT, 6);
  for (let i = 0; i < 3; i++) sendNumber(self, asker, sendShared(self, asker, hold));
  sendNumber(self, asker, releaseShared(hold));
  sendNumber(self, asker, releaseShared(hold));
  sendNumber(self, asker, <f64>share(TEXT, 16385));
  sendNumber(self, asker, sendShared(self, asker, address));
  return CONTINUE;
}

function mirror(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  sendShared(self, changetype<Message>(address).from, address);
  sendShared(self, changetype<Message>(address).from, address);
  return CONTINUE;
}

function pointer(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const asker = changetype<Message>(address).from;
  sendBytes(self, asker, <usize>changetype<Message>(address).value, 16);
  return CONTINUE;
}

function writer(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  sendNumber(self, message.from, sendBytes(self, message.from, 0, <u32>message.value));
  return CONTINUE;
}

const CLERK_NAME = memory.data<u8>([99, 108, 101, 114, 107]);

function clerk(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  const value = message.value;
  let answer: f64 = 0;
  switch (message.tag) {
    case 0: { answer = register(self, self.pid, CLERK_NAME, 5); break; }
    case 1: { answer = whereis(self, CLERK_NAME, 5); break; }
    case 2: { answer = unregister(self, CLERK_NAME, 5); break; }
    case 3: { answer = joinGroup(self, CLERK_NAME, 5); break; }
    case 4: { answer = leaveGroup(self, CLERK_NAME, 5); break; }
    case 5: { answer = sendGroup(self, CLERK_NAME, 5, value, 7); break; }
    case 6: {
      const hold = share(CLERK_NAME, 5);
      answer = sendGroupShared(self, CLERK_NAME, 5, hold, 7);
      releaseShared(hold);
      break;
    }
    case 7: return CONTINUE;
    case 8: { answer = sendAfterName(self, CLERK_NAME, 5, value, value, 7); break; }
    case 9: { exit(self, self.pid, 4); answer = joinGroup(self, CLERK_NAME, 5); break; }
    default: { answer = sendGroup(self, 0xfffffff0, 5, value); break; }
  }
  sendNumber(self, message.from, answer);
  return CONTINUE;
}

defineHandler(${Handler.CLERK}, clerk.index);
defineHandler(${Handler.FRAGILE}, fragile.index);
defineHandler(${Handler.KILLER}, killer.index);
defineHandler(${Handler.SUICIDE}, suicide.index);
defineHandler(${Handler.STILLBORN}, stillborn.index);
defineHandler(${Handler.PARENT}, parent.index);
defineHandler(${Handler.BUSY}, busy.index);
defineHandler(${Handler.FINISHER}, finisher.index);
defineHandler(${Handler.DEEP}, deep.index);
defineHandler(${Handler.WILD}, wild.index);
defineHandler(${Handler.READER}, reader.index);
defineHandler(${Handler.SLEEPER}, sleeper.index);
defineHandler(${Handler.SHARER}, sharer.index);
defineHandler(${Handler.MIRROR}, mirror.index);
defineHandler(${Handler.POINTER}, pointer.index);
defineHandler(${Handler.WRITER}, writer.index);
defineHandler(${Handler.KEEPER}, keeper.index);
`;

/** The entry: the benchmarks' handlers, those above, and the verify build's exports. */
export const nativeEntry = `
import "./bench/native/handlers";
${handlers}
${ruleHandlers}
${PUPPET_SOURCE}
export * from "./assembly/debug";
`;

/** Compiles the kernel with the handlers above; takes a second or two. */
export async function buildNativeKernel(): Promise<Uint8Array<ArrayBuffer>> {
  const file = join(mutant ?? "", "kernel.native.wasm");
  if (mutant !== undefined && existsSync(file)) return new Uint8Array(readFileSync(file));
  return compileKernel(nativeEntry);
}

/**
 * Compiles an entry file, which lies in the root folder; takes a second or two. The sources of
 * the kernel may be those of another folder. A faulty kernel is run once, and not optimized.
 */
export async function compileKernel(
  entry: string, sources = mutant ?? root, level = mutant === undefined ? "-O1" : "-O0",
): Promise<Uint8Array<ArrayBuffer>> {
  const messages: string[] = [];
  let wasm: Uint8Array<ArrayBuffer> | undefined;
  const parameters = ["native-under-test.ts", "--debug", level, "--runtime", "stub"];
  const { error } = await main(
    [...parameters, "--use", "abort=", "--initialMemory", "2", "--outFile", "native.wasm"],
    {
      stdout: { write: () => undefined },
      stderr: { write: (text: string) => void messages.push(text) },
      readFile(name: string) {
        if (name === "native-under-test.ts") return entry;
        const path = join(name.startsWith("assembly/") ? sources : root, name);
        return existsSync(path) ? readFileSync(path, "utf8") : null;
      },
      writeFile(_name: string, contents: Uint8Array | string) {
        if (typeof contents !== "string") wasm = new Uint8Array(contents);
      },
      listFiles: () => [],
    },
  );
  if (error || wasm === undefined) throw new Error(`asc: ${messages.join("")}`, { cause: error });
  return wasm;
}
