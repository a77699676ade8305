// Builds the verify kernel with native processes that do at random what native processes can: for
// tests that compare two runs of one program.
import { compileKernel } from "./native-build.ts";

/** Ids of the handlers below. */
export const Traveller = {
  /** Does one thing or another with each message, as its word and the message say. */
  WANDERER: 40,
  /** Counts the kinds and values of all that it gets up in its word; traps exits. */
  COLLECTOR: 41,
  /** As COLLECTOR, in one build alone. */
  STRANGER: 42,
  /** Shares the bytes that it gets, and sends them to whose pid a number says. */
  HOLDER: 43,
} as const;

/** A wanderer's word is the state of its random numbers, so a snapshot has it. */
const handlers = `
import { bytesOf, cancelTimer, CONTINUE, defineHandler, demonitor, exit, KEEP, lengthOf, link,
  mark, Message, monitor, Process, sendAfter, sendNumber, sendShared, setFlag, share, spawn, STOP,
  unlink, wordOf,
} from "./assembly/native";
import { control } from "./assembly/control";
import { processAt } from "./assembly/process";

export * from "./assembly/debug";

/** The word of a process, dead or alive. */
export function word_of(pid: f64): f64 {
  return processAt(<u32>(<u64>pid & 0xffffff)).word;
}

/** The message as one number. */
function digest(message: Message): u32 {
  let sum: u32 = message.kind * 31 + message.tag;
  if (message.kind == 1) return sum * 31 + <u32>message.value;
  sum = sum * 31 + (message.kind == 2 ? 0 : wordOf(message));
  if (message.kind == 3) {
    for (let at: u32 = 0; at < lengthOf(message); at++) {
      sum = sum * 31 + load<u8>(bytesOf(message) + at);
    }
  }
  return sum;
}

/** Somebody, or the pid that a free slot will have next. */
function anybody(seed: u32): f64 {
  return processAt(1 + seed % (control.processFresh - 1)).pid;
}

function wanderer(self: Process, address: usize): u32 {
  if (!address) {
    setFlag(self, 0, <u32>self.word & 1);
    sendAfter(self, self.pid, 1, <f64>(<u32>self.word % 40), 1);
    return CONTINUE;
  }
  const message = changetype<Message>(address);
  const seed: u32 = (<u32>self.word ^ digest(message)) * 1664525 + 1013904223;
  self.word = <f64>seed;
  const peer = anybody(seed >> 11);
  if (message.tag == 1) sendAfter(self, self.pid, <f64>(seed & 7), <f64>(1 + (seed >> 7) % 90), 1);
  switch ((seed >> 23) & 31) {
    case 0: case 1: case 2: case 3: case 4: {
      spawn(self, ${Traveller.WANDERER}, <f64>(seed >> 3), (seed >> 5) & 15);
      break;
    }
    case 5: case 6: case 7: case 8: case 9: case 10: {
      sendNumber(self, peer, <f64>(seed >> 9));
      break;
    }
    case 11: case 12: {
      const timer = sendAfter(self, peer, <f64>(seed & 15), <f64>((seed >> 4) % 5000), 2);
      if (seed & 0x100) cancelTimer(self, timer);
      break;
    }
    case 13: case 14: case 15: {
      link(self, peer);
      break;
    }
    case 16: case 17: {
      monitor(self, peer);
      break;
    }
    case 18: {
      unlink(self, peer);
      break;
    }
    case 19: {
      demonitor(self, monitor(self, peer), 1);
      break;
    }
    case 20: {
      exit(self, peer, 4);
      break;
    }
    case 21: {
      if (message.tag != 1) return KEEP;
      break;
    }
    case 22: {
      mark(self);
      break;
    }
    case 24: {
      if (message.tag != 1) unreachable();
      break;
    }
    case 23: return message.tag == 1 ? CONTINUE : STOP;
  }
  return CONTINUE;
}

function collector(self: Process, address: usize): u32 {
  if (!address) {
    setFlag(self, 0, 1);
    return CONTINUE;
  }
  self.word = <f64>((<u32>self.word * 31 + digest(changetype<Message>(address))) & 0xffffff);
  return CONTINUE;
}

function holder(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (message.kind == 3) self.word = <f64>share(bytesOf(message), lengthOf(message));
  else if (sendShared(self, message.value, <usize>self.word) != 0) unreachable();
  return CONTINUE;
}

defineHandler(${Traveller.HOLDER}, holder.index);
defineHandler(${Traveller.WANDERER}, wanderer.index);
defineHandler(${Traveller.COLLECTOR}, collector.index);
`;

/** The build of most tests. */
export function buildTravellers(): Promise<Uint8Array<ArrayBuffer>> {
  return compileKernel(handlers);
}

/** A later build: one handler more, so that the others' table indexes are different. */
export function buildWithStranger(): Promise<Uint8Array<ArrayBuffer>> {
  return compileKernel(`
function stranger(self: Process, address: usize): u32 {
  return collector(self, address) + <u32>self.reductions * 0;
}
defineHandler(${Traveller.STRANGER}, stranger.index);
${handlers}`);
}
