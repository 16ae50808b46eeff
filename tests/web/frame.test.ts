// What is around every page: addresses and titles, the bars, themes and languages, and what is said when the server is away.
import { describe, expect, screenshot, test, until } from "../support/browser.ts";
import { enter, expectGoodForAll, sizes } from "../support/look.ts";

describe("the frame", () => {
  test("goes from page to page without loading anew, with a title, a focus and a way back", async ({ server, page }) => {
    await enter(page, server, await server.user());
    await page.getByRole("button", { name: "Upload", exact: true }).waitFor();
    await page.evaluate(() => ((globalThis as any).stillHere = true));
    for (const [link, path] of [
      ["Favorites", "/favorites"],
      ["Archive", "/archive"],
      ["Trash", "/trash"],
    ] as const) {
      await page.getByRole("link", { name: link }).click();
      await page.waitForURL(server.url + path);
      await until("the title", async () => (await page.title()) === `${link} - Calotype`);
      expect(await page.getByRole("link", { name: link }).getAttribute("aria-current")).toBe("page");
      expect(await page.evaluate(() => document.activeElement?.closest("main") !== null)).toBe(true);
    }
    await page.goBack();
    await until("the page before", async () => (await page.title()) === "Archive - Calotype");
    expect(await page.evaluate(() => (globalThis as any).stillHere)).toBe(true);
  });

  test("follows old addresses, and says so where nothing is", async ({ server, page }) => {
    const admin = await server.admin();
    await enter(page, server, admin, "/");
    await page.waitForURL(`${server.url}/photos`);
    for (const [from, to] of [
      ["/admin/jobs-status", "/admin/queues"],
      ["/admin/user-management", "/admin/users"],
      ["/link?target=unsubscribe", "/user-settings?isOpen=notifications"],
      ["/link?target=somewhere", "/photos"],
    ]) {
      await page.goto(server.url + from);
      await page.waitForURL(server.url + to);
    }
    await page.goto(`${server.url}/nowhere`);
    await page.getByRole("heading", { name: "Nothing here" }).waitFor();
    await expectGoodForAll(page);
    await page.getByRole("link", { name: "To your photos" }).click();
    await page.waitForURL(`${server.url}/photos`);
  });

  test("can be walked with the keyboard", async ({ server, page }) => {
    await enter(page, server, await server.user());
    await page.getByRole("button", { name: "Upload", exact: true }).waitFor();
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to the content" });
    expect(await skip.evaluate((element) => element === document.activeElement)).toBe(true);
    await screenshot(page, "skip-link");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");

    const account = page.getByRole("button", { name: /^Account of/ });
    await account.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Account settings" }).waitFor();
    await expectGoodForAll(page);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Escape");
    await page.getByRole("menuitem").first().waitFor({ state: "detached" });
    expect(await account.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "About Calotype" }).press("Enter");
    const about = page.getByRole("dialog", { name: "About Calotype" });
    await about.getByText(/libvips/).waitFor();
    await expectGoodForAll(page);
    await screenshot(page, "about");
    await page.keyboard.press("Escape");
    await about.waitFor({ state: "detached" });
  });

  test("has the right theme before anything is painted, and keeps the choice", async ({ server, page }) => {
    await page.emulateMedia({ colorScheme: "dark" });
    // Without the app's code only the small script in the head has run.
    await page.route("**/assets/*.js", (route) => route.abort());
    await page.goto(server.url);
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
    await page.unroute("**/assets/*.js");

    await enter(page, server, await server.user(), "/user-settings?isOpen=app-settings");
    await page.getByRole("radio", { name: "Light" }).check({ force: true });
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("light");
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("light");
    await page.getByRole("button", { name: "Switch to dark" }).click();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
    await page.keyboard.press("Shift+T");
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("light");
    await page.getByRole("radio", { name: "As the system" }).check({ force: true });
    await page.emulateMedia({ colorScheme: "light" });
    await until("the system's theme", () => page.evaluate(() => document.documentElement.dataset.theme === "light"));
  });

  test("speaks German, keeps it, and lays itself out for languages from right to left", async ({ server, page }) => {
    await enter(page, server, await server.user(), "/user-settings?isOpen=app-settings");
    await page.getByLabel("Language").selectOption("de");
    await page.getByRole("heading", { name: "Kontoeinstellungen" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
    expect(await page.title()).toBe("Kontoeinstellungen - Calotype");
    await page.reload();
    await page.getByRole("heading", { name: "Kontoeinstellungen" }).waitFor();
    await page.getByLabel("Datum und Zahlen").selectOption("en-US");
    await page.getByText("1,234,567.89").waitFor();
    await screenshot(page, "german");

    for (const size of Object.values(sizes)) {
      await page.setViewportSize(size);
      await page.evaluate(() => (document.documentElement.dir = "rtl"));
      await expectGoodForAll(page);
    }
    await page.setViewportSize(sizes.desktop);
    const nav = await page.getByRole("navigation", { name: "Hauptmenü" }).first().boundingBox();
    expect(nav!.x).toBeGreaterThan(sizes.desktop.width / 2);
    await screenshot(page, "right-to-left");
  });

  test("has a bar at the bottom of a phone, where the thumb is", async ({ server, page }) => {
    await page.setViewportSize(sizes.phone);
    const ada = await server.user({ quotaSizeInBytes: 1000 });
    await enter(page, server, ada);
    const bar = page.getByRole("navigation", { name: "Main" });
    await bar.waitFor();
    const box = (await bar.boundingBox())!;
    expect(Math.round(box.y + box.height)).toBe(sizes.phone.height);
    await bar.getByRole("link", { name: "Favorites" }).click();
    await page.waitForURL(`${server.url}/favorites`);
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page
      .getByRole("menu")
      .getByText(/of 1 kB used/)
      .waitFor();
    await expectGoodForAll(page);
    await screenshot(page, "account-menu-phone");
  });

  test("says that the server is away, and finds it again", async ({ fresh, page }) => {
    const server = await fresh();
    await enter(page, server, await server.admin());
    await page.getByText("Connected", { exact: true }).waitFor();
    await page.getByRole("meter", { name: "Storage" }).waitFor();
    await server.stop();
    await page.getByText("Not connected").waitFor();
    await page.getByText("The connection to the server is lost.", { exact: false }).waitFor();
    await expectGoodForAll(page);
    await screenshot(page, "connection-lost");
    await server.start();
    await page.getByText("Connected", { exact: true }).waitFor();
    await page.getByText("The connection to the server is lost.", { exact: false }).waitFor({ state: "detached" });
  });
});
