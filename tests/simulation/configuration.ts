// The simulated worlds: each has its own small limits and its own weights of the actions, some of
// them 0. So some worlds are full of timers, others of links, others of messages that nobody takes.
import type { Limits } from "../../host/kernel/abi.ts";
import type { Random } from "../assembly/random.ts";

/** How often each action is chosen, before a world changes it. */
const WEIGHTS = {
  spawn: 4, spawnNative: 2, send: 12, order: 3, step: 8, event: 14, begin: 3, turn: 26, reap: 2,
  drain: 2, release: 2, link: 3, monitor: 3, exit: 2, timer: 4, name: 2, flag: 1, look: 2, flood: 0,
  alias: 4, suspend: 3, group: 4, groupSend: 2, guard: 2, watch: 0.5,
};
export type Action = keyof typeof WEIGHTS;

/** Without these a world comes to rest. */
const NEEDED: readonly Action[] = ["spawn", "step", "event", "turn", "reap", "drain"];

const EPOCHS = [0, 1_000_000, 0.5, -(2 ** 40), 1.7e12 + 0.25];

export interface Configuration {
  readonly limits: Limits;
  readonly weights: Readonly<Record<Action, number>>;
  readonly epoch: number;
}

/** A world's limits and weights. */
export function configure(random: Random): Configuration {
  const isTight = random.chance(0.3);
  const limits: Limits = {
    processes: 2 + random.below(random.chance(0.2) ? 40 : 12),
    relations: 3 + random.below(random.chance(0.3) ? 80 : 24),
    messageBytes: 16384 * (isTight ? 1 + random.below(4) : 64),
    handles: 2 + random.below(16),
    events: 2 ** random.below(5),
    names: 1 + random.below(3),
    scratchBytes: 16384 + 64,
    groups: 1 + random.below(4),
  };
  const weights: Record<Action, number> = { ...WEIGHTS };
  for (const action of Object.keys(weights) as Action[]) {
    if (NEEDED.includes(action)) continue;
    weights[action] *= random.pick([0, 0.3, 1, 1, 1, 3]) as number;
  }
  // What a native process does when the memory is used up nobody can see.
  if (isTight) {
    weights.spawnNative = 0;
    weights.order = 0;
    weights.flood = 0.3;
  }
  return { limits, weights, epoch: random.pick(EPOCHS) as number };
}

/** A world in which little else happens but what has a weight here, besides what is needed. */
export function focus(
  random: Random, wanted: Partial<Record<Action, number>>, limits: Partial<Limits>,
): Configuration {
  const weights: Record<Action, number> = { ...WEIGHTS };
  for (const action of Object.keys(weights) as Action[]) {
    const fallback = NEEDED.includes(action) ? weights[action] / 2 : 0;
    weights[action] = wanted[action] ?? fallback;
  }
  const roomy: Limits = {
    processes: 5, relations: 40, messageBytes: 2 ** 18, handles: 8, events: 8, names: 2,
    scratchBytes: 16384 + 64, groups: 2,
  };
  return { limits: { ...roomy, ...limits }, weights, epoch: random.pick(EPOCHS) as number };
}
