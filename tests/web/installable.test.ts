// The app on the home screen: manifest, icons, and a service worker that keeps the shell and nothing of the photos.
import { describe, expect, jpeg, screenshot, test, until } from "../support/browser.ts";
import { enter, expectGoodForAll } from "../support/look.ts";

describe("the installed app", () => {
  test("has a manifest with icons of the sizes that it names", async ({ server, page }) => {
    await page.goto(server.url);
    const address = await page.locator('link[rel="manifest"]').getAttribute("href");
    const manifest = (await (await fetch(server.url + address)).json()) as {
      start_url: string;
      display: string;
      icons: { src: string; sizes: string; type: string }[];
    };
    expect(manifest).toMatchObject({ start_url: "/", display: "standalone" });
    expect(manifest.icons.length).toBeGreaterThan(2);
    for (const { src, sizes, type } of manifest.icons) {
      const answer = await fetch(server.url + src);
      expect(answer.headers.get("content-type")).toBe(type);
      if (type !== "image/png") continue;
      const png = Buffer.from(await answer.arrayBuffer());
      expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`).toBe(sizes);
    }
  });

  test("starts without its server and says so; it keeps no photo", async ({ fresh, page }) => {
    const server = await fresh();
    const ada = await server.admin();
    await ada.upload(jpeg());
    await server.idle();
    await enter(page, server, ada);
    await until("the service worker", () => page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state === "activated"));
    await page.reload();
    await page.locator("[data-asset] img").first().waitFor();
    const kept = await page.evaluate(async () => {
      const all: string[] = [];
      for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) all.push(new URL(request.url).pathname);
      return all;
    });
    expect(kept).toContain("/");
    expect(kept.filter((path) => path.startsWith("/api"))).toEqual([]);

    await server.stop();
    await page.goto(`${server.url}/favorites`);
    await page.getByRole("heading", { name: "Out of reach" }).waitFor();
    await expectGoodForAll(page);
    await screenshot(page, "out-of-reach");
    await server.start();
    await page.getByRole("button", { name: "Try again" }).click();
    await until("the page that was asked for", async () => (await page.title()) === "Favorites - Calotype");
  });
});
