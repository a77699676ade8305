// One bound resource of a user, as the user's account process sees it.

import { immutable, type Pid } from "../runtime/index.ts";
import { childNamed, textOf } from "./xml/element.ts";
import type { Stanza } from "./stanza.ts";

/**
 * What an account knows of a resource and must know again after a crash. Immutable and marked: the
 * session keeps the same object and hands it back (see account.ts).
 */
export interface ResourceFacts {
  /** The last presence that was broadcast; undefined until the first, and after `unavailable`. */
  readonly presence: Stanza | undefined;
  /** RFC 6121 §4.7.2.3: -128 to 127. */
  readonly priority: number;
  /** What modules have noted, by their own keys: plain data. */
  readonly notes: Readonly<Record<string, unknown>>;
}

/** A resource; `facts` is replaced, never changed. */
export interface Resource {
  /** The full JID. */
  readonly jid: string;
  readonly name: string;
  readonly pid: Pid;
  facts: ResourceFacts;
}

/** The facts of a resource that has just been bound. */
export const boundFacts: ResourceFacts = immutable({ presence: undefined, priority: 0, notes: {} });

/** An available resource: it has sent presence. */
export function isAvailable(resource: Resource): boolean {
  return resource.facts.presence !== undefined;
}

/** The same facts with the presence that the client has broadcast; undefined for unavailable. */
export function withPresence(
  facts: ResourceFacts,
  presence: Stanza | undefined,
  priority: number,
): ResourceFacts {
  return immutable({ presence, priority, notes: facts.notes });
}

/** The same facts with another note; undefined takes it away. */
export function withNote(facts: ResourceFacts, key: string, value: unknown): ResourceFacts {
  const notes: Record<string, unknown> = { ...facts.notes };
  if (value === undefined) delete notes[key];
  else notes[key] = value;
  return immutable({ presence: facts.presence, priority: facts.priority, notes });
}

/** The priority of a presence stanza: 0 without one, undefined if it is not one. */
export function priorityOf(presence: Stanza): number | undefined {
  const priority = childNamed(presence, "priority");
  if (priority === undefined) return 0;
  const text = textOf(priority).trim();
  if (!/^[+-]?\d{1,4}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= -128 && value <= 127 ? value : undefined;
}
