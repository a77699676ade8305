// What processes of random programs have to do with each other: links, monitors, aliases,
// suspensions, names, groups, exit signals.
import { MessageKind } from "../../host/kernel/abi.ts";
import { NAMES, Sending } from "./sending.ts";

export class Relating extends Sending {
  link(): void {
    const known = this.random.chance(0.5) ? this.some(this.world.links) : undefined;
    const [a, b] = known === undefined ? [this.pid(), this.pid()] : [known.a.pid, known.b.pid];
    const pair = this.random.chance(0.5) ? [a, b] : [b, a];
    if (this.random.chance(0.35)) this.call("unlink", ...pair);
    else this.call("link", ...pair, this.random.chance(0.02) ? 2 : this.random.below(2));
  }

  monitor(): void {
    const random = this.random;
    if (random.chance(0.55)) return this.#monitor();
    const downs = [...this.world.processes.values()].flatMap(({ pid, mailbox }) => {
      const queued = mailbox.filter(({ kind }) => kind === MessageKind.DOWN);
      return queued.map(({ ref }) => ({ ref, watcher: pid }));
    });
    const active = this.world.monitors.map(({ ref, watcher }) => ({ ref, watcher: watcher.pid }));
    const known = random.pick(random.chance(0.4) ? downs : active);
    const watcher = random.chance(0.8) ? known?.watcher : undefined;
    const ref = known?.ref || this.ref();
    this.call("demonitor", watcher ?? this.pid(), ref, random.below(2));
  }

  #monitor(): void {
    const random = this.random;
    const options = random.chance(0.02) ? 16 : random.chance(0.3) ? 0 : random.below(16);
    const tag = random.chance(0.02) ? 256 : random.below(256);
    const made = random.chance(0.3)
      ? this.call("monitor_name", this.pid(), this.writeName(this.pick(NAMES)), options, tag)
      : this.call("monitor", this.pid(), this.pid(), options, tag);
    this.remember(made);
  }

  exit(): void {
    const to = this.address();
    const [kind, value] = this.reason();
    const urgent = this.random.chance(to < 0 ? 0.5 : 0.02) ? 256 : 0;
    this.call("exit_signal", this.random.chance(0.2) ? to : this.from(), to, kind + urgent, value);
  }

  alias(): void {
    const random = this.random;
    if (random.chance(0.6)) {
      const options = random.chance(0.02) ? 4 : random.below(4);
      this.remember(this.call("alias", this.pid(), options));
      return;
    }
    const known = random.chance(0.8) ? this.some(this.world.aliases) : undefined;
    const pid = random.chance(0.9) ? known?.owner.pid : undefined;
    this.call("unalias", pid ?? this.pid(), known?.ref ?? this.ref());
  }

  suspend(): void {
    const random = this.random;
    const known = random.chance(0.7) ? this.some(this.world.suspensions) : undefined;
    const suspender = known?.suspender.pid ?? this.pid();
    const suspended = known?.suspended.pid ?? this.pid();
    if (random.chance(known === undefined ? 0.1 : 0.6)) this.call("resume", suspender, suspended);
    else this.call("suspend", suspender, suspended, random.chance(0.02) ? 2 : random.below(2));
  }

  name(): void {
    const length = this.writeName(this.pick(NAMES));
    switch (this.random.below(4)) {
      case 0: return void this.call("unregister", length);
      case 1: return void this.call("whereis", length);
      default: return void this.call("register", this.pid(), length);
    }
  }

  group(): void {
    const random = this.random;
    const known = random.chance(0.6) ? this.some(this.world.memberships) : undefined;
    const pid = known?.process.pid ?? this.pid();
    const length = this.writeName(this.groupName());
    switch (random.below(7)) {
      case 0: return void this.call("group_leave", pid, length);
      case 1: return void this.call("group_size", length);
      case 2: return void this.call("group_count", pid, length);
      case 3: return void this.call("group_member", length, random.chance(0.3) ? 0 : pid);
      default: return void this.call("group_join", random.chance(0.3) ? pid : this.pid(), length);
    }
  }
}
