// How large a kernel's tables must be for so many connections.

import type { Limits } from "../runtime/index.ts";

/** Account processes per connection at most: one for its user, one for a user whom it wakes. */
const ACCOUNTS_PER_CONNECTION = 2;
/**
 * Links of a session and its account (two halves each), their monitors, and a timer that comes and
 * goes.
 */
const RELATIONS_PER_CONNECTION = 8;
/** Stanzas and frames under way: what a transport lets wait, and as much between processes. */
const HANDLES_PER_CONNECTION = 32;
/** For supervisors, modules, listeners and what else runs in the same runtime. */
const RESERVE = 4_096;

/** Account processes at once. */
export function accountsMax(connectionsMax: number): number {
  return connectionsMax * ACCOUNTS_PER_CONNECTION;
}

/** Those of them that may have been started by a stanza: the rest is for users who log in. */
export function wokenAccountsMax(connectionsMax: number): number {
  return accountsMax(connectionsMax) - connectionsMax;
}

/** The limits to start a runtime with; what is not used costs next to nothing. */
export function kernelLimits(connectionsMax: number): Partial<Limits> {
  const processes = connectionsMax * (1 + ACCOUNTS_PER_CONNECTION) + RESERVE;
  return {
    processes,
    names: processes,
    relations: connectionsMax * RELATIONS_PER_CONNECTION + RESERVE,
    handles: connectionsMax * HANDLES_PER_CONNECTION + RESERVE,
  };
}
