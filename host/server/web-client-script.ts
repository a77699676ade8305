// The script of the web client's page: starts Converse.js with our settings and mends it.

/**
 * The text of `/client.js`, a module that runs after Converse's own.
 *
 * What it mends of Converse 14.0.0, each by a way that Converse leaves open to its plugins:
 * - Its footer loads its sponsors' pictures from their servers, and its navigation bar leads to its
 *   makers' contact form: custom elements that exist already are left alone.
 * - With a server that can't block people (XEP-0191) it never opens a chat with somebody new: it
 *   waits for a block list that nobody asks for. An empty list of its own kind ends the wait.
 * - It lets everybody who has written to one see one's presence, unasked: whoever is only listed
 *   because of a message has no subscription state, and Converse takes that for a subscription.
 *   And whoever accepts a request doesn't ask the same back: `subscribe` without a listener, which
 *   it calls for that, belongs to the model's events by now.
 * - A reload goes on with the session if one has logged in, but not if one has just registered:
 *   then it doesn't keep the keys for it (never the password), and stays at the form's address.
 */
export function startScript(settings: Readonly<Record<string, unknown>>, version: string): string {
  return `// Starts Converse.js (MPL-2.0: /converse/LICENSE) on the server that this page came from.
const settings = ${JSON.stringify(settings, undefined, 2)};
settings.websocket_url = new URL("/ws", location.href).href.replace(/^http/, "ws");

customElements.define("converse-controlbox-navbar", class extends HTMLElement {});
customElements.define("converse-footer", class extends HTMLElement {
  connectedCallback() {
    this.className = "text-center small py-3";
    this.innerHTML = 'This is a Pidgeon server. Its web client is Converse.js ${version}, ' +
      '<a href="/converse/LICENSE" target="_blank">free software</a> ' +
      '(<a href="https://github.com/conversejs/converse.js" target="_blank" ' +
      'rel="noopener noreferrer">source</a>).';
  }
});

converse.plugins.add("pidgeon", {
  dependencies: ["converse-blocklist", "converse-roster"],
  initialize() {
    const { api, state, exports } = this._converse;
    const session = () => this._converse.session;

    api.listen.on("discoInitialized", async () => {
      if (await api.disco.supports("urn:xmpp:blocking", session().get("domain"))) return;
      session().set("converse.blocklist-" + session().get("bare_jid") + "-fetched", true);
      state.blocklist = new exports.Blocklist();
    });

    const contacts = exports.RosterContacts.prototype;
    const handleIncomingSubscription = contacts.handleIncomingSubscription;
    contacts.handleIncomingSubscription = function (presence) {
      const contact = this.get(presence.getAttribute("from").split("/")[0]);
      if (contact && !contact.get("subscription")) {
        contact.save({ subscription: "none", ask: null, requesting: true });
        api.trigger("contactRequest", contact);
      } else handleIncomingSubscription.call(this, presence);
    };

    const { subscribe } = exports.RosterContact.prototype;
    exports.RosterContact.prototype.subscribe = function (...parameters) {
      if (parameters.length === 0) return this.subscribeToPresence();
      return subscribe.apply(this, parameters);
    };

    api.listen.on("connected", async () => {
      if (/^#converse.(login|register)$/.test(location.hash)) {
        history.replaceState(null, "", location.pathname);
      }
      const { scram_keys } = api.connection.get();
      if (!scram_keys || !state.config.get("trusted")) return;
      const saved = await converse.env.u.savedLoginInfo(session().get("bare_jid"));
      saved.save({ scram_keys });
    });
  },
});

converse.initialize(settings);
`;
}
