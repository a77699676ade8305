// All scenarios, in the order of the document.
import { machineEvents } from "./machine-events.ts";
import { machineLife } from "./machine-life.ts";
import { machineTimeouts } from "./machine-timeouts.ts";
import { serverCalls } from "./server-calls.ts";
import { serverCode } from "./server-code.ts";
import { serverEnds } from "./server-ends.ts";
import { serverFollowing } from "./server-following.ts";
import { serverRequests } from "./server-requests.ts";
import { serverStarts } from "./server-starts.ts";
import { supervisorDynamic } from "./supervisor-dynamic.ts";
import { supervisorIntensity } from "./supervisor-intensity.ts";
import { supervisorRequests } from "./supervisor-requests.ts";
import { supervisorRestarts } from "./supervisor-restarts.ts";
import { supervisorSignificant } from "./supervisor-significant.ts";
import { supervisorStarts } from "./supervisor-starts.ts";

export const scenarios = [
  ...serverStarts, ...serverCalls, ...serverFollowing, ...serverRequests, ...serverEnds,
  ...serverCode, ...supervisorStarts, ...supervisorRequests, ...supervisorRestarts,
  ...supervisorIntensity, ...supervisorSignificant, ...supervisorDynamic,
  ...machineLife, ...machineEvents, ...machineTimeouts,
];
