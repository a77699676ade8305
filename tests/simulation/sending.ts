// What random programs send: messages of every kind, to processes, aliases, groups and names.
import { MessageKind, Status } from "../../host/kernel/abi.ts";
import { Choices } from "./choices.ts";
import { Order } from "./natives.ts";

export const NAMES = ["", "a", "b", "ab", "ba", "b".repeat(3072), "c".repeat(3073), "äö"];
const LENGTHS = [0, 1, 31, 32, 33, 200, 700, 1500, 1600, 1601, 4000, 8000, 16352, 16384, 16385];

export class Sending extends Choices {
  send(): void {
    const random = this.random;
    const [from, to, tag, ref] = [this.from(), this.address(), this.tag(), this.ref()];
    switch (random.below(5)) {
      case 0: return void this.call("send_handle", from, to, tag, ref, this.handle());
      case 1: return this.#sendBytes(from, to, tag, ref);
      case 2: return this.#sendShared(from, to, tag, ref);
      default: return void this.call("send_number", from, to, tag, ref, random.bits() - 2 ** 31);
    }
  }

  #sendBytes(from: number, to: number, tag: number, ref: number): void {
    const [pointer, length] = this.writeBytes();
    this.call("send_bytes", from, to, tag, ref, pointer, length);
  }

  /** Bytes in the scratch area: where and how many. */
  protected writeBytes(): [number, number] {
    const random = this.random;
    const length = this.pick(LENGTHS);
    const bytes = new Uint8Array(length).fill(random.below(256));
    if (length > 1) bytes[length - 1] = random.below(256);
    const offset = random.below(60);
    this.simulation.write(bytes, offset);
    return [this.simulation.scratch + offset, length];
  }

  #sendShared(from: number, to: number, tag: number, ref: number): void {
    const isFew = this.world.holds.size < 4;
    if (isFew && this.random.chance(0.3)) this.call("share", ...this.writeBytes());
    this.call("send_shared", from, to, tag, ref, this.hold());
  }

  /** Tells a native process what to do. */
  order(): void {
    const random = this.random;
    const natives = [...this.world.processes.values()].filter(({ isNative }) => isNative);
    const puppet = random.pick(natives);
    if (puppet === undefined) return;
    const tag = random.pick([
      Order.COUNT_DOWN, Order.COUNT_DOWN, Order.COUNT_DOWN, Order.TRAP, Order.STOP, Order.SHUT_DOWN,
      Order.KILL, Order.SPAWN, Order.SPAWN, Order.EXIT, Order.EXIT_AND_TRAP, Order.KEEP, Order.KEEP,
      Order.KEEP, Order.MARK, Order.MARK, Order.AWAIT, Order.AWAIT, Order.AWAIT_TAG,
    ]) as number;
    const isLong = tag === Order.COUNT_DOWN && random.chance(0.1);
    const from = isLong || random.chance(0.2) ? puppet.pid : this.from();
    const value = isLong ? random.below(9000) : tag === Order.COUNT_DOWN ? random.below(6)
      : tag === Order.KEEP ? 1 + random.below(4) : tag === Order.AWAIT ? Math.abs(this.ref())
      : this.pid();
    this.call("send_number", from, puppet.pid, tag, 0, value);
  }

  drain(): void {
    while (this.call("released_next") > 0) continue;
  }

  release(): void {
    const hold = this.some(this.world.holds.keys());
    if (hold === undefined) return;
    this.call("release", hold);
    if (this.random.chance(0.5)) this.call("release", hold);
  }

  /** Numbers to one process until the memory is used up, or it takes no more. */
  flood(): void {
    const to = this.pid();
    for (let before = -1, length = 0; length > before; ) {
      if (this.call("send_number", 0, to, 0, 0, 1) !== Status.OK) break;
      before = length;
      length = this.world.find(to)?.mailbox.length ?? 0;
    }
  }

  timer(): void {
    const random = this.random;
    if (random.chance(0.4)) {
      const ref = random.chance(0.8) ? this.some(this.world.timers)?.ref : undefined;
      this.call(random.chance(0.5) ? "cancel_timer" : "read_timer", ref ?? this.ref());
      return;
    }
    const kind = random.chance(0.02) ? MessageKind.BYTES : this.numberOrHandle();
    const value = kind === MessageKind.HANDLE ? this.handle() : random.below(1000);
    const ref = random.chance(0.6) ? 0 : this.ref();
    const [from, tag] = [this.from(), random.below(random.chance(0.02) ? 300 : 256)];
    const isAbsolute = random.chance(0.3);
    const ms = isAbsolute ? this.now + this.time() - 10 : this.time();
    const options = random.chance(0.02) ? 2 : isAbsolute ? 1 : 0;
    const rest = [tag, ref, kind, value, ms, options];
    const started = random.chance(0.3)
      ? this.call("send_after_name", from, this.writeName(this.pick(NAMES)), ...rest)
      : this.call("send_after", from, this.pid(), ...rest);
    this.remember(started);
  }

  groupSend(): void {
    const random = this.random;
    const length = this.writeName(this.groupName());
    const [from, ref] = [this.from(), this.ref()];
    const tag = random.below(random.chance(0.02) ? 300 : 256);
    const kind = random.chance(0.3) ? MessageKind.BYTES : this.numberOrHandle();
    const value = kind === MessageKind.BYTES ? this.hold()
      : kind === MessageKind.HANDLE ? this.handle() : random.below(1000);
    this.call("group_send", from, length, tag, ref, kind, value);
  }

  protected numberOrHandle(): number {
    return this.pick([MessageKind.NUMBER, MessageKind.NUMBER, MessageKind.HANDLE]);
  }

  /** A hold of the host, now and then any number. */
  protected hold(): number {
    const hold = this.random.chance(0.95) ? this.some(this.world.holds.keys()) : undefined;
    return hold ?? this.random.below(2 ** 20);
  }

  /** Puts a name into the scratch area: its length. */
  protected writeName(name: string): number {
    const bytes = new TextEncoder().encode(name);
    this.simulation.write(bytes);
    return bytes.length;
  }

  /** Mostly that of a group with members. */
  protected groupName(): string {
    const member = this.random.chance(0.7) ? this.some(this.world.memberships) : undefined;
    return member === undefined ? this.pick(NAMES)
      : Buffer.from(member.group, "latin1").toString("utf8");
  }
}
