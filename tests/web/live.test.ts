// What other clients do is seen at once, and what one looks at stays where it is.
import { QueueName } from "@immich/sdk";
import type { Page } from "playwright-core";
import { describe, expect, jpeg, test, until } from "../support/browser.ts";
import { cell, manyMonths, onScreen, pictures, scroll, settled } from "../support/library.ts";
import { complaints, enter, sizes, type Size } from "../support/look.ts";

const both = (Object.keys(sizes) as Size[]).map((size) => ({ size }));
const connected = (page: Page) => page.waitForFunction(() => document.body.textContent!.includes("Connected"));
const gone = (page: Page, id: string) => cell(page, id).waitFor({ state: "detached" });

describe("another client's work", () => {
  test.for(both)("comes and goes: uploaded, trashed, restored, deleted ($size)", async ({ size }, { server, page }) => {
    const ada = await server.user();
    const heard = complaints(page);
    await page.setViewportSize(sizes[size]);
    await enter(page, server, ada);
    await page.getByText("No photos yet").waitFor();
    await connected(page);
    const { id } = await ada.upload(jpeg({ taken: "2024:05:06 07:08:09" }));
    await cell(page, id).locator("img.loaded").waitFor();
    await page.getByRole("heading", { name: "May 2024" }).waitFor();

    const { id: older } = await ada.upload(jpeg({ taken: "2023:05:06 07:08:09" }));
    await cell(page, older).locator("img.loaded").waitFor();
    await ada.deleteAssets({ assetBulkDeleteDto: { ids: [id] } });
    await gone(page, id);
    await cell(page, older).waitFor();
    await ada.restoreAssets({ bulkIdsDto: { ids: [id] } });
    await cell(page, id).waitFor();
    await ada.deleteAssets({ assetBulkDeleteDto: { ids: [id], force: true } });
    await gone(page, id);
    expect(heard).toEqual([]);
  });

  test("shows on the other pages too", async ({ server, page }) => {
    const ada = await server.user();
    const [one, two] = await pictures(server, ada, ["2024:05:06 10:00:00", "2024:05:05 10:00:00"]);
    await enter(page, server, ada, "/trash");
    await page.getByText("The trash is empty").waitFor();
    await connected(page);
    await ada.deleteAssets({ assetBulkDeleteDto: { ids: [one!, two!] } });
    await cell(page, one!).waitFor();
    await ada.restoreAssets({ bulkIdsDto: { ids: [one!] } });
    await gone(page, one!);
    await cell(page, two!).waitFor();
    // An upload is no matter of the trash.
    await ada.upload(jpeg());
    await server.idle();
    expect(await page.locator("[data-asset]").count()).toBe(1);
  });

  test("leaves the viewer when its photo goes", async ({ server, page }) => {
    const ada = await server.user();
    const [one, two] = await pictures(server, ada, ["2024:05:06 10:00:00", "2024:05:05 10:00:00"]);
    await enter(page, server, ada);
    await settled(page);
    await connected(page);
    await cell(page, one!).getByRole("link").click();
    await page.waitForURL(`**/photos/${one}`);
    await ada.deleteAssets({ assetBulkDeleteDto: { ids: [one!] } });
    await page.waitForURL(`**/photos/${two}`);
    await ada.updateAssets({ assetBulkUpdateDto: { ids: [two!], description: "New words" } });
    await page.keyboard.press("i");
    await until("the words", async () => (await page.getByRole("textbox", { name: "Description" }).inputValue()) === "New words");
  });

  test.for(both)("does not move what one looks at ($size)", async ({ size }, { server, page }) => {
    const ada = await server.user();
    const ids = await manyMonths(server, ada, 6, 12);
    await server.resume(QueueName.MetadataExtraction);
    await server.idle();
    await page.setViewportSize(sizes[size]);
    await enter(page, server, ada);
    await settled(page);
    await connected(page);
    await scroll(page, 1500);
    const before = await onScreen(page);
    const watched = before.find(({ top }) => top >= 0)!;
    const expectUnmoved = async () => {
      await settled(page);
      expect((await onScreen(page)).find(({ id }) => id === watched.id)!.top).toBeCloseTo(watched.top, 0);
    };

    // A whole holiday above, in months new and old. What comes in sight after it tells that all of it is here.
    for (let day = 1; day <= 9; day++) await ada.upload(jpeg({ taken: `2024:0${day < 5 ? 6 : 7}:0${day} 10:00:00` }));
    await server.idle();
    const last = before.at(-1)!;
    const { localDateTime } = await ada.getAssetInfo({ id: last.id });
    const { id: next } = await ada.upload(jpeg({ taken: localDateTime.slice(0, 10).replaceAll("-", ":") + " 11:00:00" }));
    await cell(page, next).waitFor();
    await expectUnmoved();

    // Some above leave together with one in sight.
    expect(last.top).toBeGreaterThan(watched.top);
    await ada.deleteAssets({ assetBulkDeleteDto: { ids: [...ids.slice(0, 5), last.id] } });
    await gone(page, last.id);
    await expectUnmoved();

    await page.getByRole("slider", { name: "Month" }).press("Home");
    await page.getByRole("heading", { name: "July 2024" }).waitFor();
    for (const id of ids.slice(0, 5)) expect(await cell(page, id).count()).toBe(0);
  });

  test("at the top the newest comes into sight", async ({ server, page }) => {
    const ada = await server.user();
    await manyMonths(server, ada, 3, 12);
    await server.resume(QueueName.MetadataExtraction);
    await server.idle();
    await enter(page, server, ada);
    await settled(page);
    await connected(page);
    const { id } = await ada.upload(jpeg({ taken: "2024:08:01 10:00:00" }));
    await until("the newest at the top", async () => (await onScreen(page))[0]?.id === id);
  });

  test("is caught up with after the connection was lost", async ({ fresh, page }) => {
    const server = await fresh();
    const ada = await server.user();
    const [one] = await pictures(server, ada, ["2024:05:06 10:00:00", "2024:04:05 10:00:00"]);
    await enter(page, server, ada);
    await settled(page);
    await connected(page);
    await server.stop();
    await page.getByText("Not connected").waitFor();
    await page.context().setOffline(true);
    await server.start();
    await ada.deleteAssets({ assetBulkDeleteDto: { ids: [one!] } });
    const { id } = await ada.upload(jpeg({ taken: "2024:06:01 10:00:00" }));
    await server.idle();
    await page.context().setOffline(false);
    await cell(page, id).waitFor();
    await gone(page, one!);
  });

  test("a batch of many does not ask the server for each", async ({ server, page }) => {
    const ada = await server.user();
    await pictures(server, ada, ["2024:05:06 10:00:00"]);
    await enter(page, server, ada);
    await settled(page);
    await connected(page);
    const asked: string[] = [];
    page.on("request", (request) => void (request.url().includes("/timeline/") && asked.push(request.url())));
    // Upright, so that all of them have room on the screen.
    const upright = (second: number) => jpeg({ taken: `2024:05:07 10:00:${second + 10}`, width: 48, height: 96 });
    await Promise.all(Array.from({ length: 20 }, (_, i) => ada.upload(upright(i))));
    await until("all of them", async () => (await page.locator("[data-asset] img.loaded").count()) === 21);
    expect(asked).toEqual([]);
  });
});
