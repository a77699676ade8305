// Messages are values: what a copy is, what is shared, and what is refused where.
import { test } from "tap";
import { PidgeonError } from "../../host/errors.ts";
import { copyMessage } from "../../host/runtime/copy.ts";
import { Bytes, immutable, isImmutable } from "../../host/runtime/index.ts";
import { randomFrom } from "./harness.ts";

function refusal(value: unknown): string {
  try {
    copyMessage(value);
  } catch (error) {
    if (!(error instanceof PidgeonError) || error.code !== "PIDGEON_NOT_SENDABLE") throw error;
    return error.message;
  }
  return "sent";
}

void test("primitives are their own copy", async (t) => {
  const values = [null, undefined, true, false, 0, -0, NaN, Infinity, 1.5, 2n ** 80n, "", "é"];
  for (const value of values) {
    t.ok(Object.is(copyMessage(value), value), String(value));
  }
});

void test("objects and arrays are copied, nested ones too", async (t) => {
  const inner = { x: [1, "two", { three: 3n }] };
  const value = { a: inner, b: inner, list: [inner, null, undefined] };
  const copy = copyMessage(value) as typeof value;
  t.same(copy, value);
  t.not(copy, value);
  t.not(copy.a, inner);
  t.not(copy.a.x, inner.x);
  t.not(copy.a, copy.b, "what occurs twice is copied twice, as in Erlang");
  t.not(Object.isFrozen(value), "the sender's value stays as it was");
});

void test("a getter is read once, and its value is copied", async (t) => {
  let reads = 0;
  const shared = { n: 1 };
  const copy = copyMessage({ get part() { reads++; return shared; } }) as { part: { n: number } };
  t.equal(reads, 1);
  shared.n = 2;
  t.equal(copy.part.n, 1);
  t.equal(Object.getOwnPropertyDescriptor(copy, "part")?.get, undefined);
});

void test("a proxy is read through and leaves no trace in the copy", async (t) => {
  const target = { a: 1, b: [1, 2] };
  const copy = copyMessage(new Proxy(target, {})) as typeof target;
  target.a = 9;
  target.b[0] = 9;
  t.same(copy, { a: 1, b: [1, 2] });
  const array = copyMessage(new Proxy([1, 2, 3], {})) as number[];
  t.same(array, [1, 2, 3]);
});

void test("a proxy of an array can't choose its length", async (t) => {
  const strange = [
    "3", -1, 1.5, NaN, Infinity, 2 ** 32, 2n, undefined, null, { valueOf: () => 1 },
  ];
  for (const length of strange) {
    const proxy = new Proxy([1, 2], {
      get: (target, key) => key === "length" ? length : Reflect.get(target, key) as unknown,
    });
    t.match(refusal(proxy), /an array whose length is not one, at \(the message\)/);
    t.match(refusal({ part: proxy }), /at part/);
    t.throws(() => immutable(proxy), { code: "PIDGEON_NOT_SENDABLE" });
  }
});

void test("what hangs on Object.prototype is copied or refused, never shared", async (t) => {
  const hang = (value: unknown) => Object.defineProperty(Object.prototype, "hung", {
    value, configurable: true, enumerable: true, writable: true,
  });
  let copies: object[];
  let refusals: string[];
  try {
    hang(7);
    copies = [copyMessage({ a: 1 }) as object, immutable({ a: 1 })];
    refusals = [{ n: 1 }, () => 1].map((value) => {
      hang(value);
      return refusal({ a: 1 });
    });
  } finally {
    delete (Object.prototype as { hung?: unknown }).hung;
  }
  for (const copy of copies) t.same(Object.entries(copy), [["a", 1], ["hung", 7]]);
  t.match(refusals[0], /a cycle, at hung/);
  t.match(refusals[1], /a function, at hung/);
  t.same(copyMessage({ a: 1 }), { a: 1 });
});

void test("an array can't choose the class of its copy", async (t) => {
  const thief: unknown[] = [];
  const value = [{ secret: 1 }];
  Object.assign(value, { constructor: { [Symbol.species]: function () { return thief; } } });
  copyMessage(value);
  t.equal(thief.length, 0);
});

void test("symbols and what a prototype has do not travel", async (t) => {
  const value = { a: 1, [Symbol("hidden")]: { b: 2 } };
  t.same(Object.getOwnPropertySymbols(copyMessage(value) as object), []);
  const bare = Object.assign(Object.create(null) as object, { a: 1 });
  t.same(copyMessage(bare), { a: 1 });
});

void test("a property named __proto__ stays a property", async (t) => {
  const value: unknown = JSON.parse('{"__proto__": {"admin": true}}');
  for (const copy of [copyMessage(value), immutable(value)] as { admin?: boolean }[]) {
    t.equal(copy.admin, undefined);
    t.equal(Object.getPrototypeOf(copy), Object.prototype);
    t.ok(Object.hasOwn(copy, "__proto__"));
  }
});

