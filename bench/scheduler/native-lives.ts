// Native processes that begin and end: spawn and exit, monitors, links, a tree of a million.
import { Atom, Option, ReasonKind } from "../../host/kernel/abi.ts";
import type { Pid } from "../../host/kernel/abi.ts";
import type { Size, TimeBenchmark, Work } from "../instrument/benchmark.ts";
import { assertAged, GENERATIONS } from "./aged.ts";
import {
  checkEqual, checked, Counter, Handler, loadAgedKernel, runUntilIdle, send, spawnNative,
} from "./native-kernel.ts";

/** The spawner gives way when its slice of 4,000 reductions is used up: so many live at once. */
const SPAWN_SLOTS = 8192;
/** Those that end in the time of their slice make room; more than are ever alive at once. */
const MONITORED_SLOTS = 1100;

function spawnExit({ breadth, operations, generations }: Size): Work {
  const kernel = loadAgedKernel(SPAWN_SLOTS, generations);
  const spawner = spawnNative(kernel, Handler.SPAWNER, breadth);
  assertAged([spawner], generations);
  const run = () => {
    send(kernel, spawner, 0, operations);
    runUntilIdle(kernel);
  };
  return { run: () => checked(kernel, Counter.EXITS, operations, run) };
}

function spawnMonitor({ operations, generations }: Size): Work {
  const kernel = loadAgedKernel(MONITORED_SLOTS, generations);
  const spawner = spawnNative(kernel, Handler.MONITORER, 0);
  assertAged([spawner], generations);
  const run = () => {
    send(kernel, spawner, 0, operations);
    runUntilIdle(kernel);
  };
  return {
    run: () => {
      checked(kernel, Counter.EXITS, operations, run);
      checkEqual(kernel.exports.bench_word(spawner), 0); // the DOWNs that are missing
    },
  };
}

/** All of the work is one call: the signal to the hub. */
function linkCascade({ breadth, generations }: Size): Work {
  const limits = { relations: 2 * breadth + 8 };
  const kernel = loadAgedKernel(breadth + 1, generations, limits);
  let hub: Pid;
  const arrange = () => {
    hub = spawnNative(kernel, Handler.IDLER, 0);
    for (let index = 0; index < breadth; index++) {
      const linked = spawnNative(kernel, Handler.IDLER, 0, hub, Option.LINK);
      if (index === 0) assertAged([hub, linked], generations);
    }
    runUntilIdle(kernel);
  };
  const run = () => void kernel.exitSignal(0, hub, ReasonKind.ATOM, Atom.SHUTDOWN);
  return { arrange, run: () => checked(kernel, Counter.EXITS, breadth + 1, run) };
}

/** `breadth` leaves, a power of ten. */
function skynet({ breadth, operations, generations }: Size): Work {
  const levels = Math.round(Math.log10(breadth));
  const limits = { messageBytes: 64 * breadth + 2 ** 20 };
  const kernel = loadAgedKernel(operations + 1, generations, limits);
  const owner = spawnNative(kernel, Handler.TREE_OWNER, 0);
  assertAged([owner], generations);
  const run = () => {
    spawnNative(kernel, Handler.TREE_NODE, levels, owner);
    runUntilIdle(kernel);
  };
  return {
    run: () => {
      checked(kernel, Counter.EXITS, operations, run);
      checkEqual(kernel.exports.bench_word(owner), breadth * (breadth - 1) / 2);
    },
  };
}

export const nativeSpawnExit: TimeBenchmark = {
  kind: "time",
  name: "native-spawn-exit",
  work: "A native process spawns 1,000,000 that end at once.",
  operation: "process",
  size: { breadth: 1000, operations: 1_000_000, generations: GENERATIONS },
  tiny: { breadth: 10, operations: 25, generations: 2 },
  systems: { pidgeon: spawnExit },
  beam: "spawn_exit",
  c: "spawn_exit",
  bars: [{ against: "beam", atMost: 1 / 25 }],
};

export const nativeSpawnMonitor: TimeBenchmark = {
  kind: "time",
  name: "native-spawn-monitor",
  work: "A native process spawns and monitors 500,000 that end at once, 1,000 at a time.",
  operation: "process",
  size: { breadth: 1000, operations: 500_000, generations: GENERATIONS },
  tiny: { breadth: 1000, operations: 2500, generations: 2 },
  systems: { pidgeon: spawnMonitor },
  beam: "spawn_monitor",
  superCarrier: true,
  bars: [{ against: "beam", atMost: 1 / 10 }],
};

export const nativeLinkCascade: TimeBenchmark = {
  kind: "time",
  name: "native-link-cascade",
  work: "A native process with 100,000 links ends, and all that are linked to it end with it.",
  operation: "process",
  size: { breadth: 100_000, operations: 100_000, generations: GENERATIONS },
  tiny: { breadth: 20, operations: 20, generations: 2 },
  systems: { pidgeon: linkCascade },
  beam: "link_cascade",
  superCarrier: true,
  bars: [{ against: "beam", atMost: 1 / 10 }],
};

export const nativeLinkCascadeCold: TimeBenchmark = {
  ...nativeLinkCascade,
  name: "native-link-cascade-cold",
  work: "As native-link-cascade: the first pass, in a new kernel.",
  cold: true,
};

export const nativeSkynet: TimeBenchmark = {
  kind: "time",
  name: "native-skynet",
  work: "1,111,111 native processes, a tree in which each spawns ten; 1,000,000 leaves are added.",
  operation: "process",
  size: { breadth: 1_000_000, operations: 1_111_111, generations: GENERATIONS },
  tiny: { breadth: 100, operations: 111, generations: 2 },
  systems: { pidgeon: skynet },
  beam: "skynet",
  superCarrier: true,
  c: "skynet",
  bars: [{ against: "beam", atMost: 1 / 10 }],
};

/** Pids are new here: to age them is to touch their memory. */
export const nativeSkynetCold: TimeBenchmark = {
  ...nativeSkynet,
  name: "native-skynet-cold",
  work: "As native-skynet: the first pass, in a new kernel without aged pids.",
  size: { ...nativeSkynet.size, generations: 0 },
  cold: true,
};
