// SASL SCRAM-SHA-1 and SCRAM-SHA-256, the server's side (RFC 5802, RFC 7677), no channel binding.
//
//   client                                      server
//     n,,n=user,r=cnonce                  ->
//                                         <-    r=cnonce+snonce,s=salt,i=iterations
//     c=biws,r=cnonce+snonce,p=proof      ->
//                                         <-    v=server signature
import { randomBytes } from "node:crypto";
import { type Credential, type SaltedHash, digest, hmac, isSame } from "./credentials.ts";
import {
  type SaslContext,
  type SaslExchange,
  type SaslStep,
  credentialFor,
  decodeMessage,
  encodeMessage,
  failure,
  mayActAs,
  prepareUsername,
} from "./mechanism.ts";

/** gs2-header (with the authzid) and the rest, which is the part that is signed. */
const CLIENT_FIRST =
  /^((n|y|p=[A-Za-z0-9.-]+),(?:a=([^,]+))?,)(n=([^,]+),r=([!-+\--~]+)(?:,.*)?)$/su;
const CLIENT_FINAL = /^(c=([^,]+),r=([!-+\--~]+)(?:,[^m].*)?),p=([A-Za-z0-9+/]+={0,2})$/su;
/** A longer nonce is only work; clients send 16 to 40 characters. */
const NONCE_LENGTH_MAX = 1_024;

/** What is agreed on once the client's first message is known. */
interface Started {
  readonly username: string;
  readonly credential: Credential;
  readonly header: string;
  readonly nonce: string;
  /** client-first-message-bare "," server-first-message: what both sign begins so. */
  readonly signed: string;
}

/** Takes two messages. Unknown users walk the same way with a credential that nobody can prove. */
export class ScramExchange implements SaslExchange {
  readonly mechanism: "SCRAM-SHA-1" | "SCRAM-SHA-256";
  readonly #hash: SaltedHash;
  readonly #context: SaslContext;
  #state: "first" | "final" | "over" = "first";
  #started: Started | undefined;

  constructor(hash: SaltedHash, context: SaslContext) {
    this.mechanism = `SCRAM-${hash}`;
    this.#hash = hash;
    this.#context = context;
  }

  async next(data: string | undefined): Promise<SaslStep> {
    const state = this.#state;
    if (data === undefined && state === "first") return { kind: "challenge", data: "" };
    this.#state = "over";
    if (data === undefined || state === "over") return failure("malformed-request");
    const message = decodeMessage(data);
    if ("kind" in message) return message;
    return state === "first" ? this.#first(message.text) : this.#final(message.text);
  }

  async #first(message: string): Promise<SaslStep> {
    const match = CLIENT_FIRST.exec(message);
    if (match === null) return failure("malformed-request");
    const [, header = "", binding = "", authzidName = "", bare = "", name = "", clientNonce = ""] =
      match;
    // "p" asks for channel binding, which only a -PLUS mechanism has; "y" says that we offer none.
    if (binding.startsWith("p") || clientNonce.length > NONCE_LENGTH_MAX) {
      return failure("malformed-request");
    }
    const authcid = decodeName(name);
    const authzid = decodeName(authzidName);
    if (authcid === undefined || authzid === undefined) return failure("malformed-request");
    const username = prepareUsername(authcid);
    if (!mayActAs(authzid, username, this.#context.domain)) return failure("invalid-authzid");
    const credential = await credentialFor(username, this.#hash, this.#context);
    const nonce = clientNonce + (this.#context.nonce?.() ?? randomBytes(18).toString("base64"));
    const reply = `r=${nonce},s=${credential.salt},i=${credential.iterations}`;
    this.#started = { username, credential, header, nonce, signed: `${bare},${reply}` };
    this.#state = "final";
    return { kind: "challenge", data: encodeMessage(reply) };
  }

  #final(message: string): SaslStep {
    const started = this.#started as Started;
    this.#started = undefined;
    const match = CLIENT_FINAL.exec(message);
    if (match === null) return failure("malformed-request");
    const [, withoutProof = "", binding = "", nonce = "", proofText = ""] = match;
    // The header is sent again under the signature, so that nobody can have changed it.
    if (binding !== encodeMessage(started.header) || nonce !== started.nonce) {
      return failure("not-authorized");
    }
    const { storedKey, serverKey } = started.credential;
    const stored = Buffer.from(storedKey, "base64");
    const proof = Buffer.from(proofText, "base64");
    const signed = `${started.signed},${withoutProof}`;
    const signature = hmac(this.#hash, stored, signed);
    if (proof.length !== signature.length) return failure("malformed-request");
    const clientKey = proof.map((byte, index) => byte ^ (signature[index] as number));
    if (!isSame(digest(this.#hash, clientKey), stored)) return failure("not-authorized");
    const verifier = hmac(this.#hash, Buffer.from(serverKey, "base64"), signed);
    const data = encodeMessage(`v=${verifier.toString("base64")}`);
    return { kind: "success", username: started.username, data };
  }
}

/** A saslname: "=2C" is a comma, "=3D" an equals sign, any other "=" an error (RFC 5802 §5.1). */
function decodeName(name: string): string | undefined {
  if (/=(?!2C|3D)/.test(name)) return undefined;
  return name.replaceAll("=2C", ",").replaceAll("=3D", "=");
}
