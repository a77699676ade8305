// Patterns of `receive`: shapes of plain data that say which message is wanted and narrow its type.
import {
  Call, Cast, Down, Exit, FeedEnd, FeedItem, ReplyMessage, TimerTimeout,
} from "./messages.ts";
import { Suspension, Waiting } from "./suspension.ts";
import type { Discriminant, Matches } from "./suspension.ts";
import type { Operation } from "./types.ts";

/** A guard over messages: a predicate, or a type guard that narrows. */
export type Guard = (message: any) => boolean;

type TypeTest =
  | StringConstructor | NumberConstructor | BooleanConstructor | BigIntConstructor
  | ArrayConstructor | ObjectConstructor
  | typeof Exit | typeof Down | typeof Call | typeof Cast | typeof ReplyMessage
  | typeof TimerTimeout | typeof FeedItem | typeof FeedEnd;

/**
 * What a message must look like:
 * a literal (compared with `Object.is`); `String`, `Number`, `Boolean`, `BigInt`, `Array`,
 * `Object`; the classes `Exit`, `Down`, `Call`, `Cast`, `ReplyMessage`, `TimerTimeout`,
 * `FeedItem`, `FeedEnd`; a predicate; an array (same length, element by element); an object (every
 * property named here must match, others are free); or a pattern made before.
 */
export type Shape =
  | string | number | boolean | bigint | null | undefined
  | TypeTest | Guard | Pattern<any>
  | readonly Shape[] | { readonly [key: string]: Shape };

/** The type of the messages that match a shape. */
export type Matched<S> =
  S extends Pattern<infer T> ? T
  : S extends StringConstructor ? string
  : S extends NumberConstructor ? number
  : S extends BooleanConstructor ? boolean
  : S extends BigIntConstructor ? bigint
  : S extends ArrayConstructor ? unknown[]
  : S extends ObjectConstructor ? object
  : S extends typeof Exit ? Exit
  : S extends typeof Down ? Down
  : S extends typeof Call ? Call
  : S extends typeof Cast ? Cast
  : S extends typeof ReplyMessage ? ReplyMessage
  : S extends typeof TimerTimeout ? TimerTimeout
  : S extends typeof FeedItem ? FeedItem
  : S extends typeof FeedEnd ? FeedEnd
  : S extends (message: any) => message is infer T ? T
  : S extends (message: infer M) => boolean ? M
  : S extends object ? { -readonly [K in keyof S]: Matched<S[K]> }
  : S;

/** A compiled shape: make it once, outside of the process's loop. */
export class Pattern<T> {
  readonly matches: Matches;
  /** Waits for such a message without a timeout; holds no state, so every process shares it. */
  readonly suspension: Suspension;
  /** Types only. */
  declare readonly matched: T;

  constructor(matches: Matches, discriminant?: Discriminant) {
    this.matches = matches;
    this.suspension = new Suspension(Waiting.MESSAGE, matches, Infinity, discriminant);
  }
}

/** Compiles a shape. Hoist it out of loops: `receive(shape)` compiles at each call. */
export function pattern<const S extends Shape>(shape: S): Pattern<Matched<S>> {
  return patternOf(shape);
}

/** The same without the types. */
export function patternOf(shape: Shape): Pattern<any> {
  return new Pattern(compile(shape), discriminantOf(shape));
}

/** Matches if one of the shapes does; the type is their union. */
export function oneOf<const S extends readonly Shape[]>(...shapes: S): Pattern<Matched<S[number]>> {
  const alternatives = shapes.map(compile);
  return new Pattern((message) => {
    for (let index = 0; index < alternatives.length; index++) {
      if (alternatives[index]!(message)) return true;
    }
    return false;
  });
}

/** Patterns that narrow one union of messages: `const { pattern } = messages<Request>()`. */
export interface Messages<M> {
  /** A pattern to hoist: its receive answers those messages of the union that match. */
  pattern<const S extends Shape>(shape: S): Pattern<Extract<M, Matched<S>>>;
  /** The oldest message, whichever of the union. */
  receive(): Operation<M>;
}

/** Patterns and `receive` for one union of messages: the narrowing is checked against it. */
export function messages<M>(): Messages<M> {
  return {
    pattern: (shape) => patternOf(shape),
    receive: () => anything.suspension,
  };
}

const anything = new Pattern<any>(() => true);

const typeOfConstructor: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [String, "string"], [Number, "number"], [Boolean, "boolean"], [BigInt, "bigint"],
]);

const messageClasses: ReadonlySet<unknown> =
  new Set<unknown>([Exit, Down, Call, Cast, ReplyMessage, TimerTimeout, FeedItem, FeedEnd]);

/** The first string that a shape of an object names, if it does. */
export function discriminantOf(shape: Shape): Discriminant | undefined {
  if (typeof shape !== "object" || shape === null || Array.isArray(shape)) return undefined;
  if (shape instanceof Pattern) return shape.suspension.discriminant;
  for (const [key, text] of Object.entries(shape)) {
    if (typeof text === "string") return { key, text };
  }
  return undefined;
}

/** The test of a shape. */
export function compile(shape: Shape): Matches {
  if (shape instanceof Pattern) return shape.matches;
  if (typeof shape === "function") return compileFunction(shape);
  if (Array.isArray(shape)) return compileArray(shape as readonly Shape[]);
  if (typeof shape === "object" && shape !== null) {
    return compileObject(shape as { readonly [key: string]: Shape });
  }
  return (message) => Object.is(message, shape);
}

function compileFunction(shape: TypeTest | Guard): Matches {
  const typeName = typeOfConstructor.get(shape);
  // The runtime's own "typeof", once per message; the switch is made here, once per pattern.
  if (typeName !== undefined) return (message) => typeof message === typeName;
  if (shape === Array) return (message) => Array.isArray(message);
  if (shape === Object) return (message) => typeof message === "object" && message !== null;
  if (messageClasses.has(shape)) {
    return (message) => message instanceof (shape as typeof Exit);
  }
  return shape as Guard;
}

function compileArray(shape: readonly Shape[]): Matches {
  const elements = shape.map(compile);
  return (message) => {
    if (!Array.isArray(message) || message.length !== elements.length) return false;
    for (let index = 0; index < elements.length; index++) {
      if (!elements[index]!(message[index])) return false;
    }
    return true;
  };
}

function compileObject(shape: { readonly [key: string]: Shape }): Matches {
  const keys = Object.keys(shape);
  const tests = keys.map((key) => compile(shape[key]));
  return (message) => {
    if (typeof message !== "object" || message === null) return false;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]!;
      // Own properties only: a message never matches by what Object.prototype has.
      if (!Object.hasOwn(message, key)) return false;
      if (!tests[index]!((message as Record<string, unknown>)[key])) return false;
    }
    return true;
  };
}
