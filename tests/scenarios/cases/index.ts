// All scenarios, area by area.
import type { Scenario } from "../scenario.ts";
import { aliases } from "./aliases.ts";
import { exits } from "./exits.ts";
import { groups } from "./groups.ts";
import { hibernation } from "./hibernation.ts";
import { information } from "./information.ts";
import { limits } from "./limits.ts";
import { links } from "./links.ts";
import { monitors } from "./monitors.ts";
import { names } from "./names.ts";
import { priorities } from "./priorities.ts";
import { receives } from "./receive.ts";
import { scheduling } from "./scheduling.ts";
import { signals } from "./signals.ts";
import { spawning } from "./spawning.ts";
import { suspension } from "./suspension.ts";
import { timers } from "./timers.ts";

export const scenarios: readonly Scenario[] = [
  ...exits, ...links, ...monitors, ...signals,
  ...aliases, ...suspension, ...timers, ...receives,
  ...names, ...hibernation, ...information, ...spawning,
  ...groups, ...limits, ...priorities, ...scheduling,
];
