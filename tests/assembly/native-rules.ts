// Native handlers that try the rules of links, monitors, aliases, suspension and shared bytes.

/** Ids of the handlers below. */
export const RuleHandler = {
  /** Does what a message's tag says with its value, options and tag as told; answers the result. */
  DIPLOMAT: 51,
  /** Answers its sender a call of bytes: with tag and reference, copied, shared, from a hold. */
  RESPONDER: 52,
} as const;

/** What a DIPLOMAT does, by tag. */
export const Deed = {
  OPTIONS: 1, ALIAS: 2, UNALIAS: 3, SUSPEND: 4, RESUME: 5, MONITOR: 6, MONITOR_NAME: 7, LINK: 8,
  EXIT: 9, SEND: 10, SPAWN: 11, IS_ALIVE: 12, INFO: 13, DEMONITOR: 14, TRAP: 15, ENDED_EXIT: 16,
} as const;

/** Goes into the file of native-build.ts. */
export const ruleHandlers = `
import { SEND_PRIORITY } from "./assembly/abi";
import * as rules from "./assembly/native";

const RULE_NAME = memory.data<u8>([99, 108, 101, 114, 107]);

function deed(self: rules.Process, tag: u8, value: f64): f64 {
  const options = <u32>self.word;
  switch (tag) {
    case ${Deed.ALIAS}: return rules.alias(self, options);
    case ${Deed.UNALIAS}: return rules.unalias(self, value);
    case ${Deed.SUSPEND}: return rules.suspend(self, value, options);
    case ${Deed.RESUME}: return rules.resume(self, value);
    case ${Deed.MONITOR}: return rules.monitor(self, value, options, 77);
    case ${Deed.MONITOR_NAME}: return rules.monitorName(self, RULE_NAME, 5, options, 78);
    case ${Deed.LINK}: return rules.link(self, value, options);
    case ${Deed.EXIT}: return rules.exit(self, value, 1024, options);
    case ${Deed.SEND}: return rules.sendNumber(self, value, 5, 9 + options);
    case ${Deed.SPAWN}: {
      const pid = rules.spawn(self, 20, 0, options);
      if (pid > 0 && !rules.isAlive(pid)) unreachable();
      return pid < 0 ? pid : rules.spawnedRef();
    }
    case ${Deed.IS_ALIVE}: return rules.isAlive(value) ? 1 : 0;
    case ${Deed.INFO}: return rules.processInfo(value, options);
    case ${Deed.DEMONITOR}: return rules.demonitor(self, value, options);
    case ${Deed.TRAP}: return rules.setFlag(self, 0, 1);
    default: {
      const ref = rules.alias(self);
      rules.exit(self, self.pid, 1024);
      if (rules.sendNumber(self, -ref, 0) != -1) unreachable();
      return rules.exit(self, -ref, 1025);
    }
  }
}

function diplomat(self: rules.Process, address: usize): u32 {
  if (!address) return rules.CONTINUE;
  const message = changetype<rules.Message>(address);
  if (message.kind >= 4) return rules.CONTINUE;
  if (message.tag == ${Deed.OPTIONS}) self.word = message.value;
  else rules.sendNumber(self, message.from, deed(self, message.tag, message.value));
  return rules.CONTINUE;
}

function responder(self: rules.Process, address: usize): u32 {
  if (!address) return rules.CONTINUE;
  const message = changetype<rules.Message>(address);
  const asker = message.from;
  const ref = message.ref;
  if (message.kind == 1) {
    const hold = rules.share(RULE_NAME, 5);
    rules.sendShared(self, -message.value, hold, 3 + SEND_PRIORITY, ref);
    rules.releaseShared(hold);
    rules.sendNumber(self, asker, rules.sendShared(self, asker, hold));
    rules.sendNumber(self, asker, rules.sendShared(self, asker, address));
    rules.sendNumber(self, asker, rules.sendShared(self, asker, 12345));
    rules.sendNumber(self, asker, rules.sendShared(self, asker, 0));
    return rules.CONTINUE;
  }
  if (rules.sendBytes(self, asker, RULE_NAME, 5, 1, ref) != 0) unreachable();
  if (rules.sendShared(self, asker, address, 2, ref) != 0) unreachable();
  if (rules.sendShared(self, asker, address, 3, ref) != 0) unreachable();
  if (rules.sendShared(self, asker, address, 4 + SEND_PRIORITY, ref) != -8) unreachable();
  return rules.CONTINUE;
}

defineHandler(${RuleHandler.DIPLOMAT}, diplomat.index);
defineHandler(${RuleHandler.RESPONDER}, responder.index);
`;
