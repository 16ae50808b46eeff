// A person's whole way in a real browser: sign up, sign in, upload, see.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { browserMissing, describe, expect, jpeg, mp4, screenshot, test, until } from "../support/browser.ts";
import { filesBelow, realPhotos } from "../support/paths.ts";

/** Drags files and folders from the desktop over the page, and lets them fall for "drop". */
async function dragOver(page: Page, files: string[], type: "dragOver" | "drop" = "dragOver") {
  const devtools = await page.context().newCDPSession(page);
  const event = { x: 640, y: 400, data: { items: [], files, dragOperationsMask: 1 } };
  if (type === "dragOver") await devtools.send("Input.dispatchDragEvent", { type: "dragEnter", ...event });
  await devtools.send("Input.dispatchDragEvent", { type, ...event });
}

describe.skipIf(browserMissing)("the web app", () => {
  test("uploads by the button, shows the photos in their months and opens them", async ({ server, page, signIn }) => {
    const ada = await server.user({ name: "Ada" });
    await signIn(page, server, ada);
    const files = [
      { name: "a.jpg", mimeType: "image/jpeg", buffer: jpeg({ width: 1600, height: 1200, taken: "2024:05:06 10:00:00" }) },
      { name: "b.jpg", mimeType: "image/jpeg", buffer: jpeg({ width: 1200, height: 1600, taken: "2024:05:07 10:00:00" }) },
      { name: "c.mp4", mimeType: "video/mp4", buffer: mp4({ seconds: 2, taken: "2024-03-04T05:06:07Z" }) },
    ];
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Upload" }).click();
    await (await chooser).setFiles(files);
    await page.getByText("3 finished").waitFor();

    await page.getByRole("heading", { name: "May 2024" }).waitFor();
    await page.getByRole("heading", { name: "March 2024" }).waitFor();
    await until("three thumbnails that are painted", () =>
      page.evaluate(() => {
        const images = [...document.querySelectorAll<HTMLImageElement>("[data-asset] img")];
        return images.length === 3 && images.every((image) => image.complete && image.naturalWidth > 0);
      }),
    );
    await page.getByRole("button", { name: "Close" }).click();
    await screenshot(page, "timeline");

    await page.getByRole("region", { name: "May 2024" }).getByRole("button").first().click();
    const viewer = page.getByRole("dialog", { name: "Viewer" });
    const image = viewer.getByRole("img");
    await until("the preview", () => image.evaluate((element) => (element as HTMLImageElement).naturalWidth === 1200));
    await screenshot(page, "viewer");
    await page.keyboard.press("ArrowRight");
    await until("the next photo", () => image.evaluate((element) => (element as HTMLImageElement).naturalWidth === 1600));
    await viewer.getByRole("button", { name: "Next" }).click();
    await until("the film", () => viewer.locator("video").evaluate((element) => (element as HTMLVideoElement).duration > 1.5));
    await screenshot(page, "viewer-film");
    await page.keyboard.press("Escape");
    await viewer.waitFor({ state: "hidden" });
  });

  test("takes files that are dropped on it, and knows those it has", async ({ server, page, signIn }) => {
    const ada = await server.user();
    const known = jpeg({ taken: "2023:01:01 00:00:00" });
    await ada.upload(known, { filename: "known.jpg" });
    await signIn(page, server, ada);
    const folder = mkdtempSync(join(tmpdir(), "calotype-drop-"));
    writeFileSync(join(folder, "known.jpg"), known);
    mkdirSync(join(folder, "more"));
    writeFileSync(join(folder, "more/new.jpg"), jpeg({ taken: "2022:02:02 00:00:00" }));
    await dragOver(page, [join(folder, "known.jpg"), join(folder, "more")]);
    await page.getByText("Drop to upload").waitFor();
    await dragOver(page, [join(folder, "known.jpg"), join(folder, "more")], "drop");
    await page.getByText("2 finished").waitFor();
    await page.getByText("already here").waitFor();
    await page.getByRole("heading", { name: "February 2022" }).waitFor();
    expect(await ada.getAssetStatistics({})).toMatchObject({ total: 2 });
    rmSync(folder, { recursive: true });
  });

  test("shows what is uploaded elsewhere without being asked", async ({ server, page, signIn }) => {
    const ada = await server.user();
    await signIn(page, server, ada);
    await page.getByText("No photos yet").waitFor();
    await ada.upload(jpeg({ taken: "2021:08:09 10:11:12" }));
    await page.getByRole("heading", { name: "August 2021" }).waitFor();
  });

  test.skipIf(!realPhotos)("shows real photos", async ({ server, page, signIn }) => {
    const ada = await server.user();
    for (const path of filesBelow(realPhotos!).filter((path) => /\.(jpe?g|heic|avif|webp|png|jxl)$/i.test(path))) {
      await ada.upload(readFileSync(path), { filename: path.slice(path.lastIndexOf("/") + 1) }).catch(() => {});
    }
    await server.idle();
    await signIn(page, server, ada);
    await until("painted thumbnails", () =>
      page.evaluate(() => [...document.querySelectorAll<HTMLImageElement>("[data-asset] img")].filter((image) => image.naturalWidth > 0).length > 5),
    );
    await page.waitForLoadState("networkidle");
    await screenshot(page, "real-photos");
  });
});
