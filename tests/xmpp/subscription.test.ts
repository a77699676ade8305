// RFC 6121 Appendix A: every row of its tables.

import { test } from "tap";
import type { Subscription } from "../../host/storage/storage.ts";
import {
  receiveSubscription, sendSubscription, type SubscriptionState, type SubscriptionType,
  type Transition,
} from "../../host/xmpp/subscription.ts";

/** The nine states of A.1, by the RFC's words in short: `N+O` is "None + Pending Out". */
const names = ["N", "N+O", "N+I", "N+OI", "T", "T+I", "F", "F+O", "B"] as const;
type Name = (typeof names)[number];

function stateOf(name: Name): SubscriptionState {
  const [short, pending = ""] = name.split("+");
  const subscriptions: Record<string, Subscription> = { N: "none", T: "to", F: "from", B: "both" };
  return {
    subscription: subscriptions[short!]!,
    ask: pending.includes("O"),
    pendingIn: pending.includes("I"),
    approved: false,
  };
}

function nameOf({ subscription, ask, pendingIn }: SubscriptionState): string {
  const pending = `${ask ? "O" : ""}${pendingIn ? "I" : ""}`;
  const short = { none: "N", to: "T", from: "F", both: "B" }[subscription];
  return pending === "" ? short : `${short}+${pending}`;
}

/**
 * A table: per state, the next one, with `!` if the stanza is passed on and `>` for an automatic
 * reply.
 */
type Table = Record<Name, string>;

const sent: Record<SubscriptionType, Table> = {
  subscribe: {
    "N": "N+O!", "N+O": "N+O!", "N+I": "N+OI!", "N+OI": "N+OI!", "T": "T!", "T+I": "T+I!",
    "F": "F+O!", "F+O": "F+O!", "B": "B!",
  },
  unsubscribe: {
    "N": "N!", "N+O": "N!", "N+I": "N+I!", "N+OI": "N+I!", "T": "N!", "T+I": "N+I!", "F": "F!",
    "F+O": "F!", "B": "F!",
  },
  subscribed: {
    "N": "N", "N+O": "N+O", "N+I": "F!", "N+OI": "F+O!", "T": "T", "T+I": "B!", "F": "F",
    "F+O": "F+O", "B": "B",
  },
  unsubscribed: {
    "N": "N", "N+O": "N+O", "N+I": "N!", "N+OI": "N+O!", "T": "T", "T+I": "T!", "F": "N!",
    "F+O": "N+O!", "B": "T!",
  },
};

const received: Record<SubscriptionType, Table> = {
  subscribe: {
    "N": "N+I!", "N+O": "N+OI!", "N+I": "N+I", "N+OI": "N+OI", "T": "T+I!", "T+I": "T+I",
    "F": "F>subscribed", "F+O": "F+O>subscribed", "B": "B>subscribed",
  },
  unsubscribe: {
    "N": "N", "N+O": "N+O", "N+I": "N!", "N+OI": "N+O!", "T": "T", "T+I": "T!", "F": "N!",
    "F+O": "N+O!", "B": "T!",
  },
  subscribed: {
    "N": "N", "N+O": "T!", "N+I": "N+I", "N+OI": "T+I!", "T": "T", "T+I": "T+I", "F": "F",
    "F+O": "B!", "B": "B",
  },
  unsubscribed: {
    "N": "N", "N+O": "N!", "N+I": "N+I", "N+OI": "N+I!", "T": "N!", "T+I": "N+I!", "F": "F",
    "F+O": "F!", "B": "F!",
  },
};

function describe({ state, pass, reply }: Transition): string {
  return `${nameOf(state)}${pass ? "!" : ""}${reply === undefined ? "" : `>${reply}`}`;
}

const types = Object.keys(sent) as SubscriptionType[];

test("what the user sends changes the state as in Appendix A.2", (t) => {
  for (const type of types) {
    for (const name of names) {
      const transition = sendSubscription(stateOf(name), type);
      t.equal(describe(transition), sent[type][name], `${type} in ${name}`);
    }
  }
  t.end();
});

test("what the user receives changes the state as in Appendix A.3", (t) => {
  for (const type of types) {
    for (const name of names) {
      const transition = receiveSubscription(stateOf(name), type);
      t.equal(describe(transition), received[type][name], `${type} in ${name}`);
    }
  }
  t.end();
});

test("a state that does not change is the same object", (t) => {
  for (const name of names) {
    for (const type of types) {
      const state = stateOf(name);
      for (const transition of [sendSubscription(state, type), receiveSubscription(state, type)]) {
        const changed = nameOf(transition.state) !== name || transition.state.approved;
        t.equal(transition.state !== state, changed, `${type} in ${name}`);
      }
    }
  }
  t.end();
});

test("an approval in advance is kept, granted at the request, and can be taken back", (t) => {
  const approved = sendSubscription(stateOf("N"), "subscribed");
  t.same(approved, { state: { ...stateOf("N"), approved: true }, pass: false, reply: undefined });
  t.equal(sendSubscription(approved.state, "subscribed").state, approved.state);
  const granted = receiveSubscription(approved.state, "subscribe");
  t.same(granted, { state: stateOf("F"), pass: false, reply: "subscribed" });
  const withdrawn = sendSubscription(approved.state, "unsubscribed");
  t.same(withdrawn, { state: stateOf("N"), pass: false, reply: undefined });
  t.end();
});
