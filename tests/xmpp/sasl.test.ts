// Tests of SASL: the RFCs' vectors, forgeries, and that nothing shows whether a user exists.
import { pbkdf2Sync } from "node:crypto";
import { test } from "tap";
import {
  type Credential,
  type SaltedHash,
  deriveCredential,
  digest,
  hmac,
  makeCredentials,
} from "../../host/xmpp/sasl/credentials.ts";
import { startExchange } from "../../host/xmpp/sasl/exchange.ts";
import {
  type SaslContext,
  type SaslMechanism,
  type SaslStep,
  saslMechanisms,
} from "../../host/xmpp/sasl/mechanism.ts";
import { preparePassword } from "../../host/xmpp/sasl/passwords.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const plain = (data: string | undefined): string => Buffer.from(data ?? "", "base64").toString();

/** A server with one user; iterations are few so that the tests are quick. */
async function contextFor(
  username: string,
  password: string,
  options: Partial<SaslContext> = {},
): Promise<SaslContext> {
  const made = await makeCredentials(password, { iterations: 4_096 });
  if (made === undefined) throw new Error("not a password");
  return {
    domain: "example.com",
    lookup: async (name) => (name === username ? made : undefined),
    secret: Buffer.alloc(32, 7),
    iterations: 4_096,
    ...options,
  };
}

function start(name: SaslMechanism, context: SaslContext) {
  const exchange = startExchange(name, context, saslMechanisms);
  if (exchange === undefined) throw new Error(name);
  return exchange;
}

interface ClientOptions {
  readonly header?: string;
  /** Changes the client's last message before it is signed. */
  readonly alter?: (withoutProof: string) => string;
}

/** A SCRAM client that is as honest as its options let it be. */
async function scram(
  hash: SaltedHash,
  context: SaslContext,
  username: string,
  password: string,
  { header = "n,,", alter = (message) => message }: ClientOptions = {},
): Promise<{ readonly first: SaslStep; readonly last: SaslStep | undefined; verified: boolean }> {
  const exchange = start(`SCRAM-${hash}`, context);
  const bare = `n=${username},r=fyko+d2lbbFgONRv9qkxdawL`;
  const first = await exchange.next(base64(header + bare));
  if (first.kind !== "challenge") return { first, last: undefined, verified: false };
  const challenge = plain(first.data);
  const [, nonce = "", salt = "", iterations = ""] = /^r=(.*),s=(.*),i=(.*)$/.exec(challenge) ?? [];
  const withoutProof = alter(`c=${base64(header)},r=${nonce}`);
  const signed = `${bare},${challenge},${withoutProof}`;
  const salted = hash === "SHA-1"
    ? pbkdf2Sync(password, Buffer.from(salt, "base64"), Number(iterations), 20, "sha1")
    : pbkdf2Sync(password, Buffer.from(salt, "base64"), Number(iterations), 32, "sha256");
  const clientKey = hmac(hash, salted, "Client Key");
  const signature = hmac(hash, digest(hash, clientKey), signed);
  const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
  const last = await exchange.next(
    base64(`${withoutProof},p=${Buffer.from(proof).toString("base64")}`),
  );
  const expected = `v=${hmac(hash, hmac(hash, salted, "Server Key"), signed).toString("base64")}`;
  return { first, last, verified: last.kind === "success" && plain(last.data) === expected };
}

const vectors = [
  {
    rfc: "RFC 5802 §5", hash: "SHA-1", salt: "QSXCR+Q6sek8bf92", nonce: "3rfcNHYJY1ZVvWVs7j",
    clientFirst: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    serverFirst: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    clientFinal: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j," +
      "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    serverFinal: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
  },
  {
    rfc: "RFC 7677 §3", hash: "SHA-256", salt: "W22ZaJ0SNY7soEsUEjb6gQ==",
    nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
    clientFirst: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    serverFirst: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0," +
      "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    clientFinal: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0," +
      "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    serverFinal: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
  },
] as const;

for (const vector of vectors) {
  test(`SCRAM-${vector.hash} answers as the example of ${vector.rfc}`, async (t) => {
    const credential = await deriveCredential(vector.hash, "pencil", vector.salt, 4_096);
    const exchange = start(`SCRAM-${vector.hash}`, {
      domain: "example.com",
      lookup: async () => [credential],
      secret: Buffer.alloc(32),
      nonce: () => vector.nonce,
    });
    const first = await exchange.next(base64(vector.clientFirst));
    t.same(first, { kind: "challenge", data: base64(vector.serverFirst) });
    const last = await exchange.next(base64(vector.clientFinal));
    t.same(last, { kind: "success", username: "user", data: base64(vector.serverFinal) });
  });
}

