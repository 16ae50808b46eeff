// Looking at pages as people do: on a desk and on a phone, by day and by night, with a screen reader's eyes.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { signedIn } from "./chromium.ts";
import type { Person } from "./person.ts";
import type { Server } from "./server.ts";

export const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
export type Size = keyof typeof sizes;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Signed in without the form: for tests of what lies behind it. */
export async function enter(page: Page, server: Server, person: Person, path = "/photos") {
  await signedIn(page.context(), server, person);
  await page.goto(server.url + path);
}

/** axe-core finds nothing serious, and nothing sticks out at the side. */
export async function expectGoodForAll(page: Page) {
  // What is still fading in has another contrast than it will have.
  await page.evaluate(() =>
    Promise.all(
      document.getAnimations().map((one) => (one.effect?.getComputedTiming().iterations === Infinity ? null : one.finished.catch(() => {}))),
    ),
  );
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as any).axe.run(document, { resultTypes: ["violations"] });
    return violations
      .filter((one: any) => one.impact === "serious" || one.impact === "critical")
      .map((one: any) => `${one.id}: ${one.nodes.map((node: any) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).join("\n  ")}`);
  });
  expect(found).toEqual([]);
  const { wide, inner } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, inner: document.documentElement.clientWidth }));
  expect(wide).toBeLessThanOrEqual(inner);
}

/** Collects what the browser complains about; the returned list is to be empty at the end. */
export function complaints(page: Page): string[] {
  const all: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") all.push(message.text());
  });
  page.on("pageerror", (error) => all.push(String(error)));
  return all;
}
