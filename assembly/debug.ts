// The verify build: the kernel and its check of every structure.

import { verifyBlocks, verifyReferences } from "./accounts";
import { OK } from "./abi";
import { leave } from "./control";
import { verifyEvents } from "./events";
import { enter } from "./exports/gate";
import { verifyGroups } from "./groups";
import { verifyGuards } from "./guards";
import { verifyHandles } from "./handles";
import { verifyMailboxes } from "./mailbox";
import { verifyMemory } from "./memory";
import { verifyNames } from "./names";
import { verifyProcesses } from "./process";
import { verifyQueue } from "./queue";
import { verifyRelations } from "./relation-lists";
import { verifySuspensions } from "./suspension";
import { verifyTimers } from "./timers";
import { verifyWheel } from "./wheel";

export * from "./index";

/** The first that is broken: 0, or structure × 100 + the number in its file; or a Status. */
function verifyAll(): i32 {
  let broken = verifyProcesses();
  if (!broken) broken = verifyQueue();
  if (!broken) broken = verifyMemory();
  if (!broken) broken = verifyRelations();
  if (!broken) broken = verifyMailboxes();
  if (!broken) broken = verifyHandles();
  if (!broken) broken = verifyNames();
  if (!broken) broken = verifyGroups();
  if (!broken) broken = verifyWheel();
  if (!broken) broken = verifyEvents();
  if (!broken) broken = verifyTimers();
  if (!broken) broken = verifyBlocks();
  if (!broken) broken = verifyReferences();
  if (!broken) broken = verifySuspensions();
  if (!broken) broken = verifyGuards();
  return <i32>broken;
}

/**
 * Checks every invariant of every structure: 0 if all hold, else structure × 100 + number: 1
 * process table, 2 run queue, 3 mailboxes, 4 memory, 5 handles, 6 relations, 7 names, 8 wheel,
 * 9 events, 10 timers, 11 blocks' owners, 12 handles' owners, 13 groups, 14 guards,
 * 15 suspensions.
 * CORRUPT, BAD_STATE. O(memory).
 */
export function verify(): i32 {
  const refused = enter();
  return refused == OK ? leave(verifyAll()) : refused;
}