void test("what can't be sent is refused with its path", async (t) => {
  class Person {}
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = { again: cyclic };
  const cases: [unknown, RegExp][] = [
    [() => 1, /a function, at \(the message\)/],
    [{ a: { b: [0, () => 1] } }, /a function, at a\.b\[1\]/],
    [{ s: Symbol("s") }, /a symbol, at s/],
    [{ "odd key": [new Person()] }, /an instance of Person, at \["odd key"\]\[0\]/],
    [{ m: new Map() }, /an instance of Map, at m/],
    [{ d: new Date(0) }, /an instance of Date, at d/],
    [[new Uint8Array(2)], /an instance of Uint8Array, at \[0\]/],
    [new Error("e"), /an instance of Error/],
    [{ p: Promise.resolve() }, /an instance of Promise, at p/],
    [cyclic, /a cycle, at self\.again/],
    [Array.from({ length: 10_001 }, () => 0), /more than 10000 values/],
    [{ list: Array.from({ length: 6_000 }, () => [1]) }, /more than 10000 values/],
  ];
  for (const [value, expected] of cases) t.match(refusal(value), expected);
});

void test("what is too deep is refused before the stack is used up", async (t) => {
  let value: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) value = { value };
  t.match(refusal(value), /objects inside each other/);
  t.throws(() => immutable(value), { code: "PIDGEON_NOT_SENDABLE" });
});

void test("a value that throws when it is read throws that to the sender", async (t) => {
  const own = new Error("own");
  t.throws(() => copyMessage({ get a() { throw own; } }), own);
});

void test("immutable answers a frozen copy that is shared from then on", async (t) => {
  const value = { list: [{ a: 1 }], bytes: Bytes.fromText("x") };
  const shared = immutable(value);
  t.not(shared, value);
  t.not(Object.isFrozen(value), "the argument stays as it was");
  t.ok(Object.isFrozen(shared) && Object.isFrozen(shared.list) && Object.isFrozen(shared.list[0]));
  t.equal(copyMessage(shared), shared);
  t.equal(copyMessage(shared.list), shared.list, "its parts are shared as well");
  t.equal((copyMessage({ part: shared }) as { part: object }).part, shared);
  t.equal(immutable(shared), shared);
  t.equal(immutable({ part: shared }).part, shared);
  t.equal(immutable(7), 7);
  t.ok(isImmutable(shared) && isImmutable("x") && isImmutable(null) && isImmutable(shared.bytes));
  t.notOk(isImmutable(value) || isImmutable(() => 1) || isImmutable(Object.freeze({})));
});

void test("immutable refuses what a send refuses, but takes any number of values", async (t) => {
  t.throws(() => immutable({ f: () => 1 }), { code: "PIDGEON_NOT_SENDABLE" });
  t.throws(() => immutable(new Map()), { code: "PIDGEON_NOT_SENDABLE" });
  const large = immutable(Array.from({ length: 50_000 }, (_, index) => ({ index })));
  t.equal(copyMessage(large), large);
});

void test("a frozen value that holds a way out is not taken for immutable", async (t) => {
  const inner = { n: 1 };
  const copy = copyMessage(Object.freeze({ inner })) as { inner: { n: number } };
  inner.n = 2;
  t.equal(copy.inner.n, 1);
});

void test("random values: neither side sees the other's changes", async (t) => {
  const seed = Number(process.env["SEED"] ?? 20_240_601);
  const random = randomFrom(seed);
  const value = (depth: number): unknown => {
    switch (random(depth > 0 ? 9 : 6)) {
      case 0: return random(1000);
      case 1: return `text ${random(1000)}`;
      case 2: return random(2) === 0;
      case 3: return null;
      case 4: return BigInt(random(1000));
      case 5: return Bytes.fromText(`bytes ${random(100)}`);
      case 6: return Array.from({ length: random(4) }, () => value(depth - 1));
      case 7: return immutable({ shared: value(depth - 1) });
      default: return Object.fromEntries(
        Array.from({ length: random(5) }, (_, index) => [`k${index}`, value(depth - 1)]));
    }
  };
  for (let round = 0; round < 500; round++) {
    const sent = value(5);
    const before = print(sent);
    const copy = copyMessage(sent);
    if (print(sent) !== before || print(copy) !== before) t.fail(`seed ${seed}, round ${round}`);
    spoil(sent);
    if (print(copy) !== before) t.fail(`seed ${seed}, round ${round}: the sender's change is seen`);
    const other = copyMessage(copy);
    spoil(other);
    if (print(copy) !== before) t.fail(`seed ${seed}, round ${round}: the receiver's is seen`);
  }
  t.pass("500 values");
});

function print(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) =>
    typeof part === "bigint" ? `${part}n` : part instanceof Bytes ? part.text() : part);
  return text ?? "undefined";
}

/** Changes everything that can be changed. */
function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  for (const key of Object.keys(value)) {
    spoil((value as Record<string, unknown>)[key]);
    (value as Record<string, unknown>)[key] = "spoiled";
  }
  if (Array.isArray(value)) value.push("spoiled");
  else (value as Record<string, unknown>)["more"] = "spoiled";
}
