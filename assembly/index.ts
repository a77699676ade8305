// The kernel's face: every export of kernel.wasm, and the whole of its ABI. docs/abi.md has the
// same at length, with records, ownership and two whole hosts; a test compares the two.
//
// Numbers only. A pid or reference is an f64 (an integer below 2^53); 0 is nobody. A Status is 0
// for success, positive to inform, negative to refuse, and then nothing was done (abi.ts lists
// them). A call whose answer is a pid, reference or time gives a negative Status as that number.
// Where NO_PROCESS is told, so is BAD_PID; before init every call answers BAD_STATE, and CORRUPT
// after a trap of the kernel, but for those that say otherwise. Pointers lie in the scratch area;
// bytes that `take` has handed out stay valid until `release`. The window is valid until the next
// call. No call can be made from inside another. Nothing traps but a native handler, whose process
// then ends. Costs are O(1) where nothing else is said.

export {
  abi_version, limits_address, memory_needed, init, face_address, clock, step, next_deadline,
  counter, watch,
} from "./exports/life";
export {
  spawn_host, spawn_native, is_alive, process_next, process_info, process_flag,
} from "./exports/processes";
export {
  send_number, send_handle, send_bytes, share, send_shared, release, released_next,
} from "./exports/messages";
export {
  begin, peek, skip, take, take_here, seek, mark, rewind, wait, wait_ref, hibernate, yield_turn,
  finish, reap,
} from "./exports/turns";
export {
  exit_signal, link, unlink, monitor, monitor_name, demonitor, alias, unalias, suspend, resume,
  make_ref,
} from "./exports/signals";
export {
  send_after, send_after_name, cancel_timer, read_timer,
} from "./exports/timers";
export {
  register, unregister, whereis,
} from "./exports/names";
export {
  image_address, snapshot, restore_begin, restore,
} from "./exports/snapshot";
export {
  group_join, group_leave, group_size, group_count, group_member, group_send,
} from "./exports/groups";
export {
  process_list, process_name, inspect,
} from "./exports/lists";
