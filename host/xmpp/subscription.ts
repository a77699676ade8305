// Presence subscriptions as pure state: RFC 6121 §3 and the tables of its Appendix A.

import type { Subscription } from "../storage/storage.ts";

/** What one user's server knows about one contact. */
export interface SubscriptionState {
  readonly subscription: Subscription;
  /** Pending out: the user has asked, the contact has not answered (`ask='subscribe'`). */
  readonly ask: boolean;
  /** Pending in: the contact has asked, the user has not answered. */
  readonly pendingIn: boolean;
  /** Pre-approved (§3.4): the contact's next request is granted without asking. */
  readonly approved: boolean;
}

/** The presence types that change subscriptions. */
export type SubscriptionType = "subscribe" | "subscribed" | "unsubscribe" | "unsubscribed";

/** What comes of a subscription stanza. `state` is the given object itself if nothing changes. */
export interface Transition {
  readonly state: SubscriptionState;
  /** Outbound: route to the contact. Inbound: deliver to the user. */
  readonly pass: boolean;
  /** Inbound only: answer the contact in the user's name. */
  readonly reply: SubscriptionType | undefined;
}

/** The state of a contact that nobody has mentioned. */
export const noSubscription: SubscriptionState = Object.freeze({
  subscription: "none",
  ask: false,
  pendingIn: false,
  approved: false,
});

/** Whether the text is a presence type that changes subscriptions. */
export function isSubscriptionType(type: string | undefined): type is SubscriptionType {
  return type === "subscribe" || type === "subscribed" || type === "unsubscribe" ||
    type === "unsubscribed";
}

/** The user sees the contact's presence. */
export function seesContact(subscription: Subscription): boolean {
  return subscription === "to" || subscription === "both";
}

/** The contact sees the user's presence. */
export function seenByContact(subscription: Subscription): boolean {
  return subscription === "from" || subscription === "both";
}

function combine(to: boolean, from: boolean): Subscription {
  if (to) return from ? "both" : "to";
  return from ? "from" : "none";
}

function stay(state: SubscriptionState, pass: boolean, reply?: SubscriptionType): Transition {
  return { state, pass, reply };
}

function change(
  state: SubscriptionState,
  changes: Partial<SubscriptionState>,
  pass: boolean,
  reply?: SubscriptionType,
): Transition {
  return { state: { ...state, ...changes }, pass, reply };
}

/** The user sends a subscription stanza to the contact (Appendix A.2). */
export function sendSubscription(state: SubscriptionState, type: SubscriptionType): Transition {
  const to = seesContact(state.subscription);
  const from = seenByContact(state.subscription);
  switch (type) {
    case "subscribe":
      return to || state.ask ? stay(state, true) : change(state, { ask: true }, true);
    case "unsubscribe":
      if (!to && !state.ask) return stay(state, true);
      return change(state, { subscription: combine(false, from), ask: false }, true);
    case "subscribed":
      if (state.pendingIn) {
        const subscription = combine(to, true);
        return change(state, { subscription, pendingIn: false, approved: false }, true);
      }
      // §3.4.2: with no request to answer, this is a pre-approval, which is never routed.
      return from || state.approved ? stay(state, false) : change(state, { approved: true }, false);
    case "unsubscribed": {
      const pass = from || state.pendingIn;
      if (!pass && !state.approved) return stay(state, false);
      const subscription = combine(to, false);
      return change(state, { subscription, pendingIn: false, approved: false }, pass);
    }
  }
}

/** A subscription stanza from the contact reaches the user's server (Appendix A.3). */
export function receiveSubscription(state: SubscriptionState, type: SubscriptionType): Transition {
  const to = seesContact(state.subscription);
  const from = seenByContact(state.subscription);
  switch (type) {
    case "subscribe":
      // §3.1.3: who has the subscription already is told so again, without bothering the user.
      if (from) return stay(state, false, "subscribed");
      if (state.approved) {
        const subscription = combine(to, true);
        return change(state, { subscription, approved: false }, false, "subscribed");
      }
      return state.pendingIn ? stay(state, false) : change(state, { pendingIn: true }, true);
    case "unsubscribe":
      if (!from && !state.pendingIn) return stay(state, false);
      return change(state, { subscription: combine(to, false), pendingIn: false }, true);
    case "subscribed":
      if (!state.ask) return stay(state, false);
      return change(state, { subscription: combine(true, from), ask: false }, true);
    case "unsubscribed":
      if (!to && !state.ask) return stay(state, false);
      return change(state, { subscription: combine(false, from), ask: false }, true);
  }
}
