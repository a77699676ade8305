// All scenarios, area by area.
import type { Scenario } from "../scenario.ts";
import { aliases } from "./aliases.ts";
import { exits } from "./exits.ts";
import { links } from "./links.ts";
import { monitors } from "./monitors.ts";
import { receives } from "./receive.ts";
import { signals } from "./signals.ts";
import { suspension } from "./suspension.ts";
import { timers } from "./timers.ts";

export const scenarios: readonly Scenario[] = [
  ...exits, ...links, ...monitors, ...signals,
  ...aliases, ...suspension, ...timers, ...receives,
];
