// Messages are values: the checked copy of plain data, and the mark of what may be shared.

/**
 * Freezes plain data deeply and marks it: from then on it is sent by reference, without a walk.
 * Everything reachable is marked as well. O(nodes) once, O(1) if it is marked already.
 * Throws PIDGEON_NOT_SENDABLE as a send would. Accessors are refused.
 */
export function immutable<T>(_value: T): T { throw new Error("being written"); }

/** True if a value may be shared as it is: a primitive, Bytes, or marked by `immutable`. */
export function isImmutable(_value: unknown): boolean { throw new Error("being written"); }
