// A host that keeps to the rules, for fuzzes of the ABI: it gives a kernel a history, so that what
// is passed in by mistake meets processes with turns, mailboxes, timers, names and groups.
import {
  aliasOf, Atom, EventKind, Flag, List, MessageKind, Option, ReasonKind, Status, type Address,
  type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import type { Kernel } from "../../host/kernel/kernel.ts";
import type { Random } from "./random.ts";

const NAMES = ["a", "b", "group"];

export class LegalHost {
  readonly #kernel: Kernel;
  readonly #random: Random;
  readonly #handlers: readonly number[];
  /** Hears of every number that means something. */
  readonly #tell: (found: number) => void;
  readonly #handles: number[];
  readonly #holds: number[] = [];
  readonly #aliases: Ref[] = [];
  /** The latest time that was told, also by others. */
  now = 0;

  constructor(
    kernel: Kernel, random: Random, handles: number, handlers: readonly number[],
    tell: (found: number) => void,
  ) {
    this.#kernel = kernel;
    this.#random = random;
    this.#handlers = handlers;
    this.#tell = tell;
    this.#handles = Array.from({ length: handles }, (_, index) => index + 1);
  }

  /** Does something that a host may do now. */
  act(): void {
    const random = this.#random;
    const { pid, other } = { pid: this.#pid(), other: this.#pid() };
    switch (random.below(15)) {
      case 0: return this.#spawn(pid);
      case 13: return this.#look(pid);
      case 1: case 2: return this.#send(pid, other);
      case 3: case 4: case 5: return this.step();
      case 6: case 7: return this.#turn(pid);
      case 8: return this.#relate(pid, other);
      case 9: return this.#group(pid);
      case 10: return this.#time(pid, other);
      case 11: return this.#limit(pid);
      case 12: return this.#hold(pid, other);
      default: return this.#end(pid, other);
    }
  }

  #pid(): Pid {
    return this.#random.pick([...this.#kernel.processes()]) ?? (1 as Pid);
  }

  #address(pid: Pid): Address {
    const alias = this.#random.chance(0.3) ? this.#random.pick(this.#aliases) : undefined;
    return alias === undefined ? pid : aliasOf(alias);
  }

  #told(found: number): void {
    if (found > 0) this.#tell(found);
  }

  #spawn(parent: Pid): void {
    const random = this.#random;
    const options = random.chance(0.5) ? 0
      : random.below(4) + Option.LINK * random.below(2) + Option.TRAP_EXIT * random.below(2);
    const handler = random.chance(0.3) ? random.pick(this.#handlers) : undefined;
    this.#told(handler === undefined ? this.#kernel.spawnHost(parent, options)
      : this.#kernel.spawnNative(parent, handler, 0, options));
  }

  #send(from: Pid, to: Pid): void {
    const random = this.#random;
    const address = this.#address(to);
    const tag = random.below(4) + (address < 0 && random.chance(0.5) ? 256 : 0);
    switch (random.below(3)) {
      case 0: return void this.#kernel.sendNumber(from, address, tag, 0, random.below(9));
      case 1: return this.#withHandle((h) => this.#kernel.sendHandle(from, address, tag, 0, h));
      default: {
        const bytes = new Uint8Array(random.pick([0, 5, 900, 3000]) ?? 0);
        this.#kernel.sendBytes(from, address as Pid, tag, 0, bytes);
      }
    }
  }

  #withHandle(use: (handle: number) => number): void {
    const handle = this.#handles.pop();
    if (handle !== undefined && use(handle) < 0) this.#handles.push(handle);
  }

  /** Time goes by; what is told is done. */
  step(): void {
    this.now += this.#random.below(40);
    try {
      this.#kernel.step(this.now, 5000);
    } catch {
      // A native handler's trap. If it was the kernel's own, the next call answers CORRUPT.
    }
    while (this.#kernel.nextEvent()) {
      const { type, pid } = this.#kernel.event;
      this.#told(pid);
      if (type === EventKind.RUN) this.#kernel.begin(pid);
      else if (type === EventKind.EXITED) this.#kernel.reap(pid);
    }
    this.#kernel.drainReleased((handle) => this.#handles.push(handle));
  }

  #turn(pid: Pid): void {
    const kernel = this.#kernel;
    const random = this.#random;
    if (kernel.peek(pid) === Status.SHOWN && random.chance(0.8)) {
      if (random.chance(0.3)) return void kernel.skip(pid);
      const { kind, last, value, hold } = kernel.message;
      kernel.take(pid);
      if (kind === MessageKind.BYTES) this.#holds.push(hold);
      else if (kind !== MessageKind.NUMBER && last) this.#handles.push(value);
      return;
    }
    switch (random.below(5)) {
      case 0: return void kernel.yieldTurn(pid, 5);
      case 1: return void kernel.hibernate(pid, 5);
      case 2: return void kernel.waitRef(pid, 5 as Ref, random.below(100), 5);
      default: return void kernel.wait(pid, random.chance(0.5) ? Infinity : random.below(100), 5);
    }
  }

  #relate(pid: Pid, other: Pid): void {
    const random = this.#random;
    const kernel = this.#kernel;
    switch (random.below(7)) {
      case 0: return void kernel.link(pid, other, random.below(2));
      case 1: return void kernel.unlink(pid, kernel.processList(pid, List.LINKS)[0] ?? other);
      case 2: return void kernel.suspend(pid, other, 0);
      case 3: case 4: {
        const suspended = kernel.processList(pid, List.SUSPENDING)[0];
        return void kernel.resume(pid, suspended ?? other);
      }
      case 5: return this.#monitor(pid, other);
      default: {
        const ref = kernel.alias(pid, random.below(4));
        this.#told(ref);
        if (ref > 0) this.#aliases.push(ref);
        if (random.chance(0.3)) kernel.unalias(pid, ref);
        if (this.#aliases.length > 5) this.#aliases.shift();
      }
    }
  }

  #monitor(pid: Pid, other: Pid): void {
    const kernel = this.#kernel;
    const made = kernel.monitor(pid, other, this.#random.below(16), 1);
    this.#told(made);
    if (made > 0 && this.#random.chance(0.4)) kernel.demonitor(pid, made, this.#random.below(2));
  }

  #group(pid: Pid): void {
    const kernel = this.#kernel;
    const name = this.#random.pick(NAMES) ?? "";
    switch (this.#random.below(5)) {
      case 0: return void kernel.groupJoin(pid, name);
      case 1: return void kernel.groupLeave(pid, name);
      case 2: return void kernel.register(pid, name);
      case 3: return void kernel.unregister(name);
      default: return void kernel.groupSendNumber(0, name, 1, 0, 5);
    }
  }

  #time(from: Pid, to: Pid): void {
    const kernel = this.#kernel;
    const ms = this.#random.below(200);
    const { NUMBER, HANDLE } = MessageKind;
    switch (this.#random.below(3)) {
      case 0: return this.#told(kernel.sendAfter(from, to, 1, 0, NUMBER, 1, ms));
      case 1: return this.#withHandle((h) => kernel.sendAfter(from, to, 1, 0, HANDLE, h, ms));
      default: {
        const ref = kernel.sendAfterName(from, "a", 1, 0, NUMBER, 1, ms);
        this.#told(ref);
        if (this.#random.chance(0.3)) kernel.cancelTimer(ref as Ref);
      }
    }
  }

  #look(pid: Pid): void {
    const kernel = this.#kernel;
    const name = this.#random.pick(NAMES) ?? "";
    switch (this.#random.below(4)) {
      case 0: return void kernel.exports.snapshot();
      case 1: return void kernel.monitorName(pid, name);
      case 2: return void kernel.groupLeave(kernel.groupMembers(name)[0] ?? pid, name);
      default: {
        const ref = kernel.sendAfter(0, pid, 0, 0, MessageKind.NUMBER, 1, 50);
        this.#told(kernel.readTimer(ref));
      }
    }
  }

  #limit(pid: Pid): void {
    const random = this.#random;
    const flag = random.below(6);
    const most = [2, 4, 6, 3, 400, 4][flag] ?? 1;
    this.#kernel.processFlag(pid, flag, random.below(most));
    if (flag === Flag.PRIORITY) this.#kernel.watch(random.below(3), random.below(6));
  }

  #hold(from: Pid, to: Pid): void {
    const hold = this.#holds.pop();
    if (hold === undefined) {
      const made = this.#kernel.share(new Uint8Array(this.#random.below(3000)));
      this.#told(made);
      if (made > 0) this.#holds.push(made);
      return;
    }
    if (this.#random.chance(0.5)) this.#holds.push(hold);
    else this.#kernel.release(hold);
    this.#kernel.sendShared(from, to, 1, 0, hold);
  }

  #end(from: Pid, to: Pid): void {
    const random = this.#random;
    if (random.chance(0.6)) return;
    if (random.chance(0.5)) {
      this.#kernel.exitSignal(from, this.#address(to), ReasonKind.ATOM, random.below(5));
    } else if (random.chance(0.5)) {
      this.#withHandle((handle) => this.#kernel.finish(to, ReasonKind.HANDLE, handle));
    } else {
      this.#kernel.finish(to, ReasonKind.ATOM, Atom.NORMAL);
    }
  }
}
