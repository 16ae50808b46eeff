// A person's whole way in a real browser, in one piece: sign in, upload, see, look closer; and what another client adds meanwhile.
import { readFileSync } from "node:fs";
import { describe, expect, jpeg, mp4, screenshot, test, until } from "../support/browser.ts";
import { cell } from "../support/library.ts";
import { filesBelow, realPhotos } from "../support/paths.ts";

describe("the web app", () => {
  test("uploads by the button, shows the photos in their months and opens them", async ({ server, page, signIn }) => {
    const ada = await server.user({ name: "Ada" });
    await signIn(page, server, ada);
    const first = jpeg({ width: 1600, height: 1200, taken: "2024:05:06 10:00:00" });
    const files = [
      { name: "a.jpg", mimeType: "image/jpeg", buffer: first },
      { name: "again.jpg", mimeType: "image/jpeg", buffer: first },
      { name: "b.jpg", mimeType: "image/jpeg", buffer: jpeg({ width: 1200, height: 1600, taken: "2024:05:07 10:00:00" }) },
      { name: "c.mp4", mimeType: "video/mp4", buffer: mp4({ seconds: 2, taken: "2024-03-04T05:06:07Z" }) },
    ];
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Upload", exact: true }).click();
    await (await chooser).setFiles(files);
    await page.getByText("3 uploaded, 1 already here").waitFor();

    await page.getByRole("heading", { name: "May 2024" }).waitFor();
    await page.getByRole("heading", { name: "March 2024" }).waitFor();
    await until("three thumbnails that are painted", async () => (await page.locator("[data-asset] img.loaded").count()) === 3);
    await page.getByRole("button", { name: "Close" }).click();
    await screenshot(page, "timeline");

    await page.locator('[data-month="2024-05-01"] [data-asset]').first().getByRole("link").click();
    const shown = page.locator("[data-stage] > div:not([inert])");
    const previewHas = (width: number) =>
      until(`a preview ${width} pixels wide`, () =>
        shown.evaluate((pane, width) => [...pane.querySelectorAll("img")].some((image) => image.src.includes("size=preview") && image.naturalWidth === width), width),
      );
    await previewHas(1200);
    await screenshot(page, "viewer");
    await page.keyboard.press("ArrowRight");
    await previewHas(1600);
    await page.keyboard.press("ArrowRight");
    await until("the film", () => shown.locator("video").evaluate((element) => (element as HTMLVideoElement).duration > 1.5));
    await screenshot(page, "viewer-film");
    await page.keyboard.press("Escape");
    await page.locator("[data-viewer]").waitFor({ state: "detached" });

    const { id } = await ada.upload(jpeg({ taken: "2024:05:08 10:11:12" }));
    await cell(page, id).locator("img.loaded").waitFor();
    expect(await ada.getAssetStatistics({})).toMatchObject({ images: 3, videos: 1 });
  });

  test("shows real photos", async ({ server, page, signIn, skip }) => {
    skip(!realPhotos, "there are no real photos beside this checkout");
    const ada = await server.user();
    for (const path of filesBelow(realPhotos!).filter((path) => /\.(jpe?g|heic|avif|webp|png|jxl)$/i.test(path))) {
      await ada.upload(readFileSync(path), { filename: path.slice(path.lastIndexOf("/") + 1) }).catch(() => {});
    }
    await server.idle();
    await signIn(page, server, ada);
    await until("painted thumbnails", async () => (await page.locator("[data-asset] img.loaded").count()) > 5);
    await page.waitForLoadState("networkidle");
    await screenshot(page, "real-photos");
  });
});
