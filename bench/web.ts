// The timeline in Chromium, as people wait for it: first rows, a jump by the scrubber, frames while the wheel turns, and what is loaded for it.
//
//     bench/run web [--quick]
//
// Frames are taken from Chromium's own tracing. Without a graphics card it draws in software, which is slower than any phone.
import type { Browser, Page } from "../tests/node_modules/playwright-core/index.js";
import { join } from "node:path";
import { executablePath, launch, signedIn } from "../tests/support/chromium.ts";
import { filesBelow } from "../tests/support/paths.ts";
import type { Person } from "../tests/support/person.ts";
import type { Server } from "../tests/support/server.ts";
import { median, quick, run, say, seeded } from "./measure.ts";

const rounds = quick ? 3 : 9;
const ms = (values: number[]) => `${median(values).toFixed(0)} ms (most ${Math.max(...values).toFixed(0)})`;

/** Pictures that a browser can decode in place of those that only have the right size: noise makes some 15 KB of WebP. */
async function drawPictures(server: Server) {
  const noise = join(server.data, "noise.v");
  await run("vips", ["gaussnoise", noise, "375", "250", "--mean", "128", "--sigma", "25"]);
  const files = filesBelow(join(server.data, "media/thumbs"));
  for (const file of files.filter((path) => path.endsWith(".webp"))) await run("vips", ["copy", noise, `${file}[Q=60]`]);
  for (const file of files.filter((path) => path.endsWith(".jpeg"))) await run("vips", ["copy", noise, `${file}[Q=80]`]);
}

/** A tab that has nothing in its cache. */
async function open(browser: Browser, server: Server, person: Person): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, serviceWorkers: "block" });
  await signedIn(context, server, person);
  return context.newPage();
}

/** The moment, by the page's clock, when every photo on the screen is there with its picture. */
const allShown = (page: Page): Promise<number> =>
  page
    .waitForFunction(() => {
      const pane = document.querySelector("[data-window]")?.getBoundingClientRect();
      const shown = [...document.querySelectorAll("[data-asset]")].filter((one) => {
        const { top, bottom } = one.getBoundingClientRect();
        return pane && bottom > pane.top && top < pane.bottom;
      });
      return shown.length > 3 && shown.every((one) => one.querySelector("img.loaded")) && performance.now();
    }, undefined, { polling: "raf" })
    .then((handle) => handle.jsonValue() as Promise<number>);

async function firstRows(browser: Browser, server: Server, person: Person, name: string) {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const page = await open(browser, server, person);
    await page.goto(`${server.url}/photos`, { waitUntil: "commit" });
    times.push(await allShown(page));
    await page.context().close();
  }
  say(`${name}: first rows with their pictures, nothing cached`, ms(times), "≤ 1000 ms");
}

async function weight(browser: Browser, server: Server, person: Person) {
  const page = await open(browser, server, person);
  await page.goto(`${server.url}/photos`);
  await allShown(page);
  const loaded = await page.evaluate(() => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")] as PerformanceResourceTiming[];
    const ours = entries.filter(({ name }) => !new URL(name).pathname.startsWith("/api/"));
    const sum = (some: PerformanceResourceTiming[]) => some.reduce((bytes, { encodedBodySize }) => bytes + encodedBodySize, 0);
    return { all: sum(ours), script: sum(ours.filter(({ name }) => name.endsWith(".js"))) };
  });
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  say("JavaScript until the timeline is there", kilobytes(loaded.script), "≤ 150 kB");
  say("all that is loaded for it but the photos and what is known of them", kilobytes(loaded.all), "≤ 300 kB");
  await page.context().close();
}

async function scrubbing(page: Page, name: string) {
  const slider = (await page.getByRole("slider").boundingBox())!;
  const times: number[] = [];
  for (let i = 1; i <= (quick ? 5 : 15); i++) {
    // Here and there over all the years.
    const y = slider.y + slider.height * (0.04 + 0.92 * ((i * 0.618) % 1));
    await page.mouse.move(slider.x + slider.width / 2, y);
    await page.mouse.down();
    const before = await page.evaluate(() => performance.now());
    await page.mouse.up();
    times.push((await allShown(page)) - before);
  }
  say(`${name}: a jump by the scrubber until its photos are there`, ms(times), "≤ 500 ms");
}

type TraceEvent = { name: string; ph: string; ts: number; dur?: number; pid: number; tid: number; args?: { name?: string } };

/** While the wheel turns: the longest task of the page's main thread and the longest time between two frames, in ms. */
async function turn(browser: Browser, page: Page): Promise<{ task: number; frames: number[] }> {
  const pane = (await page.locator("[data-window]").boundingBox())!;
  await page.mouse.move(pane.x + pane.width / 3, pane.y + pane.height / 2);
  await browser.startTracing(page, { categories: ["devtools.timeline", "blink.user_timing", "toplevel", "disabled-by-default-devtools.timeline.frame", "__metadata"] });
  await page.mouse.wheel(0, 240);
  await page.evaluate(() => performance.mark("turning"));
  const until = performance.now() + 3000;
  while (performance.now() < until) await page.mouse.wheel(0, 240);
  await page.evaluate(() => performance.mark("turned"));
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const main = traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const drawn = traceEvents.filter(({ name }) => name === "DrawFrame");
  const owner = median(drawn.map(({ pid }) => pid));
  const marked = (mark: string) => traceEvents.find(({ name }) => name === mark)!.ts;
  const [begin, end] = [marked("turning"), marked("turned")];
  const frames = drawn.filter(({ pid, ts }) => pid === owner && ts >= begin && ts <= end).map(({ ts }) => ts / 1000).sort((a, b) => a - b);
  const tasks = traceEvents.filter(({ name, ph, pid, tid }) => ph === "X" && /RunTask$/.test(name) && main.some((one) => one.pid === pid && one.tid === tid && pid === owner));
  return {
    task: Math.max(0, ...tasks.map(({ dur }) => (dur ?? 0) / 1000)),
    frames: frames.slice(1).map((at, i) => at - frames[i]!),
  };
}

async function wheel(browser: Browser, page: Page, name: string) {
  const runs: Awaited<ReturnType<typeof turn>>[] = [];
  for (let i = 0; i < (quick ? 2 : 5); i++) runs.push(await turn(browser, page));
  say(`${name}: time between frames while the wheel turns, median`, `${median(runs.flatMap(({ frames }) => frames)).toFixed(1)} ms`);
  say(`${name}: the longest of a run`, ms(runs.map(({ frames }) => Math.max(...frames))), "≤ 50 ms");
  say(`${name}: the longest task of the page in a run`, ms(runs.map(({ task }) => task)), "≤ 50 ms");
  say(`${name}: elements in the page afterwards`, String(await page.evaluate(() => document.querySelectorAll("*").length)), "a few hundred");
}

export async function web() {
  if (!executablePath) {
    console.error("No Chromium: the figures of the web app are left out.");
    return;
  }
  for (const assets of quick ? [100_000] : [100_000, 1_000_000]) {
    process.env.CALOTYPE_TEST_ENGINE = "sqlite";
    const { server, person } = await seeded(`web-${assets}`, assets);
    await drawPictures(server);
    const browser = await launch();
    try {
      const name = `${assets.toLocaleString("en")} assets`;
      if (assets === 100_000) await weight(browser, server, person);
      await firstRows(browser, server, person, name);
      const page = await open(browser, server, person);
      await page.goto(`${server.url}/photos`);
      await allShown(page);
      await scrubbing(page, name);
      await wheel(browser, page, name);
    } finally {
      await browser.close();
      await server.close();
    }
  }
}
