// Tests of addresses: the examples of RFC 7622 §3.5 and what must not pass.
import { test } from "tap";
import {
  bareJid,
  bareOf,
  formatJid,
  parseJid,
  prepareDomain,
  prepareLocal,
  prepareResource,
  resourceOf,
} from "../../host/xmpp/jid.ts";

const prepared: readonly (readonly [text: string, jid: string])[] = [
  ["juliet@example.com", "juliet@example.com"],
  ["Juliet@EXAMPLE.com/Balcony", "juliet@example.com/Balcony"],
  ["juliet@example.com/foo bar", "juliet@example.com/foo bar"],
  ["juliet@example.com/foo@bar", "juliet@example.com/foo@bar"],
  ["foo\\20bar@example.com", "foo\\20bar@example.com"],
  ["fussball@example.com", "fussball@example.com"],
  ["fußball@example.com", "fußball@example.com"],
  ["π@example.com", "π@example.com"],
  ["Σ@example.com/foo", "σ@example.com/foo"],
  ["ς@example.com/foo", "ς@example.com/foo"],
  ["king@example.com/♚", "king@example.com/♚"],
  ["example.com", "example.com"],
  ["example.com/foobar", "example.com/foobar"],
  ["a.example.com/b@example.net", "a.example.com/b@example.net"],
  ["ｊｕｌｉｅｔ@example.com", "juliet@example.com"],
  ["e\u0301a@example.com", "\u00e9a@example.com"],
  ["a@bücher.example", "a@bücher.example"],
  ["a@xn--bcher-kva.example", "a@bücher.example"],
  ["a@XN--BCHER-KVA.EXAMPLE.", "a@bücher.example"],
  ["a@localhost.", "a@localhost"],
  ["a@127.0.0.1", "a@127.0.0.1"],
  ["a@[::1]", "a@[::1]"],
  ["a@b/e\u0301\u3000", "a@b/\u00e9 "],
  ["a@b/ c ", "a@b/ c "],
];

for (const [text, jid] of prepared) {
  test(`${text} is prepared as ${jid}, which stays as it is`, async (t) => {
    const parsed = parseJid(text);
    t.equal(parsed && formatJid(parsed), jid);
    t.same(parseJid(jid), parsed);
  });
}

const refused = [
  "", "/", "@", "a@", "@b", "@/a", "a@b/", "/a", "a b@c", "a@b c", "a@b@c", '"juliet"@example.com',
  "a&b@c", "a'b@c", "a:b@c", "a<b@c", "a>b@c", "henryⅣ@example.com", "♚@example.com",
  "a\u0000@b", "a\u007f@b", "a\u00a0b@c", "a@b/\u0000", "a@b/\u0085", "a@b/\u2028", "a@b/\ud800",
  "a@-b", "a@b-", "a@b..c", "a@.b", "a@b:80", "a@é:80", "a@é%41", "a@%41", "a@é?x", "a@ａ／ｂ",
  "a@[::1", "a@[1]", "a@xn--a", "a@xn--zzzzzz", `a@${"b".repeat(64)}é`,
];

/** A title that holds no line separators, which would break the test protocol. */
function shown(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\xa0\u2028\u2029]/g, (character) =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

for (const text of refused) {
  test(`${shown(text)} is not an address`, async (t) => {
    t.equal(parseJid(text), undefined);
  });
}

test("each part may have 1,023 bytes after preparation", async (t) => {
  t.ok(prepareLocal("a".repeat(1_023)));
  t.equal(prepareLocal("a".repeat(1_024)), undefined);
  t.ok(prepareLocal("é".repeat(511)));
  t.equal(prepareLocal("é".repeat(512)), undefined);
  t.ok(prepareLocal("e\u0301".repeat(511)), "counted when it is composed");
  t.ok(prepareResource("x".repeat(1_023)));
  t.equal(prepareResource("x".repeat(1_024)), undefined);
  t.equal(prepareResource("é".repeat(512)), undefined);
  t.equal(prepareDomain("a.".repeat(129)), undefined, "255 for a name of the DNS");
  t.equal(prepareLocal("é".repeat(1_000_000)), undefined);
});

test("the bare form and the resource are cut from a text", async (t) => {
  t.equal(bareOf("a@b/c/d"), "a@b");
  t.equal(bareOf("a@b"), "a@b");
  t.equal(resourceOf("a@b/c/d"), "c/d");
  t.equal(resourceOf("a@b"), "");
  t.equal(bareJid({ local: "", domain: "b", resource: "c" }), "b");
});
