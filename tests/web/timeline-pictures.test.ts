// The timeline's pictures: their places are kept for them.
import { expect, screenshot, test, until } from "../support/browser.ts";
import { pictures, settled } from "../support/library.ts";
import { enter } from "../support/look.ts";

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
