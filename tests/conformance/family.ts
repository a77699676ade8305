// Supervisors and the starts of their children, as family.erl.
import { exit } from "../../host/runtime/index.ts";
import type { Operation, Pid, Process } from "../../host/runtime/index.ts";
import { DynamicSupervisor, GenServer, ignore, Supervisor } from "../../host/otp/index.ts";
import type { ChildSpec, SupervisorSpec } from "../../host/otp/index.ts";
import type {
  ChildDefinition, FamilyDefinition, Flags, SupervisorDefinition,
} from "./scenario.ts";
import { scripted } from "./server.ts";
import { camel } from "./world.ts";
import type { World } from "./world.ts";

export function* startFamily(
  world: World, self: Process, definition: SupervisorDefinition,
): Operation<Pid> {
  const { as, children = [], template, extra } = definition;
  const flags = flagsOf(definition);
  let pid: Pid;
  if (template === undefined) {
    const spec = { ...flags, children: children.map((one) => specOf(world, as, one)) };
    pid = yield* Supervisor.startLink(self, spec as SupervisorSpec, { name: as });
  } else {
    world.dynamic.add(as);
    const extraArguments = extra === undefined ? [] : [extra];
    pid = yield* DynamicSupervisor.startLink(self, { ...flags, extraArguments }, { name: as });
  }
  world.born(as, pid);
  return pid;
}

function flagsOf({ strategy, intensity, periodSeconds, autoShutdown }: Flags): object {
  return {
    ...(strategy !== undefined && { strategy: camel(strategy) }),
    ...(intensity !== undefined && { intensity }),
    ...(periodSeconds !== undefined && { periodMs: periodSeconds * 1_000 }),
    ...(autoShutdown !== undefined && { autoShutdown: camel(autoShutdown) }),
  };
}

/** A child of the supervisor that is called `family`. */
export function specOf(
  world: World, family: string, child: ChildDefinition | FamilyDefinition,
  template: Partial<ChildDefinition> = {},
): ChildSpec {
  const { id, missing } = child;
  const { restart, shutdown, type, significant } = { ...template, ...child };
  const start = function* (self: Process, extra?: unknown): Operation<Pid> {
    world.born(family, self.pid);
    return yield* "children" in child ? startFamily(world, self, { ...child, as: id })
      : startChild(world, self, child, extra);
  };
  return {
    ...(missing !== "id" && { id }),
    ...(missing !== "start" && { start }),
    ...(restart !== undefined && { restart }),
    ...(shutdown !== undefined && { shutdown: camel(shutdown) }),
    ...(type !== undefined && { type }),
    ...(significant !== undefined && { significant }),
  } as ChildSpec;
}

function* startChild(
  world: World, self: Process, { id, starts = [], named = true, server }: ChildDefinition,
  extra: unknown,
): Operation<Pid> {
  const nth = world.starts.get(id) ?? 0;
  world.starts.set(id, nth + 1);
  switch (starts[nth] ?? "goes_well") {
    case "fails":
      world.recorder.line("server", id, "does not start");
      return exit("not_yet");
    case "ignores":
      world.recorder.line("server", id, "ignores");
      return yield* GenServer.startLink(self, { init: () => ignore() }, undefined);
    case "crashes":
      world.recorder.line("server", id, "crashes");
      throw new Error("broken");
    case "goes_well": {
      const { init, on } = server!;
      const state = extra === undefined ? init.state : extra;
      const definition = { as: id, init: { ...init, state }, on } as Parameters<typeof scripted>[1];
      const options = named ? { name: id } : {};
      return yield* GenServer.startLink(self, scripted(world, definition), undefined, options);
    }
  }
}