test("a password opens the account by every mechanism in any case of the name", async (t) => {
  const context = await contextFor("juliet", "pass word");
  for (const hash of ["SHA-1", "SHA-256"] as const) {
    const { last, verified } = await scram(hash, context, "Juliet", "pass word");
    t.match(last, { kind: "success", username: "juliet" });
    t.ok(verified);
  }
  const step = await start("PLAIN", context).next(base64("\0Juliet\0pass word"));
  t.same(step, { kind: "success", username: "juliet", data: undefined });
});

test("without initial data a mechanism asks for them with an empty challenge", async (t) => {
  const context = await contextFor("juliet", "secret");
  for (const name of saslMechanisms) {
    t.same(await start(name, context).next(undefined), { kind: "challenge", data: "" });
  }
  const exchange = start("PLAIN", context);
  await exchange.next(undefined);
  t.match(await exchange.next(base64("\0juliet\0secret")), { kind: "success" });
});

test("a mechanism that is not offered does not start", async (t) => {
  const context = await contextFor("juliet", "secret");
  t.equal(startExchange("PLAIN", context, ["SCRAM-SHA-1"]), undefined);
  t.equal(startExchange("SCRAM-SHA-256-PLUS", context, saslMechanisms), undefined);
});

test("a wrong password and an unknown user have the same answer", async (t) => {
  const context = await contextFor("juliet", "secret");
  const denied = { kind: "failure", condition: "not-authorized" };
  for (const hash of ["SHA-1", "SHA-256"] as const) {
    t.same((await scram(hash, context, "juliet", "wrong")).last, denied);
    t.same((await scram(hash, context, "nobody", "secret")).last, denied);
    t.same((await scram(hash, context, "no body", "secret")).last, denied);
  }
  t.same(await start("PLAIN", context).next(base64("\0juliet\0wrong")), denied);
  t.same(await start("PLAIN", context).next(base64("\0nobody\0secret")), denied);
  t.same(await start("PLAIN", context).next(base64("\0juliet\0sec\u0007ret")), denied);
});

test("an unknown user has a salt as a real one: constant, own, secret", async (t) => {
  const context = await contextFor("juliet", "secret");
  const challengeTo = async (name: string, hash: SaltedHash, other: SaslContext = context) => {
    const { first } = await scram(hash, other, name, "x");
    return /,s=(.*),i=(.*)$/.exec(first.kind === "challenge" ? plain(first.data) : "")?.slice(1);
  };
  const nobody = await challengeTo("nobody", "SHA-256");
  const juliet = await challengeTo("juliet", "SHA-256");
  t.equal(nobody?.[0]?.length, juliet?.[0]?.length);
  t.equal(nobody?.[1], juliet?.[1]);
  t.same(await challengeTo("nobody", "SHA-256"), nobody);
  t.same(await challengeTo("NoBody", "SHA-256"), nobody, "prepared as a real name");
  t.notSame(await challengeTo("nobody", "SHA-1"), nobody);
  t.notSame(await challengeTo("somebody", "SHA-256"), nobody);
  const moved = { ...context, secret: Buffer.alloc(32, 8) };
  t.notSame(await challengeTo("nobody", "SHA-256", moved), nobody);
});

test("nobody opens a session for another user", async (t) => {
  const context = await contextFor("juliet", "secret");
  const other = { kind: "failure", condition: "invalid-authzid" };
  const others = ["romeo", "romeo@example.com", "juliet@example.net", "juliet@example.com/x"];
  for (const authzid of others) {
    t.same(await start("PLAIN", context).next(base64(`${authzid}\0juliet\0secret`)), other);
    const options = { header: `n,a=${authzid},` };
    t.same((await scram("SHA-256", context, "juliet", "secret", options)).first, other);
  }
  for (const authzid of ["juliet", "juliet@example.com", "Juliet@EXAMPLE.com"]) {
    const step = await start("PLAIN", context).next(base64(`${authzid}\0juliet\0secret`));
    t.match(step, { kind: "success", username: "juliet" });
    const options = { header: `y,a=${authzid},` };
    t.ok((await scram("SHA-1", context, "juliet", "secret", options)).verified);
  }
});

