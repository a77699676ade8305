// The one place where this layer freezes and marks data that messages may share.
import { mark } from "../../runtime/mark.ts";

/**
 * Freezes one object whose parts are frozen already, all the way down, and marks it for the
 * runtime: sending it costs no copy and no walk. (`immutable` would copy what was just built.)
 */
export function markImmutable<T extends object>(value: T): T {
  mark(value);
  return Object.freeze(value);
}
