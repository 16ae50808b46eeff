// What hands do: fingers on a screen, files dragged from the desktop, a clipboard.
import type { Browser, BrowserContext, CDPSession, Locator, Page } from "playwright-core";
import { sizes } from "./look.ts";

/** A phone: its size, its fingers. */
export async function phone(browser: Browser): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: sizes.phone, hasTouch: true, isMobile: true, locale: "en-GB", timezoneId: "UTC" });
  context.setDefaultTimeout(30_000);
  return { page: await context.newPage(), context };
}

type Point = { x: number; y: number };

/** Fingers that go down, move and come up; each step is one place per finger. */
export async function touch(page: Page, steps: Point[][], options: { hold?: number; pause?: number } = {}) {
  const devtools = await page.context().newCDPSession(page);
  const send = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: Point[]) => devtools.send("Input.dispatchTouchEvent", { type, touchPoints: touchPoints.map((point, id) => ({ ...point, id })) });
  await send("touchStart", steps[0]!);
  if (options.hold) await page.waitForTimeout(options.hold);
  for (const step of steps.slice(1)) {
    await send("touchMove", step);
    await page.waitForTimeout(options.pause ?? 16);
  }
  await send("touchEnd", []);
  await devtools.detach();
}

/** Two taps as quick as a finger's, however slow this machine is. */
export async function doubleTap(page: Page, at: Point) {
  const devtools = await page.context().newCDPSession(page);
  const begun = Date.now() / 1000;
  for (const [type, touchPoints, after] of [["touchStart", [at], 0], ["touchEnd", [], 0.04], ["touchStart", [at], 0.12], ["touchEnd", [], 0.16]] as const) {
    await devtools.send("Input.dispatchTouchEvent", { type, touchPoints: [...touchPoints], timestamp: begun + after });
  }
  await devtools.detach();
}

/** The places on the way from one point to another. */
export const line = (from: Point, to: Point, steps = 8): Point[][] =>
  Array.from({ length: steps + 1 }, (_, i) => [{ x: from.x + ((to.x - from.x) * i) / steps, y: from.y + ((to.y - from.y) * i) / steps }]);

export async function middle(of: Locator): Promise<Point> {
  const box = (await of.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drags files and folders from the desktop over the page, and lets them fall for "drop". */
export async function dragFiles(page: Page, files: string[], type: "dragOver" | "drop" | "dragCancel") {
  const devtools: CDPSession = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize()!;
  const event = { x: width / 2, y: height / 2, data: { items: [], files, dragOperationsMask: 1 } };
  if (type === "dragOver") await devtools.send("Input.dispatchDragEvent", { type: "dragEnter", ...event });
  await devtools.send("Input.dispatchDragEvent", { type, ...event });
  await devtools.detach();
}

/** Pastes a picture, as after a screenshot. */
export async function pasteFile(page: Page, name: string, type: string, content: Buffer) {
  await page.evaluate(
    ({ name, type, content }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name, { type }));
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    },
    { name, type, content: content.toString("base64") },
  );
}
