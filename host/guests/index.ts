// Guests: processes whose code is a WebAssembly module of its own, in any language.
export { GuestAnswer, GuestMessage } from "./abi.ts";
export type { GuestImport } from "./abi.ts";
export { Guest } from "./guest.ts";
export type { GuestOptions } from "./guest.ts";
export type { GuestLimits } from "./limits.ts";
