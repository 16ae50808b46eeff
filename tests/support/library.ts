// Photo libraries for the tests of the web app, and what one sees of them on the screen.
import { AssetVisibility, QueueName } from "@immich/sdk";
import type { Page } from "playwright-core";
import { jpeg } from "./images.ts";
import type { Person } from "./person.ts";
import type { Server } from "./server.ts";
import { until } from "./until.ts";

/** Many months with some photos each, newest first; without pictures, since nothing is prepared: for what depends on numbers and dates alone. */
export async function manyMonths(server: Server, person: Person, months: number, each: number): Promise<string[]> {
  await server.pause(QueueName.MetadataExtraction);
  const dates = Array.from({ length: months * each }, (_, i) => {
    const [month, nth] = [Math.floor(i / each), i % each];
    return new Date(Date.UTC(2024, 5 - month, 28 - nth, 12)).toISOString();
  });
  const ids: string[] = [];
  let next = 0;
  const hand = async () => {
    for (let i = next++; i < dates.length; i = next++) {
      const { id } = await person.upload(jpeg({ width: 64, height: 48 }), { fileCreatedAt: dates[i]!, fileModifiedAt: dates[i]!, filename: `${i}.jpg` });
      ids[i] = id;
    }
  };
  await Promise.all(Array.from({ length: 6 }, hand));
  return ids;
}

/** Photos that can be looked at; `taken` is the photographer's clock. */
export async function pictures(server: Server, person: Person, taken: string[], shape: { width?: number; height?: number } = {}): Promise<string[]> {
  await server.resume(QueueName.MetadataExtraction);
  const ids: string[] = [];
  for (const date of taken) ids.push((await person.upload(jpeg({ taken: date, width: 640, height: 480, ...shape }))).id);
  await server.idle();
  return ids;
}

export const archived = { visibility: AssetVisibility.Archive };

export const cell = (page: Page, id: string) => page.locator(`[data-asset="${id}"]`);

/** The photos on the screen, from the top: their ids and places within the scrolling window. */
export async function onScreen(page: Page): Promise<{ id: string; top: number; left: number; right: number }[]> {
  return page.evaluate(() => {
    const window = document.querySelector("[data-window]")!.getBoundingClientRect();
    return [...document.querySelectorAll<HTMLElement>("[data-asset]")]
      .map((one) => ({ id: one.dataset.asset!, box: one.getBoundingClientRect() }))
      .filter(({ box }) => box.bottom > window.top && box.top < window.bottom)
      .map(({ id, box }) => ({ id, top: box.top - window.top, left: box.left, right: box.right }))
      .sort((a, b) => a.top - b.top || a.left - b.left);
  });
}

/** How far the heading of a month is from the window's upper edge; undefined if it is not drawn. */
export async function monthTop(page: Page, month: string): Promise<number | undefined> {
  return page.evaluate((key) => {
    const section = document.querySelector(`[data-month="${key}"]`);
    return section ? section.getBoundingClientRect().top - document.querySelector("[data-window]")!.getBoundingClientRect().top : undefined;
  }, month);
}

/** Waits until nothing moves any more and all that is looked at is there. */
export async function settled(page: Page) {
  // What was still before this call says nothing: what has just been done may not have begun to show.
  const since = await page.evaluate(() => performance.now());
  await page.waitForFunction((since) => {
    if (document.querySelector("[data-loading]")) return false;
    const key = JSON.stringify([...document.querySelectorAll("[data-asset]")].map((one) => [(one as HTMLElement).dataset.asset, one.getBoundingClientRect().top]));
    const kept = globalThis as { seen?: string; since?: number };
    if (kept.seen !== key || !document.querySelector("[data-asset]")) {
      kept.seen = key;
      kept.since = performance.now();
    }
    return performance.now() - Math.max(since, kept.since!) > 400;
  }, since);
}

/** Turns the wheel over the timeline, which is not at its end. */
export async function scroll(page: Page, by: number) {
  const timeline = page.locator("[data-window]");
  const box = (await timeline.boundingBox())!;
  const top = () => timeline.evaluate((element) => element.scrollTop);
  const before = await top();
  await page.mouse.move(box.x + box.width / 3, box.y + box.height / 2);
  await page.mouse.wheel(0, by);
  // The wheel is answered before anything moves.
  await until("the timeline to move", async () => (await top()) !== before);
  await settled(page);
}
