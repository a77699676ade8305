// RFC 6120 §6: who one is, and that nobody learns who others are.

import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { test } from "tap";
import { childNamed, elementsOf, textOf } from "../../host/xmpp/xml/element.ts";
import { type Client, openStage, PASSWORD } from "./stage.ts";

const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

function failure(condition: string): string {
  return `<failure xmlns='${SASL}'><${condition}/></failure>`;
}

/** The client's side of SCRAM; answers the server's last word. */
async function scram(
  client: Client, hash: "SHA-1" | "SHA-256", name: string, password: string,
): Promise<{ success: boolean; salt: string; iterations: number }> {
  const digest = hash.replace("-", "").toLowerCase();
  const bare = `n=${name},r=client-nonce`;
  client.send(`<auth xmlns='${SASL}' mechanism='SCRAM-${hash}'>${base64(`n,,${bare}`)}</auth>`);
  const challenge = textOf(await client.receives(`<challenge xmlns='${SASL}'>*</challenge>`));
  const first = Buffer.from(challenge, "base64").toString();
  const fields = Object.fromEntries(
    first.split(",").map((field) => [field[0], field.slice(2)])) as Record<string, string>;
  const iterations = Number(fields["i"]);
  const salt = fields["s"]!;
  const length = hash === "SHA-1" ? 20 : 32;
  const salted = pbkdf2Sync(password, Buffer.from(salt, "base64"), iterations, length, digest);
  const hmac = (key: Buffer, text: string) => createHmac(digest, key).update(text).digest();
  const clientKey = hmac(salted, "Client Key");
  const storedKey = createHash(digest).update(clientKey).digest();
  const final = `c=biws,r=${fields["r"]}`;
  const signed = `${bare},${first},${final}`;
  const signature = hmac(storedKey, signed);
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ signature[index]!));
  client.send(`<response
    xmlns='${SASL}'>${base64(`${final},p=${proof.toString("base64")}`)}</response>`);
  const last = await client.receives(password === PASSWORD
    ? `<success xmlns='${SASL}'>*</success>`
    : failure("not-authorized"));
  if (last.name === "failure") return { success: false, salt, iterations };
  const serverSignature = hmac(hmac(salted, "Server Key"), signed).toString("base64");
  const success = Buffer.from(textOf(last), "base64").toString() === `v=${serverSignature}`;
  return { success, salt, iterations };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

test("the mechanisms are offered best first, PLAIN only where nobody can read along", async (t) => {
  const stage = await openStage(t);
  const offered = async (secure: boolean, loopback: boolean) => {
    const features = await stage.connect("client", { secure, loopback }).open();
    return elementsOf(childNamed(features, "mechanisms", SASL)!).map(textOf);
  };
  const all = ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"];
  t.same(await offered(true, false), all);
  t.same(await offered(false, true), all);
  t.same(await offered(false, false), ["SCRAM-SHA-256", "SCRAM-SHA-1"]);
});

test("Romeo logs in by each SCRAM, and the server proves that it knows him", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  for (const hash of ["SHA-1", "SHA-256"] as const) {
    const romeo = stage.connect("romeo");
    await romeo.open();
    t.ok((await scram(romeo, hash, "romeo", PASSWORD)).success);
    const features = await romeo.open();
    t.ok(childNamed(features, "bind", "urn:ietf:params:xml:ns:xmpp-bind"));
    t.notOk(childNamed(features, "mechanisms", SASL));
    t.equal(await romeo.bind("garden"), "romeo@localhost/garden");
    romeo.send("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
  }
});

test("a wrong password and an unknown user look the same", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const seen = [];
  for (const name of ["romeo", "nobody", "nobody"]) {
    const client = stage.connect(name);
    await client.open();
    seen.push(await scram(client, "SHA-256", name, "wrong"));
    client.sendPlain(name, "wrong");
    await client.receives(failure("not-authorized"));
  }
  t.equal(seen[0]!.iterations, seen[1]!.iterations);
  t.equal(seen[0]!.salt.length, seen[1]!.salt.length);
  t.equal(seen[1]!.salt, seen[2]!.salt, "an unknown user's salt stays the same");
});

test("PLAIN is refused on a connection that others can read", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  const romeo = stage.connect("romeo", { loopback: false, secure: false });
  await romeo.open();
  romeo.sendPlain("romeo", PASSWORD);
  await romeo.receives(failure("encryption-required"));
});

test("PLAIN never opens a session for another user", async (t) => {
  const stage = await openStage(t);
  await stage.createAccount("romeo");
  await stage.createAccount("juliet");
  const romeo = stage.connect("romeo");
  await romeo.open();
  romeo.sendPlain("romeo", PASSWORD, "juliet@localhost");
  await romeo.receives(failure("invalid-authzid"));
  romeo.sendPlain("romeo", PASSWORD, "romeo@localhost");
  await romeo.receives(`<success xmlns='${SASL}'/>`);
});

test("what is no SASL gets the failure that says so", async (t) => {
  const stage = await openStage(t, { settings: { authenticationFailuresMax: 100 } });
  const client = stage.connect("client");
  await client.open();
  const cases: [string, string][] = [
    [`<auth xmlns='${SASL}' mechanism='MAGIC'/>`, "invalid-mechanism"],
    [`<auth xmlns='${SASL}'/>`, "invalid-mechanism"],
    [`<auth xmlns='${SASL}' mechanism='PLAIN'>&amp;&amp;</auth>`, "incorrect-encoding"],
    [`<auth xmlns='${SASL}' mechanism='SCRAM-SHA-1'>aGVsbG8=</auth>`, "malformed-request"],
    [`<response xmlns='${SASL}'>aGVsbG8=</response>`, "malformed-request"],
    [`<abort xmlns='${SASL}'/>`, "aborted"],
  ];
  for (const [frame, condition] of cases) {
    client.send(frame);
    await client.receives(failure(condition));
  }
});

test("after some failures the stream ends", async (t) => {
  const stage = await openStage(t, { settings: { authenticationFailuresMax: 3 } });
  const client = stage.connect("client");
  await client.open();
  for (let attempt = 0; attempt < 3; attempt++) {
    client.sendPlain("romeo", "wrong");
    await client.receives(failure("not-authorized"));
  }
  await client.receivesStreamError("policy-violation");
});

test("before authentication no stanza but registration is taken", async (t) => {
  const stage = await openStage(t);
  for (const stanza of [
    "<message to='romeo@localhost'><body>Hi</body></message>",
    "<presence/>",
    "<iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq>",
    "<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
  ]) {
    const client = stage.connect("client");
    await client.open();
    client.send(stanza);
    await client.receivesStreamError("not-authorized");
  }
});

test("who is authenticated cannot authenticate again", async (t) => {
  const stage = await openStage(t);
  const { romeo } = await stage.enter("romeo");
  romeo.sendPlain("juliet", PASSWORD);
  await romeo.receivesStreamError("policy-violation");
});
