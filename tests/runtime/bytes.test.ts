// Bytes: immutable, shared, and not to be imitated.
import { test } from "tap";
import { Bytes } from "../../host/runtime/index.ts";

void test("the constructor copies, own takes over", async (t) => {
  const source = Uint8Array.of(1, 2, 3);
  const copied = new Bytes(source);
  source[0] = 9;
  t.equal(copied.at(0), 1);
  t.same([...new Bytes([4, 5]).toUint8Array()], [4, 5]);
  const owned = Bytes.own(Uint8Array.of(7));
  t.equal(owned.at(0), 7);
  t.equal(owned.at(1), undefined);
});

void test("nothing that Bytes hands out leads back to it", async (t) => {
  const bytes = Bytes.fromText("grüße");
  const out = bytes.toUint8Array();
  out.fill(0);
  t.equal(bytes.text(), "grüße");
  t.equal(bytes.length, 7);
  const target = new Uint8Array(9);
  bytes.copyTo(target, 2);
  t.equal(target[1], 0);
  t.equal(target[2], 103);
  t.throws(() => bytes.copyTo(new Uint8Array(3)), RangeError);
  t.throws(() => Object.assign(bytes, { more: {} }), TypeError);
});

void test("a subclass can't smuggle state of its own into what is shared", async (t) => {
  class Leaky extends Bytes {
    #state = { n: 1 };
    get state(): { n: number } {
      return this.#state;
    }
  }
  t.throws(() => new Leaky([1]), { code: "PIDGEON_NOT_SENDABLE" });
  t.throws(() => Reflect.construct(Bytes, [[1]], Leaky) as Bytes, { code: "PIDGEON_NOT_SENDABLE" });
  t.equal(Leaky.fromText("a").constructor, Bytes);
});

void test("equality is by content; an imitation is none", async (t) => {
  t.ok(Bytes.fromText("a").equals(Bytes.fromText("a")));
  t.notOk(Bytes.fromText("a").equals(Bytes.fromText("b")));
  t.notOk(Bytes.fromText("a").equals(Bytes.fromText("ab")));
  t.ok(Bytes.is(Bytes.fromText("")));
  t.notOk(Bytes.is(Object.create(Bytes.prototype) as object));
});
