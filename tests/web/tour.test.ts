// Every page once, on a desk and on a phone, by day and by night: nothing serious for axe-core, nothing sticking out, no complaint in the console.
// Leaves a picture of each in build/screenshots, to look at.
import { describe, expect, jpeg, screenshot, test } from "../support/browser.ts";
import { complaints, enter, expectGoodForAll, sizes, type Size } from "../support/look.ts";

const pages: [name: string, path: string, sight: string][] = [
  ["photos", "/photos", "[data-asset] img"],
  ["recently-added", "/recently-added", "[data-asset] img"],
  ["favorites-empty", "/favorites", "main h2"],
  ["archive-empty", "/archive", "main h2"],
  ["trash-empty", "/trash", "main h2"],
  ["account", "/user-settings", "main h1"],
  ["account-open", "/user-settings?isOpen=app-settings+account+user-usage-info+feature+authorized-devices+api-keys+password", "main table"],
  ["users", "/admin/users", "main li"],
  ["user-new", "/admin/users/new", "[role=dialog]"],
  ["jobs", "/admin/queues", "main section"],
  ["job", "/admin/queues/thumbnail-generation", "main [role=tab]"],
  ["settings", "/admin/system-settings", "main [role=heading]"],
  ["settings-open", "/admin/system-settings?isOpen=authentication+image+job+machine-learning+video-transcoding", "main fieldset"],
  ["server", "/admin/server-status", "main table"],
  ["nowhere", "/nowhere", "h2"],
];

describe("a tour of all pages", () => {
  const ways = (Object.keys(sizes) as Size[]).flatMap((size) => (["light", "dark"] as const).map((theme) => ({ size, theme })));

  test.for(ways)("on a $size, $theme", async ({ size, theme }, { server, page }) => {
    const admin = await server.admin();
    if ((await admin.getAssetStatistics({})).total === 0) {
      for (const [i, colour] of [320, 240, 480].entries()) await admin.upload(jpeg({ width: colour, taken: `2024:0${i + 1}:01 10:00:00` }));
      await server.user({ name: "Grace Hopper", quotaSizeInBytes: 5 * 1024 ** 3 });
      await server.idle();
    }
    await page.setViewportSize(sizes[size]);
    await page.emulateMedia({ colorScheme: theme });
    const heard = complaints(page);
    for (const [name, path, sight] of pages) {
      await enter(page, server, admin, path);
      await page.locator(sight).first().waitFor();
      await expectGoodForAll(page);
      await screenshot(page, `${name}-${size}-${theme}`);
    }
    expect(heard).toEqual([]);
  });
});
