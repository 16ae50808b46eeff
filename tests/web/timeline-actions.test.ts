// Choosing photos, and what can be done with them: on a desk with a mouse and keys, on a phone with fingers.
import type { Locator, Page } from "playwright-core";
import { describe, expect, screenshot, test, until } from "../support/browser.ts";
import { line, middle, phone, touch } from "../support/hands.ts";
import { archived, cell, manyMonths, settled } from "../support/library.ts";
import { complaints, enter, expectGoodForAll, sizes, type Size } from "../support/look.ts";

const both = (Object.keys(sizes) as Size[]).map((size) => ({ size }));
const mark = (page: Page, id: string) => cell(page, id).getByRole("checkbox");
const chosen = async (page: Page) => Number((await page.getByRole("toolbar").getByRole("status").textContent().catch(() => "0"))!.replace(/\D/g, ""));
const expectChosen = (page: Page, n: number) =>
  until(`${n} chosen photos`, async () => (n ? (await chosen(page)) === n : (await page.getByRole("toolbar").count()) === 0));
const bar = (page: Page, name: string) => page.getByRole("toolbar").getByRole("button", { name, exact: true });
const gone = (one: Locator) => one.waitFor({ state: "detached" });

describe("photos are chosen", () => {
  test("one by one, as a stretch, by the day and all at once", async ({ server, page }) => {
    const ada = await server.user();
    const ids = await manyMonths(server, ada, 3, 8);
    const heard = complaints(page);
    await enter(page, server, ada);
    await settled(page);

    await cell(page, ids[1]!).hover();
    await mark(page, ids[1]!).click();
    await expectChosen(page, 1);
    expect(await mark(page, ids[1]!).getAttribute("aria-checked")).toBe("true");
    // From now on a click chooses instead of opening, and a second takes it back.
    await cell(page, ids[2]!).click();
    await expectChosen(page, 2);
    await cell(page, ids[2]!).click();
    await expectChosen(page, 1);

    // The stretch shows before it is taken, months in between included.
    await page.keyboard.down("Shift");
    await cell(page, ids[4]!).hover();
    await until("the tint", async () => (await page.locator(".candidate").count()) === 3);
    await screenshot(page, "selection-candidates");
    await page.getByRole("slider").press("End");
    await settled(page);
    await cell(page, ids[23]!).click();
    await page.keyboard.up("Shift");
    await expectChosen(page, 23);
    await expectGoodForAll(page);

    await page.keyboard.press("Escape");
    await expectChosen(page, 0);

    await page.getByRole("slider").press("Home");
    await settled(page);
    const day = page.getByRole("checkbox", { name: /^Select Fri,? 28 Jun$/ });
    await day.focus();
    await page.keyboard.press("Space");
    await expectChosen(page, 1);
    expect(await day.getAttribute("aria-checked")).toBe("true");

    await page.keyboard.press("Control+a");
    await expectChosen(page, 24);
    await bar(page, "Clear the selection").click();
    await expectChosen(page, 0);
    expect(heard).toEqual([]);
  });

  test("by dragging with the mouse, forth and back", async ({ server, page }) => {
    const ada = await server.user();
    const ids = await manyMonths(server, ada, 1, 8);
    await enter(page, server, ada);
    await settled(page);
    await cell(page, ids[1]!).hover();
    const from = await middle(mark(page, ids[1]!));
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    const to = await middle(cell(page, ids[5]!));
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await expectChosen(page, 5);
    const back = await middle(cell(page, ids[3]!));
    await page.mouse.move(back.x, back.y, { steps: 5 });
    await expectChosen(page, 3);
    await page.mouse.up();
    await expectChosen(page, 3);
    expect(page.url()).toBe(`${server.url}/photos`);
  });

  test("with a long press and a finger that moves on; a short touch opens", async ({ server, browser }) => {
    const ada = await server.user();
    const ids = await manyMonths(server, ada, 1, 9);
    const { page, context } = await phone(browser);
    await enter(page, server, ada);
    await settled(page);
    const from = await middle(cell(page, ids[0]!));
    await touch(page, [[from]], { hold: 600 });
    await expectChosen(page, 1);
    const top = await page.locator("[data-window]").evaluate((window) => window.scrollTop);
    await touch(page, line(await middle(cell(page, ids[1]!)), await middle(cell(page, ids[4]!))), { hold: 600 });
    await expectChosen(page, 5);
    expect(await page.locator("[data-window]").evaluate((window) => window.scrollTop)).toBe(top);
    await expectGoodForAll(page);
    await screenshot(page, "selection-phone");
    await cell(page, ids[0]!).tap();
    await expectChosen(page, 4);
    await bar(page, "Clear the selection").tap();
    await cell(page, ids[0]!).tap();
    await page.getByRole("dialog").waitFor();
    await context.close();
  });
});

