// What a load generator measures, whichever it is: ours in TypeScript, or xload from PEERS.
import type { ServerUnderTest } from "./servers.ts";

/** Chat at saturation: pairs of users, each pair with `window` messages under way. */
export interface ChatLoad {
  readonly pairs: number;
  readonly window: number;
  readonly warmSeconds: number;
  readonly recordSeconds: number;
}

export interface ChatFigures {
  /** CPU time, user and system, of the server's process tree for a delivered message. */
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

export interface IdleFigures {
  /** Growth of the process tree's resident memory for a connection with presence. */
  readonly bytes: number;
  /** CPU time of the server for a login. */
  readonly loginCpuUs: number;
}

/** Every method throws if anything is refused, lost, delivered twice or out of order. */
export interface LoadGenerator {
  readonly name: string;
  /** Makes sure that the first `count` accounts exist. */
  register(server: ServerUnderTest, count: number): Promise<void>;
  chat(server: ServerUnderTest, load: ChatLoad): Promise<ChatFigures>;
  /** `count` sessions, then `holdSeconds` of nothing; wants a freshly started server. */
  idle(server: ServerUnderTest, count: number, holdSeconds: number): Promise<IdleFigures>;
}
