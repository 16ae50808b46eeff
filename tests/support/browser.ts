// The test of the web app: `page` is a fresh, empty Chromium tab of a stranger; `signIn` makes it somebody's. Without a Chromium it is skipped.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { executablePath, launch } from "./chromium.ts";
import { test as base } from "./test.ts";
import { root } from "./paths.ts";
import type { Person } from "./person.ts";
import type { Server } from "./server.ts";

if (!executablePath) console.log("Skipped: there is no Chromium here (apt install chromium), so the web app is not tested.");

interface Fixtures {
  browser: Browser;
  page: Page;
  signIn: (page: Page, server: Server, person: Person) => Promise<void>;
}

const inBrowser = base.extend<Fixtures>({
  browser: [
    async ({}, use) => {
      // The wheel turns in one step: on a busy machine a smooth one pauses on its way, and looks as if it had come to rest.
      const browser = await launch("--disable-smooth-scrolling");
      await use(browser);
      await browser.close();
    },
    { scope: "file" },
  ],

  page: async ({ browser, onTestFailed }, use) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", timezoneId: "UTC" });
    context.setDefaultTimeout(90_000);
    const page = await context.newPage();
    const said: string[] = [];
    page.on("console", (message) => void said.push(message.text()));
    page.on("pageerror", (error) => void said.push(String(error)));
    onTestFailed(() => {
      if (said.length) console.error(`--- the page says:\n${said.join("\n")}\n---`);
    });
    await use(page);
    await context.close();
  },

  signIn: async ({}, use) => {
    await use(async (page, server, person) => {
      await page.goto(server.url);
      await page.getByLabel("E-mail").fill(person.email);
      await page.getByLabel("Password", { exact: true }).fill(person.password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("button", { name: "Upload", exact: true }).waitFor();
    });
  },
});

export const test = inBrowser.skipIf(!executablePath);

/** A picture of the page in build/screenshots, to look at. */
export async function screenshot(page: Page, name: string) {
  const folder = join(root, "build/screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

export { describe, expect } from "vitest";
export { jpeg, mp4, png } from "./images.ts";
export { until } from "./until.ts";
