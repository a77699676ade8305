// What the kernel's numbers are in the words of a scenario: processes, references, messages.
import {
  Atom, MessageKind, ReasonKind, type Pid, type Ref,
} from "../../host/kernel/abi.ts";
import type { TestKernel } from "../assembly/test-kernel.ts";
import { termText, type Pattern, type Target, type Term } from "./scenario.ts";

/** Tags of messages: 0 is a plain one, from 2 on they are words of monitors. */
export const TAG_MESSAGE = 0;
export const TAG_TIMEOUT = 1;

const atoms: ReadonlyMap<Term, number> =
  new Map(Object.entries(Atom).map(([name, code]) => [name.toLowerCase(), code]));
const atomTexts = new Map([...atoms].map(([name, code]) => [code, String(name)]));

/** The scenario's processes, references and values, as the kernel numbers them. */
export class RawWords {
  readonly k: TestKernel;
  readonly pids = new Map<string, Pid>();
  readonly refs = new Map<string, Ref>();
  /** Monitors that were made by name. */
  protected readonly byName = new Set<Ref>();
  /** Timers of send_after: their messages bear the reference too, which nobody is to see. */
  protected readonly plainTimers = new Set<Ref>();
  /** What handles stand for. */
  readonly #values = new Map<number, Term>();
  readonly #tags: string[] = ["DOWN", "timeout"];

  constructor(k: TestKernel) {
    this.k = k;
  }

  // ---- messages ----

  /** Whether the message that is shown is wanted. */
  isWanted(match: Pattern | undefined): boolean {
    if (match === undefined) return true;
    const { kind, from } = this.k.fast.message;
    const ref = this.#shownRef();
    const isSignal = kind === MessageKind.EXIT || kind === MessageKind.DOWN;
    if ("exit" in match) return kind === MessageKind.EXIT && from === this.pid(match.exit);
    if ("down" in match) return kind === MessageKind.DOWN && ref === this.ref(match.down);
    if ("ref" in match) return !isSignal && ref === this.ref(match.ref);
    return !isSignal && this.shownText() === termText(match.body);
  }

  /** The message that is shown, as it reads in a trace. */
  shownText(): string {
    const { kind, tag, from, ref, value, reasonKind } = this.k.fast.message;
    if (kind === MessageKind.EXIT) {
      return `EXIT ${this.who(from)} ${this.reasonText(reasonKind, value)}`;
    }
    if (kind === MessageKind.DOWN) {
      const who = this.byName.has(ref) ? "" : `${this.who(from)} `;
      const word = this.#tags[tag] ?? tag;
      return `${word} ${this.#which(ref)} ${who}${this.reasonText(reasonKind, value)}`;
    }
    const body = kind === MessageKind.NUMBER ? String(value) : this.valueText(value);
    if (tag === TAG_TIMEOUT) return `timeout ${this.#which(ref)} ${body}`;
    return this.#shownRef() === 0 ? body : `${this.#which(ref)}: ${body}`;
  }

  /** The reference that the message which is shown was sent with, 0 if none. */
  #shownRef(): Ref | 0 {
    const { ref } = this.k.fast.message;
    const isPlain = this.plainTimers.has(ref) || ![...this.refs.values()].includes(ref);
    return isPlain ? 0 : ref;
  }

  reasonText(kind: number, value: number): string {
    if (kind === ReasonKind.HANDLE) return this.valueText(value);
    return atomTexts.get(value) ?? `atom ${value}`;
  }

  valueText(handle: number): string {
    const value = this.#values.get(handle);
    return value === undefined ? "?" : termText(value);
  }

  // ---- the scenario's words ----

  pid(name: string): Pid {
    const pid = this.pids.get(name);
    if (pid === undefined) throw new Error(`${name} has not been spawned`);
    return pid;
  }

  ref(name: string): Ref {
    const ref = this.refs.get(name);
    if (ref === undefined) throw new Error(`no reference ${name} has been made`);
    return ref;
  }

  who(pid: Pid): string {
    return [...this.pids].find(([, one]) => one === pid)?.[0] ?? "?";
  }

  #which(ref: Ref): string {
    return [...this.refs].find(([, one]) => one === ref)?.[0] ?? "?";
  }

  /** The address of a target; 0 if nobody has the name. */
  protected place(to: Target): Pid | 0 {
    if (typeof to === "string") return this.pid(to);
    if ("name" in to) return this.k.kernel.whereis(to.name);
    return -this.ref(to.alias) as Pid;
  }

  /** The number of a tag's word. */
  protected tagOf(word: string): number {
    if (!this.#tags.includes(word)) this.#tags.push(word);
    return this.#tags.indexOf(word);
  }

  protected hold(value: Term): number {
    const handle = this.k.handle();
    this.#values.set(handle, value);
    return handle;
  }

  protected reason(reason: Term): [kind: number, value: number] {
    const atom = atoms.get(reason);
    if (atom !== undefined) return [ReasonKind.ATOM, atom];
    return [ReasonKind.HANDLE, this.hold(reason)];
  }
}
