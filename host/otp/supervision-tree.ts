// The supervision tree as data, and as text.
//
//   supervisor 16777217 app
//   ├─ storage 16777218 permanent, restarts: 1
//   └─ rooms 16777219 dynamic supervisor
//      └─ dynamic 16777220 temporary
import type { Core } from "../runtime/core.ts";
import type { Destination, Pid } from "../runtime/index.ts";
import type { Restart } from "./child-spec.ts";
import type { SupervisedChild } from "./children.ts";
import { ModuleProcess } from "./module-process.ts";

/** A process of the tree, with those that it supervises. */
export interface SupervisionTree {
  /** As its supervisor knows it; of the root the name of its module. */
  readonly id: string;
  /** Undefined: it does not run; "restarting": it is to be started again. */
  readonly pid: Pid | "restarting" | undefined;
  readonly name: string | undefined;
  /** As its specification says. */
  readonly kind: "supervisor" | "worker";
  /** The name of its module, or what else its behaviour calls itself. */
  readonly label: string | undefined;
  /** Undefined of the root. */
  readonly restart: Restart | undefined;
  /** How often it has been started again; 0 of the root. */
  readonly restarts: number;
  /** In the order of their start; none of a worker. */
  readonly children: readonly SupervisionTree[];
}

export function supervisionTree(core: Core, supervisor: Destination): SupervisionTree | undefined {
  const pid = core.resolve(supervisor);
  const self = pid === 0 ? undefined : core.table.find(pid);
  if (!(self instanceof ModuleProcess) || self.children === undefined) return undefined;
  const id = self.label ?? "supervisor";
  return nodeOf(core, { id, pid: self.pid, type: "supervisor", restarts: 0 });
}

type Known = Omit<SupervisedChild, "restart"> & Partial<Pick<SupervisedChild, "restart">>;

function nodeOf(core: Core, { id, pid, type, restart, restarts }: Known): SupervisionTree {
  const isRunning = typeof pid === "number";
  const self = isRunning ? core.table.find(pid) : undefined;
  const children = self instanceof ModuleProcess ? self.children ?? [] : [];
  return {
    id, pid, name: isRunning ? core.kernel.processName(pid) || undefined : undefined, kind: type,
    label: self instanceof ModuleProcess ? self.label : undefined, restart, restarts,
    children: children.map((child) => nodeOf(core, child)),
  };
}

export function formatTree(tree: SupervisionTree, childrenMax: number): string {
  return lines(tree, childrenMax).join("\n");
}

function lines(tree: SupervisionTree, childrenMax: number): string[] {
  const { id, pid, name, label, restart, restarts, children } = tree;
  const words = [id, pid ?? "not running", name, label === id ? undefined : label,
    restart, restarts === 0 ? undefined : `restarts: ${restarts}`];
  const shown = children.slice(0, childrenMax).map((child) => lines(child, childrenMax));
  if (children.length > childrenMax) shown.push([`${children.length - childrenMax} more`]);
  return [
    words.filter((word) => word !== undefined).join(" "),
    ...shown.flatMap((block, index) => {
      const isLast = index === shown.length - 1;
      const [first, others] = isLast ? ["└─ ", "   "] : ["├─ ", "│  "];
      return block.map((line, row) => (row === 0 ? first : others) + line);
    }),
  ];
}
