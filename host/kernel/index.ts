/** The kernel alone, with images and recorder, for a host of your own. @module pidgeon/kernel */
export * from "./abi.ts";
export type { KernelExports } from "./exports.ts";
export { Kernel, loadKernel, slotOf } from "./kernel.ts";
export { Recorder, replay } from "./recorder.ts";
export { statusTexts } from "./statuses.ts";
export type { EventRing, MessageView } from "./views.ts";
