// The limits of a guest, each with its unit and default.
import { PidgeonError } from "../errors.ts";

/** What a guest may use. Each is a whole number from 1. */
export interface GuestLimits {
  /** Instructions that a message may cost, and a start. Default 10,000,000: 1 to 10 ms. */
  readonly fuel: number;
  /** Memory of an instance, in pages of 64 KiB. Default 256: 16 MiB. */
  readonly memoryPages: number;
  /** Stack of a call, in bytes as reckoned from locals and operands. Default 262,144. */
  readonly stackBytes: number;
  /** Size of the wasm file. Default 4,194,304. */
  readonly moduleBytes: number;
  /** Elements of the module's tables together. Default 65,536. */
  readonly tableElements: number;
  /** Length of a message that is sent to a guest process or by one. Default 1,048,576. */
  readonly messageBytes: number;
  /** Processes of the guest alive at once. Default 16,384. */
  readonly processes: number;
}

const defaultLimits: GuestLimits = {
  fuel: 10_000_000,
  memoryPages: 256,
  stackBytes: 262_144,
  moduleBytes: 4_194_304,
  tableElements: 65_536,
  messageBytes: 1_048_576,
  processes: 16_384,
};

/** What each limit may be at most: by its nature, or because more would protect nobody. */
const largest: GuestLimits = {
  fuel: 2 ** 31 - 1,
  memoryPages: 65_536,
  stackBytes: 524_288,
  moduleBytes: 2 ** 30,
  tableElements: 10_000_000,
  messageBytes: 2 ** 30,
  processes: 2 ** 24 - 1,
};

/** The limits with their defaults filled in. Throws PIDGEON_GUEST_LIMIT. */
export function completeLimits(given: Partial<GuestLimits>): GuestLimits {
  const limits: Record<keyof GuestLimits, number> = { ...defaultLimits };
  for (const name of Object.keys(defaultLimits) as (keyof GuestLimits)[]) {
    const limit = given[name] ?? defaultLimits[name];
    if (!Number.isInteger(limit) || limit < 1 || limit > largest[name]) {
      throw new PidgeonError("PIDGEON_GUEST_LIMIT", { name, limit, most: largest[name] });
    }
    limits[name] = limit;
  }
  return limits;
}
