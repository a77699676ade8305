// Drives the web client in Debian's Chromium: what a person does with Converse.js, as functions.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { findProgram } from "../programs.ts";

/** No sandbox: tests may run as root in a container. The rest keeps Chromium from calling home. */
const CHROMIUM_OPTIONS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** From build/tests/browser/. */
const screenshots = fileURLToPath(new URL("../../../tests/screenshots/", import.meta.url));

export async function openBrowser(): Promise<Browser> {
  const executablePath = findProgram("chromium");
  if (executablePath === undefined) throw new Error("this machine has no Chromium");
  mkdirSync(screenshots, { recursive: true });
  return chromium.launch({ executablePath, args: CHROMIUM_OPTIONS });
}

/** A person at a browser of their own. */
export class Person {
  readonly name: string;
  readonly page: Page;
  /** Every address that the page asked for, WebSockets included. */
  readonly requests: string[] = [];
  /** Uncaught errors, and what the content security policy refused. */
  readonly faults: string[] = [];

  private constructor(name: string, page: Page) {
    this.name = name;
    this.page = page;
    page.setDefaultTimeout(15_000);
    page.on("request", (request) => this.requests.push(request.url()));
    page.on("websocket", (socket) => this.requests.push(socket.url()));
    page.on("pageerror", (error) => this.faults.push(error.message));
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) this.faults.push(message.text());
    });
  }

  static async arrive(browser: Browser, name: string, url: string, locale = "en"): Promise<Person> {
    const context = await browser.newContext({ viewport: { width: 1100, height: 750 }, locale });
    const person = new Person(name, await context.newPage());
    await person.page.goto(url);
    return person;
  }

  /** Registers with Converse's own form, which logs in as well. */
  async register(password: string): Promise<void> {
    await this.page.click("a.register-account");
    const form = this.page.locator("#converse-register");
    await form.locator("input[name=username]").fill(this.name);
    await form.locator("input[name=password]").fill(password);
    await this.screenshot("register");
    await form.locator("input[type=submit]").click();
    await this.whenOnline();
  }

  async logIn(password: string): Promise<void> {
    const form = this.page.locator("#converse-login");
    await form.locator("input[name=jid]").fill(this.name);
    await form.locator("input[name=password]").fill(password);
    await form.locator("button[type=submit]").click();
    await this.whenOnline();
  }

  async whenOnline(): Promise<void> {
    await this.page.waitForSelector("#converse-roster .roster-contacts");
    await this.page.waitForSelector(".xmpp-status [data-value=online]");
  }

  /** Opens a chat with somebody who isn't a contact, by name alone. */
  async startChat(name: string): Promise<void> {
    await this.page.click(".dropdown--contacts button");
    await this.page.click("a.new-chat");
    const dialog = this.page.locator("converse-new-chat-modal");
    await dialog.locator("input[name=jid]").fill(name);
    await dialog.locator("button[type=submit]").click();
    await this.page.waitForSelector("textarea.chat-textarea");
  }

  /** Opens the chat of somebody in the list, as a click on a new message does. */
  async openChat(name: string): Promise<void> {
    await this.page.locator(`#converse-roster a.open-chat[data-jid^="${name}@"]`).first().click();
    await this.page.waitForSelector("textarea.chat-textarea");
  }

  /** Adds the one whose chat is open to the contacts: asks to see their presence. */
  async askAsContact(): Promise<void> {
    await this.page.locator("converse-contact-approval-alert .btn-success").click();
    await this.page.locator("converse-add-contact-modal button[type=submit]").click();
  }

  /** Says yes to the one whose chat is open, and asks the same back. */
  async approveContact(): Promise<void> {
    await this.page.locator("converse-contact-approval-alert", { hasText: "would like" }).waitFor();
    await this.screenshot("request");
    await this.page.locator("converse-contact-approval-alert .btn-success").click();
    await this.page.locator("converse-accept-contact-request-modal button[type=submit]").click();
  }

  async seesOnline(name: string): Promise<void> {
    const contact = `#converse-roster a[data-jid^="${name}@"] .contact-name--online`;
    await this.page.locator(contact).first().waitFor();
  }

  async say(text: string): Promise<void> {
    await this.page.fill("textarea.chat-textarea", text);
    await this.page.press("textarea.chat-textarea", "Enter");
    await this.sees(text);
  }

  /** Waits until a message with this text is shown in the open chat. */
  async sees(text: string): Promise<void> {
    await this.page.locator(".chat-msg__text", { hasText: text }).first().waitFor();
  }

  async screenshot(title: string): Promise<void> {
    await this.page.screenshot({ path: join(screenshots, `${this.name}-${title}.png`) });
  }
}
