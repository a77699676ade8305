// The web client in the box: Converse.js from node_modules, and our one page that starts it.
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { startScript } from "./web-client-script.ts";

const PRODUCT = "Pidgeon";

/**
 * Everything comes from this server. Converse styles elements directly, shows avatars from data and
 * compiles one WebAssembly module (for its encryption).
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Adds `/`, `/client.js` and, below `/converse/`, what the npm package brings with it. */
export async function addWebClient(app: FastifyInstance, domain: string): Promise<void> {
  const converse = locateConverse();
  // The version is a part of the address: what is there never changes and is kept by browsers.
  const prefix = `/converse/${converse.version}/`;
  await app.register(fastifyStatic, {
    root: join(converse.folder, "dist"),
    prefix,
    index: false,
    immutable: true,
    maxAge: "365d",
    setHeaders: (response) => {
      response.setHeader("x-content-type-options", "nosniff");
    },
  });
  for (const name of ["LICENSE", "COPYRIGHT"]) {
    const text = readFileSync(join(converse.folder, name), "utf8");
    app.get(`/converse/${name}`, (_request, reply) => send(reply, "text/plain", text));
  }
  const html = page(prefix);
  const script = startScript(settingsFor(domain, prefix), converse.version);
  app.get("/", (_request, reply) => send(reply, "text/html", html));
  app.get("/client.js", (_request, reply) => send(reply, "text/javascript", script));
  app.get("/favicon.ico", (_request, reply) => reply.redirect(`${prefix}images/favicon.ico`));
}

function locateConverse(): { readonly folder: string; readonly version: string } {
  const script = createRequire(import.meta.url).resolve("converse.js/dist/converse.min.js");
  const folder = dirname(dirname(script));
  const manifest = readFileSync(join(folder, "package.json"), "utf8");
  return { folder, version: (JSON.parse(manifest) as { version: string }).version };
}

function send(reply: FastifyReply, type: string, body: string): FastifyReply {
  return reply
    .type(`${type}; charset=utf-8`)
    .header("cache-control", "no-cache")
    .header("content-security-policy", CONTENT_SECURITY_POLICY)
    .header("cross-origin-opener-policy", "same-origin")
    .header("referrer-policy", "no-referrer")
    .header("x-content-type-options", "nosniff")
    .send(body);
}

/** Converse's settings for a newcomer: this server and no other, nothing from elsewhere. */
function settingsFor(domain: string, prefix: string): Readonly<Record<string, unknown>> {
  return {
    assets_path: prefix.replace(/\/$/, ""),
    authentication: "login",
    auto_reconnect: true,
    view_mode: "fullscreen",
    // A name alone is enough, to log in and to register.
    locked_domain: domain,
    registration_domain: domain,
    domain_placeholder: domain,
    allow_registration: true,
    // Each of these would ask an address outside.
    discover_connection_methods: false,
    xmpp_providers_url: "",
    providers_link: "",
    autocomplete_providers_url: "",
    muc_search_service: "",
    emoji_image_path: `${prefix}images/`,
    fetch_url_headers: false,
    render_media: false,
    embed_3rd_party_media_players: false,
    notification_icon: `${prefix}images/logo/conversejs-filled.svg`,
    // Its keys are published by a protocol (XEP-0163) that the server doesn't have.
    blacklisted_plugins: ["converse-omemo", "converse-omemo-views"],
    whitelisted_plugins: ["pidgeon"],
    loglevel: "warn",
  };
}

function page(prefix: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${PRODUCT}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${PRODUCT}: chat in the browser">
<link rel="icon" href="${prefix}images/favicon.ico">
<link rel="license" href="/converse/LICENSE">
<link rel="stylesheet" href="${prefix}converse.min.css">
<script src="${prefix}converse.min.js" type="module"></script>
<script src="/client.js" type="module"></script>
</head>
<body class="converse-fullscreen">
<noscript>${PRODUCT}'s web client needs JavaScript. Any XMPP client can connect instead.</noscript>
<div id="conversejs-bg"></div>
<!-- The client is Converse.js, under the Mozilla Public License 2.0: /converse/LICENSE.
Its source is the npm package converse.js; the readable form is ${prefix}converse.js. -->
</body>
</html>
`;
}
