// The timeline as a place: what is drawn, what is asked for, where one lands and where one stays.
import type { Page } from "playwright-core";
import { describe, expect, screenshot, test, until } from "../support/browser.ts";
import { line, phone, touch } from "../support/hands.ts";
import { cell, manyMonths, monthTop, onScreen, scroll, settled } from "../support/library.ts";
import { complaints, enter, expectGoodForAll, sizes, type Size } from "../support/look.ts";
import type { Person } from "../support/person.ts";
import type { Server } from "../support/server.ts";

// 30 months from June 2024 back to January 2022, 16 photos each: one library for all tests of this file, which only look.
const MONTHS = 30;
let library: Promise<{ ada: Person; ids: string[] }> | undefined;
const shared = (server: Server) =>
  (library ??= (async () => {
    const ada = await server.user({ name: "Ada" });
    return { ada, ids: await manyMonths(server, ada, MONTHS, 16) };
  })());

const slider = (page: Page) => page.getByRole("slider", { name: "Month" });

/** The months that the page asks for, as they are asked for. */
function monthsAsked(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.pathname === "/api/timeline/bucket") asked.push(url.searchParams.get("timeBucket")!);
  });
  return asked;
}

describe("the timeline", () => {
  const both = (Object.keys(sizes) as Size[]).map((size) => ({ size }));

  test.for(both)("draws months, days and even rows, and only what is near ($size)", async ({ size }, { server, page }) => {
    const { ada } = await shared(server);
    const heard = complaints(page);
    await page.setViewportSize(sizes[size]);
    await enter(page, server, ada);
    await page.getByRole("heading", { name: "June 2024" }).waitFor();
    await page.getByRole("heading", { name: /28 Jun/ }).waitFor();
    await settled(page);

    const rows = Map.groupBy(await onScreen(page), ({ top }) => Math.round(top));
    const ends = [...rows.values()].map((row) => Math.round(Math.max(...row.map(({ right }) => right))));
    const width = await page.locator("#timeline").evaluate((element) => Math.round(element.getBoundingClientRect().right));
    for (const end of ends) expect(end).toBeLessThanOrEqual(width);

    for (const by of [0, 3000, 6000]) {
      if (by) await scroll(page, by);
      expect(await page.locator("[data-asset]").count()).toBeLessThan(150);
      expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(1500);
      expect(await page.locator("[data-month]").count()).toBeLessThan(MONTHS / 2);
    }
    await expectGoodForAll(page);
    await screenshot(page, `timeline-${size}`);
    expect(heard).toEqual([]);
  });

  test("keeps the same number of nodes wherever one is", async ({ server, page }) => {
    const { ada } = await shared(server);
    await enter(page, server, ada);
    await settled(page);
    const counts: number[] = [];
    for (const key of ["PageDown", "PageDown", "End", "PageUp", "Home"]) {
      await slider(page).press(key);
      await settled(page);
      counts.push(await page.locator("[data-asset]").count());
    }
    expect(Math.max(...counts)).toBeLessThan(80);
  });

  test("lands on the first month of a year when the year is clicked", async ({ server, page }) => {
    const { ada } = await shared(server);
    await enter(page, server, ada);
    await settled(page);
    for (const [year, month] of [["2022", "2022-12-01"], ["2023", "2023-12-01"], ["2024", "2024-06-01"]] as const) {
      const label = slider(page).getByText(year, { exact: true });
      const box = (await label.boundingBox())!;
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      await settled(page);
      expect(await monthTop(page, month)).toBeCloseTo(0, 0);
      expect(await page.locator(`[data-month="${month}"] [data-asset]`).count()).toBeGreaterThan(0);
    }
  });

  test("lands on what the label says when one drags, and asks for no month on the way", async ({ server, page }) => {
    const { ada } = await shared(server);
    await page.clock.install();
    await enter(page, server, ada);
    await settled(page);
    const track = (await slider(page).boundingBox())!;
    await page.mouse.move(track.x + 20, track.y + 40);
    await page.mouse.down();
    await settled(page);
    const asked = monthsAsked(page);
    // Time stands still while one drags: however slow this machine is, nobody stays anywhere.
    await page.clock.pauseAt(Date.now() + 60_000);
    for (let y = 40; y < track.height * 0.8; y += 12) await page.mouse.move(track.x + 20, track.y + y);
    const label = await page.locator(".label").last().textContent();
    await page.mouse.up();
    expect(asked).toEqual([]);
    await page.clock.resume();
    await settled(page);
    const told = (await slider(page).getAttribute("aria-valuetext"))!;
    const [month, year] = told.split(" ");
    expect(label).toMatch(new RegExp(`^${month!.slice(0, 3)}\\w* ${year}$`));
    const key = `${year}-${String(new Date(`${told} 1 UTC`).getUTCMonth() + 1).padStart(2, "0")}-01`;
    expect(await monthTop(page, key)).toBeLessThan(5);
    expect(asked).toContain(key);
    expect(asked.length).toBeLessThan(10);
  });

  test("is walked month by month and year by year with the keyboard", async ({ server, page }) => {
    const { ada } = await shared(server);
    await enter(page, server, ada);
    await settled(page);
    await slider(page).focus();
    for (const [key, month, text] of [
      ["ArrowDown", "2024-05-01", "May 2024"],
      ["ArrowDown", "2024-04-01", "April 2024"],
      ["PageDown", "2023-12-01", "December 2023"],
      ["ArrowUp", "2024-01-01", "January 2024"],
      ["Home", "2024-06-01", "June 2024"],
    ] as const) {
      await page.keyboard.press(key);
      await settled(page);
      expect(await monthTop(page, month)).toBeCloseTo(0, 0);
      expect(await slider(page).getAttribute("aria-valuetext")).toBe(text);
    }
    await page.keyboard.press("End");
    await settled(page);
    await page.getByRole("heading", { name: "January 2022" }).waitFor();
  });

  test("is dragged through with a finger", async ({ server, browser }) => {
    const { ada } = await shared(server);
    const { page, context } = await phone(browser);
    await page.clock.install();
    await enter(page, server, ada);
    await settled(page);
    // The handle shows while the page moves, and a moment after, which does not pass here.
    await page.clock.pauseAt(Date.now() + 60_000);
    await touch(page, line({ x: 180, y: 600 }, { x: 180, y: 300 }));
    const asked = monthsAsked(page);
    const handle = slider(page).locator("[data-handle]");
    const box = (await handle.boundingBox())!;
    const from = { x: box.x + box.width - 6, y: box.y + box.height / 2 };
    await touch(page, line(from, { x: from.x, y: 650 }, 20));
    expect(asked).toEqual([]);
    await screenshot(page, "timeline-scrubbing");
    await page.clock.resume();
    await settled(page);
    expect((await onScreen(page)).length).toBeGreaterThan(0);
    const told = (await slider(page).getAttribute("aria-valuetext"))!;
    expect(Number(told.slice(-4))).toBeLessThan(2023);
    await screenshot(page, "timeline-touch");
    await context.close();
  });

  test("asks only for what is looked at when one rushes to the end, and ends what is passed", async ({ server, page }) => {
    const { ada } = await shared(server);
    await page.clock.install();
    await enter(page, server, ada);
    await settled(page);
    const asked = monthsAsked(page);
    const ended: string[] = [];
    page.on("requestfailed", (request) => void ended.push(request.url()));
    await page.clock.pauseAt(Date.now() + 60_000);
    const track = (await slider(page).boundingBox())!;
    await page.mouse.move(track.x - 200, track.y + 200);
    while ((await monthTop(page, "2022-01-01")) === undefined) await page.mouse.wheel(0, 2400);
    expect(asked).toEqual([]);
    await page.clock.resume();
    await settled(page);
    expect(asked).toContain("2022-01-01");
    expect(asked.length).toBeLessThan(6);

    // One that is under way is left when another is wanted.
    await slider(page).press("Home");
    await settled(page);
    await page.route("**/api/timeline/bucket?**", () => {});
    asked.length = 0;
    await page.mouse.click(track.x + 20, track.y + track.height * 0.5);
    await until("a month on its way", () => asked.length > 0);
    await page.mouse.click(track.x + 20, track.y + track.height * 0.9);
    await until("its end", () => ended.some((url) => url.includes("/timeline/bucket")));
  });

  test.for(both)("stays where one is when the window changes its size ($size)", async ({ size }, { server, page }) => {
    const { ada } = await shared(server);
    await page.setViewportSize(sizes[size]);
    await enter(page, server, ada);
    await settled(page);
    await scroll(page, 2345);
    const first = (await onScreen(page)).find(({ top }) => top >= 0)!;
    await page.setViewportSize(size === "desktop" ? { width: 900, height: 700 } : { width: 844, height: 390 });
    await settled(page);
    const after = (await onScreen(page)).find(({ id }) => id === first.id)!;
    expect(after.top).toBeCloseTo(first.top, 0);
  });

  test.for(both)("is where it was when one comes back from another page, and after a reload ($size)", async ({ size }, { server, page }) => {
    const { ada } = await shared(server);
    await page.setViewportSize(sizes[size]);
    await enter(page, server, ada);
    await settled(page);
    await scroll(page, 3456);
    let before = await onScreen(page);
    const expectSamePlace = async () => {
      await settled(page);
      const now = await onScreen(page);
      expect(now.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
      for (const [i, { top }] of now.entries()) expect(Math.abs(top - before[i]!.top)).toBeLessThan(5);
    };
    const goAndComeBack = async () => {
      await page.getByRole("link", { name: "Archive" }).locator("visible=true").click();
      await page.getByRole("heading", { name: "The archive is empty" }).waitFor();
      await page.goBack();
      await expectSamePlace();
    };
    await goAndComeBack();
    await page.reload();
    await expectSamePlace();
    // However soon one leaves after having moved.
    const reload = () => page.reload().then(expectSamePlace);
    const goElsewhere = async () => {
      await page.goto("about:blank");
      await page.goBack();
      await expectSamePlace();
    };
    for (const leave of [goAndComeBack, reload, goElsewhere]) {
      await page.locator("[data-window]").evaluate((timeline) => timeline.scrollBy(0, 300));
      before = await onScreen(page);
      await leave();
    }
    // A click on the page's name begins at the top.
    await page.getByRole("link", { name: "Archive" }).locator("visible=true").click();
    await page.getByRole("link", { name: "Photos", exact: true }).locator("visible=true").click();
    await settled(page);
    expect(await monthTop(page, "2024-06-01")).toBeCloseTo(0, 0);
  });

  test("is walked photo by photo with the keyboard", async ({ server, page }) => {
    const { ada, ids } = await shared(server);
    await enter(page, server, ada);
    await settled(page);
    const focused = () => page.evaluate(() => document.activeElement?.closest<HTMLElement>("[data-asset]")?.dataset.asset);
    await cell(page, ids[0]!).getByRole("link").focus();
    for (const [key, at] of [["ArrowRight", 1], ["ArrowRight", 2], ["ArrowLeft", 1], ["d", 2], ["Shift+D", 1], ["m", 16], ["Shift+M", 15], ["y", 16 * 6]] as const) {
      await page.keyboard.press(key);
      await until(`photo ${at} after ${key}`, async () => (await focused()) === ids[at]);
    }
    await page.keyboard.press("ArrowDown");
    await until("the row below", async () => {
      const at = ids.indexOf((await focused())!);
      return at > 96 && at < 96 + 8;
    });
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
  });

  test("says when a month does not come, and tries again", async ({ server, page }) => {
    const { ada } = await shared(server);
    let broken = true;
    await page.route("**/api/timeline/bucket?**", (route) => (broken ? route.fulfill({ status: 500, json: { message: "no" } }) : route.continue()));
    await enter(page, server, ada);
    await page.getByText("This month could not be loaded.").first().waitFor();
    broken = false;
    await page.getByRole("button", { name: "Try again" }).first().click();
    await page.locator("[data-asset]").first().waitFor();
  });

  test("says when nothing comes at all, and tries again", async ({ server, page }) => {
    const { ada } = await shared(server);
    let broken = true;
    await page.route("**/api/timeline/buckets?**", (route) => (broken ? route.abort() : route.continue()));
    await enter(page, server, ada);
    await page.getByText("Your photos could not be loaded.").waitFor();
    broken = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator("[data-asset]").first().waitFor();
  });
});
