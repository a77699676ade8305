// Which web pages may open a stream: a browser sends any page's WebSocket, with the page's origin.

export interface OriginPolicy {
  /** Further origins that may connect, as browsers write them; `*` stands for all. */
  readonly allowed: ReadonlySet<string>;
  /** Host names by which this server is meant on its own machine. */
  readonly localNames: ReadonlySet<string>;
}

/**
 * XMPP has no cookies, so a foreign page can't act as its visitor; but from the visitor's browser
 * it reaches servers that only listen on loopback, and is trusted there. So: a page from the
 * server's own host, or an allowed one. On loopback the host must be a local name as well, or else
 * a page could point its own name at 127.0.0.1 (DNS rebinding). What is no browser has no origin.
 *
 * @param origin the header `Origin`
 * @param host the header `Host`, or what a trusted proxy says in its stead
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  loopback: boolean,
  policy: OriginPolicy,
): boolean {
  if (origin === undefined) return true;
  if (policy.allowed.has("*") || policy.allowed.has(origin)) return true;
  if (host === undefined || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  if (page.protocol !== "http:" && page.protocol !== "https:") return false;
  const here = `${page.protocol}//${host}`;
  if (!URL.canParse(here) || new URL(here).host !== page.host) return false;
  return !loopback || policy.localNames.has(page.hostname);
}