describe("with chosen photos", () => {
  test.for(both)("favourites are made and unmade ($size)", async ({ size }, { server, page }) => {
    const ada = await server.user();
    const [first, second] = await manyMonths(server, ada, 1, 3);
    await page.setViewportSize(sizes[size]);
    await enter(page, server, ada);
    await settled(page);
    for (const id of [first!, second!]) await mark(page, id).click({ force: true });
    await bar(page, "Add to favorites").click();
    await until("favourites at the server", async () => (await ada.getAssetStatistics({ isFavorite: true })).total === 2);
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Favorites" }).locator("visible=true").click();
    await cell(page, first!).waitFor();
    await mark(page, first!).click({ force: true });
    await bar(page, "Remove from favorites").click();
    await gone(cell(page, first!));
    await until("one favourite at the server", async () => (await ada.getAssetStatistics({ isFavorite: true })).total === 1);
    await cell(page, second!).waitFor();
  });

  test.for(both)("the archive takes them, and gives them back ($size)", async ({ size }, { server, page }) => {
    const ada = await server.user();
    const ids = await manyMonths(server, ada, 1, 3);
    await page.setViewportSize(sizes[size]);
    await enter(page, server, ada);
    await settled(page);
    await mark(page, ids[0]!).click({ force: true });
    await bar(page, "Archive").click();
    await gone(cell(page, ids[0]!));
    await page.getByRole("button", { name: "Undo" }).click();
    await cell(page, ids[0]!).waitFor();
    await until("nothing in the archive", async () => (await ada.getAssetStatistics(archived)).total === 0);

    await mark(page, ids[1]!).click({ force: true });
    await page.keyboard.press("Shift+A");
    await gone(cell(page, ids[1]!));
    await page.getByRole("link", { name: "Archive" }).locator("visible=true").click();
    await cell(page, ids[1]!).waitFor();
    await mark(page, ids[1]!).click({ force: true });
    await bar(page, "Move out of the archive").click();
    await page.getByText("The archive is empty").waitFor();
  });

  test.for(both)("they go to the trash, come back, and go for ever ($size)", async ({ size }, { server, page }) => {
    const ada = await server.user();
    const ids = await manyMonths(server, ada, 1, 4);
    await page.setViewportSize(sizes[size]);
    await enter(page, server, ada);
    await settled(page);
    await mark(page, ids[0]!).click({ force: true });
    await mark(page, ids[1]!).click({ force: true });
    await bar(page, "Move to the trash").click();
    await gone(cell(page, ids[0]!));
    await page.getByText("2 items moved to the trash").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await cell(page, ids[0]!).waitFor();
    await until("an empty trash", async () => (await ada.getAssetStatistics({ isTrashed: true })).total === 0);

    for (const id of ids.slice(0, 3)) await mark(page, id).click({ force: true });
    await page.keyboard.press("Delete");
    await gone(cell(page, ids[0]!));
    await until("three in the trash", async () => (await ada.getAssetStatistics({ isTrashed: true })).total === 3);
    await page.getByRole("link", { name: "Trash" }).locator("visible=true").click();
    await page.getByText("deleted for ever after 30 days").waitFor();
    await settled(page);
    await expectGoodForAll(page);
    await screenshot(page, `trash-${size}`);

    await mark(page, ids[0]!).click({ force: true });
    await bar(page, "Restore").click();
    await gone(cell(page, ids[0]!));
    await mark(page, ids[1]!).click({ force: true });
    await bar(page, "Delete for ever").click();
    const question = page.getByRole("dialog");
    await question.getByText("This cannot be undone.").waitFor();
    await expectGoodForAll(page);
    await question.getByRole("button", { name: "Cancel" }).click();
    await bar(page, "Delete for ever").click();
    await question.getByRole("button", { name: "Delete for ever" }).click();
    await gone(cell(page, ids[1]!));
    await until("its end", () => ada.getAssetInfo({ id: ids[1]! }).then(() => false, () => true));

    await page.getByRole("button", { name: "Restore all" }).click();
    await question.getByRole("button", { name: "Restore all" }).click();
    await page.getByText("The trash is empty").waitFor();
    await page.getByRole("link", { name: "Photos", exact: true }).locator("visible=true").click();
    for (const id of [ids[0]!, ids[2]!, ids[3]!]) await cell(page, id).waitFor();
  });

  test("the trash is emptied as a whole", async ({ server, page }) => {
    const ada = await server.user();
    const ids = await manyMonths(server, ada, 1, 3);
    await ada.deleteAssets({ assetBulkDeleteDto: { ids } });
    await enter(page, server, ada, "/trash");
    await cell(page, ids[0]!).waitFor();
    await page.getByRole("button", { name: "Empty trash" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Empty trash" }).click();
    await page.getByText("The trash is empty").waitFor();
    await until("nothing left", async () => (await ada.getAssetStatistics({ isTrashed: true })).total === 0);
  });

  test("their files are downloaded as they were uploaded", async ({ server, page }) => {
    const ada = await server.user();
    const ids = await manyMonths(server, ada, 1, 2);
    await enter(page, server, ada);
    await settled(page);
    for (const id of ids) await mark(page, id).click({ force: true });
    const names: string[] = [];
    page.on("download", (download) => void names.push(download.suggestedFilename()));
    await bar(page, "Download").click();
    await until("two files", () => names.length === 2);
    expect(names.toSorted()).toEqual(["0.jpg", "1.jpg"]);
  });

  test("a refusal of the server puts everything back", async ({ server, page }) => {
    const ada = await server.user();
    const [id] = await manyMonths(server, ada, 1, 2);
    await enter(page, server, ada);
    await settled(page);
    await page.route("**/api/assets", (route) => (route.request().method() === "DELETE" ? route.fulfill({ status: 500, json: { message: "Disk on fire" } }) : route.continue()));
    await mark(page, id!).click({ force: true });
    await bar(page, "Move to the trash").click();
    await page.getByRole("alert").getByText("Disk on fire").waitFor();
    await cell(page, id!).waitFor();
  });
});
