// The timeline's pictures: their places are kept for them, and what has none says so.
import { QueueName } from "@immich/sdk";
import { expect, jpeg, screenshot, test, until } from "../support/browser.ts";
import { cell, pictures, settled } from "../support/library.ts";
import { enter, expectGoodForAll, sizes, type Size } from "../support/look.ts";

test("pictures come into boxes that have their place already", async ({ server, page }) => {
  const ada = await server.user();
  await pictures(server, ada, ["2024:05:06 10:00:00", "2024:05:06 11:00:00", "2024:05:05 10:00:00", "2024:04:05 10:00:00"]);
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  await page.route("**/thumbnail?**", async (route) => {
    await held;
    await route.continue();
  });
  await enter(page, server, ada);
  await settled(page);
  const boxes = () => page.locator("[data-asset]").evaluateAll((all) => all.map((one) => JSON.stringify(one.getBoundingClientRect())));
  const before = await boxes();
  expect(await page.locator("[data-asset] a").evaluateAll((all) => all.every((one) => getComputedStyle(one).backgroundImage.startsWith("url(")))).toBe(true);
  await screenshot(page, "placeholders");
  letGo();
  await until("the pictures", async () => (await page.locator("[data-asset] img.loaded").count()) === 4);
  expect(await boxes()).toEqual(before);
  await screenshot(page, "pictures");
});

test.for(Object.keys(sizes) as Size[])("what has no picture says so, and shows it as soon as there is one ($0)", async (size, { server, page }) => {
  await page.setViewportSize(sizes[size]);
  const ada = await server.user();
  const { id: broken } = await ada.upload("no picture at all", { filename: "broken.jpg" });
  await server.idle();
  await server.pause(QueueName.ThumbnailGeneration);
  const { id: late } = await ada.upload(jpeg({ width: 640, height: 480 }));
  await until("its size", async () => (await ada.getAssetInfo({ id: late })).width);

  // Of what has just come one can only say that it is on its way.
  const note = (id: string) => cell(page, id).locator("a").getAttribute("data-note");
  await enter(page, server, ada);
  await settled(page);
  expect([await note(broken), await note(late)]).toEqual(["Being prepared", "Being prepared"]);
  expect(await page.locator("[data-asset] img").count()).toBe(0);

  await page.clock.setSystemTime(Date.now() + 11 * 60_000);
  await page.reload();
  await settled(page);
  await until("the answers", async () => (await note(broken)) === "No preview" && (await note(late)) === "No preview");
  await expectGoodForAll(page);
  await screenshot(page, `no-preview-${size}`);
  await server.resume(QueueName.ThumbnailGeneration);
  await cell(page, late).locator("img.loaded").waitFor();
  expect([await note(broken), await note(late)]).toEqual(["No preview", null]);
  await screenshot(page, `no-preview-but-one-${size}`);

  await cell(page, broken).click();
  await page.getByText("No preview", { exact: true }).waitFor();
  await screenshot(page, `no-preview-viewer-${size}`);
});