test("a changed header, nonce or proof is refused", async (t) => {
  const context = await contextFor("juliet", "secret");
  const denied = { kind: "failure", condition: "not-authorized" };
  const last = async (alter: (message: string) => string) =>
    (await scram("SHA-256", context, "juliet", "secret", { alter })).last;
  t.same(await last((message) => message.replace("c=biws", `c=${base64("y,,")}`)), denied);
  t.same(await last((message) => `${message}x`), denied);
  t.same(await last((message) => message.slice(0, -1)), denied);
  t.match(await last((message) => `${message},x=extension`), { kind: "success" });
  t.same(await last((message) => `${message},m=must-understand`),
    { kind: "failure", condition: "malformed-request" });
});

test("names with commas and equals signs come back from their escapes", async (t) => {
  const credential = await deriveCredential("SHA-1", "secret", "QSXCR+Q6sek8bf92", 4_096);
  const lookup = async (name: string) => (name === "a,b=c" ? [credential] : undefined);
  const context = { ...(await contextFor("x", "y")), lookup };
  const { last } = await scram("SHA-1", context, "a=2Cb=3Dc", "secret");
  t.match(last, { kind: "success", username: "a,b=c" });
});

test("malformed messages are refused by name", async (t) => {
  const context = await contextFor("juliet", "secret");
  const malformed = { kind: "failure", condition: "malformed-request" };
  const firsts = [
    "", "n,,", "n,,n=juliet", "n,,n=,r=abc", "n,,n=juliet,r=", "n,,n=a=b,r=abc",
    "n,,r=abc,n=juliet",
    "n=juliet,r=abc", "x,,n=juliet,r=abc", "n,a=,n=juliet,r=abc", "n,,m=x,n=juliet,r=abc",
    "n,,n=juliet,r=a b", "p=tls-unique,,n=juliet,r=abc", `n,,n=juliet,r=${"a".repeat(2_000)}`,
  ];
  for (const first of firsts) {
    t.same(await start("SCRAM-SHA-256", context).next(base64(first)), malformed, first);
  }
  for (const message of ["", "juliet", "\0juliet", "\0juliet\0", "\0\0secret", "a\0b\0c\0d"]) {
    t.same(await start("PLAIN", context).next(base64(message)), malformed, message);
  }
  t.same(await start("PLAIN", context).next("="), malformed);
  const invalidUtf8 = Buffer.from([0, 0xff, 0, 0xfe]).toString("base64");
  t.same(await start("PLAIN", context).next(invalidUtf8), malformed);
  for (const data of ["a", "ab==c", "!!!!", "YWJj YWJj"]) {
    const step = await start("PLAIN", context).next(data);
    t.same(step, { kind: "failure", condition: "incorrect-encoding" }, data);
  }
});

test("an exchange that is over stays over", async (t) => {
  const context = await contextFor("juliet", "secret");
  for (const name of saslMechanisms) {
    const exchange = start(name, context);
    await exchange.next(base64("nonsense"));
    t.match(await exchange.next(base64("\0juliet\0secret")), { kind: "failure" });
  }
});

test("credentials have both hashes, their own salts, and never too few iterations", async (t) => {
  const [first, second] = (await makeCredentials("secret", { iterations: 1 })) as Credential[];
  t.same([first?.hash, second?.hash], ["SHA-256", "SHA-1"]);
  t.equal(first?.iterations, 4_096);
  t.not(first?.salt, second?.salt);
  t.notSame(await makeCredentials("secret"), await makeCredentials("secret"));
  t.notMatch(JSON.stringify(first), "secret");
  t.equal((await makeCredentials("secret"))?.[0]?.iterations, 10_000);
});

test("passwords are prepared as SASLprep says (RFC 4013 §3)", async (t) => {
  t.equal(preparePassword("I\u00adX"), "IX");
  t.equal(preparePassword("user"), "user");
  t.equal(preparePassword("USER"), "USER");
  t.equal(preparePassword("\u00aa"), "a");
  t.equal(preparePassword("\u2168"), "IX");
  t.equal(preparePassword("a\u00a0b"), "a b");
  t.equal(preparePassword("\u0007"), undefined);
  t.equal(preparePassword(""), undefined);
  t.equal(preparePassword("\u00ad"), undefined);
  t.equal(preparePassword("x".repeat(1_025)), undefined);
  t.equal(await makeCredentials("a\nb"), undefined);
});
