// The native handler of the simulation: in AssemblyScript for the kernel, and what the model makes
// of it. A puppet does what the tag of each number tells it.
import { Atom, MessageKind, Option, ReasonKind, Status } from "../../host/kernel/abi.ts";
import { sendNumber } from "./sends.ts";
import { signalExit, spawn } from "./signals.ts";
import type { Message, Process } from "./records.ts";
import type { World } from "./world.ts";

/** The id under which native-build.ts registers it. */
export const PUPPET = 100;

/** What a puppet can be told, as the tag of a number. */
export const Order = {
  /** Sends the value less one to who has sent it, if it is above 0. */
  COUNT_DOWN: 0,
  TRAP: 1,
  STOP: 2,
  /** Sends an exit signal to the process whose pid is the value. */
  SHUT_DOWN: 3,
  KILL: 4,
  /** Spawns another, linked and monitored, and tells its pid to who has asked. */
  SPAWN: 5,
  /** Ends itself, and sends a number afterwards. */
  EXIT: 6,
  /** Ends itself, and traps afterwards. */
  EXIT_AND_TRAP: 7,
  /** Keeps as many of the next messages as the value says, up to 5. */
  KEEP: 8,
  /** Is shown only what comes from now on, until a message is used up. */
  MARK: 9,
  /** Is shown next a message with the value as its reference. */
  AWAIT: 10,
  /** Is shown next a message with the tag 3. */
  AWAIT_TAG: 11,
} as const;

export const PUPPET_SOURCE = `
function puppet(self: Process, address: usize): u32 {
  if (!address) return CONTINUE;
  const message = changetype<Message>(address);
  if (self.word > 0) {
    self.word -= 1;
    return KEEP;
  }
  if (message.kind != 1) return CONTINUE;
  switch (message.tag) {
    case ${Order.COUNT_DOWN}:
      if (message.value > 0) sendNumber(self, message.from, message.value - 1);
      break;
    case ${Order.TRAP}: unreachable();
    case ${Order.STOP}: return STOP;
    case ${Order.SHUT_DOWN}: exit(self, message.value, ${Atom.SHUTDOWN}); break;
    case ${Order.KILL}: exit(self, message.value, ${Atom.KILL}); break;
    case ${Order.SPAWN}:
      sendNumber(self, message.from, spawn(self, ${PUPPET}, 0, ${Option.LINK | Option.MONITOR}));
      break;
    case ${Order.EXIT}: case ${Order.EXIT_AND_TRAP}:
      exit(self, self.pid, ${Atom.SHUTDOWN});
      if (message.tag == ${Order.EXIT_AND_TRAP}) unreachable();
      sendNumber(self, message.from, 1);
      break;
    case ${Order.KEEP}: self.word = min(message.value, 5); break;
    case ${Order.MARK}: mark(self); break;
    case ${Order.AWAIT}: awaitRef(self, message.value); break;
    case ${Order.AWAIT_TAG}: awaitTag(self, 3); break;
  }
  return CONTINUE;
}

defineHandler(${PUPPET}, puppet.index);
`;

/** What a native process is charged for a spawn. */
const SPAWN_REDUCTIONS = 4;

/** One call of the handler; message undefined: the process has just been born. */
export function handle(
  world: World, self: Process, message: Message | undefined, used: { charged: number },
): "continue" | "stop" | "trap" | "keep" {
  if (message !== undefined && self.word > 0) {
    self.word--;
    return "keep";
  }
  if (message?.kind !== MessageKind.NUMBER) return "continue";
  const { from, value } = message;
  const exit = (to: number, atom: number) => {
    const target = world.find(to);
    if (target === undefined) return;
    signalExit(world, self.pid, target, { kind: ReasonKind.ATOM, value: atom });
  };
  switch (message.tag) {
    case Order.COUNT_DOWN:
      if (value > 0) sendNumber(world, Status.OK, self.pid, from, 0, 0, value - 1);
      break;
    case Order.TRAP: return "trap";
    case Order.STOP: return "stop";
    case Order.SHUT_DOWN: exit(value, Atom.SHUTDOWN); break;
    case Order.KILL: exit(value, Atom.KILL); break;
    case Order.SPAWN: {
      used.charged += SPAWN_REDUCTIONS;
      const pid = spawn(world, self.pid, true, Option.LINK | Option.MONITOR, NaN);
      sendNumber(world, Status.OK, self.pid, from, 0, 0, pid);
      break;
    }
    case Order.EXIT: case Order.EXIT_AND_TRAP:
      exit(self.pid, Atom.SHUTDOWN);
      if (message.tag === Order.EXIT_AND_TRAP) return "trap";
      sendNumber(world, Status.OK, self.pid, from, 0, 0, 1);
      break;
    case Order.KEEP: self.word = Math.min(value, 5); break;
    case Order.MARK: self.cursor = self.mailbox.length; break;
    case Order.AWAIT: self.waitRef = value; break;
    case Order.AWAIT_TAG: self.waitRef = -1 - 3;
  }
  return "continue";
}
