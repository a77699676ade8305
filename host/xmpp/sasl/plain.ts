// SASL PLAIN, the server's side (RFC 4616). Offer it only where nobody can listen.
import { isPasswordOf } from "./credentials.ts";
import {
  type SaslContext,
  type SaslExchange,
  type SaslStep,
  credentialFor,
  decodeMessage,
  failure,
  mayActAs,
  prepareUsername,
} from "./mechanism.ts";
import { preparePassword } from "./passwords.ts";

/**
 * One message, `authzid NUL authcid NUL password`. A wrong name costs the same PBKDF2 and has the
 * same answer as a wrong password.
 */
export class PlainExchange implements SaslExchange {
  readonly mechanism = "PLAIN";
  readonly #context: SaslContext;
  #over = false;

  constructor(context: SaslContext) {
    this.#context = context;
  }

  async next(data: string | undefined): Promise<SaslStep> {
    if (this.#over) return failure("malformed-request");
    if (data === undefined) return { kind: "challenge", data: "" };
    this.#over = true;
    const message = decodeMessage(data);
    if ("kind" in message) return message;
    const [authzid, authcid, password, ...rest] = message.text.split("\0");
    if (authzid === undefined || !authcid || !password || rest.length > 0) {
      return failure("malformed-request");
    }
    const username = prepareUsername(authcid);
    if (!mayActAs(authzid, username, this.#context.domain)) return failure("invalid-authzid");
    const prepared = preparePassword(password);
    if (prepared === undefined) return failure("not-authorized");
    const credential = await credentialFor(username, "SHA-256", this.#context);
    if (!(await isPasswordOf(credential, prepared))) return failure("not-authorized");
    return { kind: "success", username, data: undefined };
  }
}
