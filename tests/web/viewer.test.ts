// One photo on the whole screen: how it opens, how one goes on, looks closer, and what one learns and does there.
import type { Page } from "playwright-core";
import { describe, expect, jpeg, mp4, screenshot, test, until } from "../support/browser.ts";
import { doubleTap, line, middle, phone, touch } from "../support/hands.ts";
import { cell, onScreen, pictures, settled } from "../support/library.ts";
import { complaints, enter, expectGoodForAll, sizes, type Size } from "../support/look.ts";
import type { Person } from "../support/person.ts";
import type { Server } from "../support/server.ts";

const both = (Object.keys(sizes) as Size[]).map((size) => ({ size }));
const viewer = (page: Page) => page.locator("[data-viewer]");
const stage = (page: Page) => page.locator("[data-stage]");
const here = (page: Page) => stage(page).locator("> div:not([inert])");
const scale = (page: Page) => here(page).evaluate((pane) => new DOMMatrix(getComputedStyle(pane.firstElementChild!).transform).a);
const shows = (page: Page, id: string) => page.waitForURL(`**/photos/${id}`);
/** The preview of the photo in the middle is there, in full. */
const sharp = (page: Page) =>
  until("the preview", () => here(page).evaluate((pane) => [...pane.querySelectorAll("img")].some((image) => image.src.includes("size=preview") && image.complete && image.naturalWidth > 0)));

// Six photos of three months, the newest first, for the tests that only look.
let library: Promise<{ ada: Person; ids: string[] }> | undefined;
const shared = (server: Server) =>
  (library ??= (async () => {
    const ada = await server.user({ name: "Ada" });
    const ids = await pictures(server, ada, ["2024:05:06 10:00:00", "2024:05:05 10:00:00", "2024:05:04 10:00:00", "2024:04:05 10:00:00", "2024:03:05 10:00:00"], {
      width: 1600,
      height: 1200,
    });
    return { ada, ids };
  })());

describe("the viewer", () => {
  test.for(both)("opens from the grid without a flash, at an address of its own, and closes with the browser's back ($size)", async ({ size }, { server, page }) => {
    const { ada, ids } = await shared(server);
    const heard = complaints(page);
    await page.setViewportSize(sizes[size]);
    await enter(page, server, ada);
    await settled(page);
    await until("the thumbnail", async () => (await cell(page, ids[1]!).locator("img.loaded").count()) === 1);
    await page.route("**/thumbnail?size=preview**", async (route) => {
      await new Promise((later) => setTimeout(later, 500));
      await route.continue().catch(() => {});
    });
    await cell(page, ids[1]!).getByRole("link").click();
    // With the first frame the thumbnail is there, in the place where the preview will be.
    await viewer(page).waitFor();
    const thumbnail = here(page).locator("img[src*='size=thumbnail']");
    expect(await thumbnail.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0)).toBe(true);
    const before = await thumbnail.evaluate((image) => [image.clientWidth, image.clientHeight]);
    await shows(page, ids[1]!);
    await sharp(page);
    expect(await here(page).locator("img[src*='size=preview']").evaluate((image) => [image.clientWidth, image.clientHeight])).toEqual(before);
    await expectGoodForAll(page);
    await screenshot(page, `viewer-${size}`);

    await page.goBack();
    await viewer(page).waitFor({ state: "detached" });
    await page.waitForURL(`${server.url}/photos`);
    await until("the focus where it was", () => cell(page, ids[1]!).getByRole("link").evaluate((link) => link === document.activeElement));
    await page.goForward();
    await shows(page, ids[1]!);
    await viewer(page).waitFor();
    expect(heard).toEqual([]);
  });

  test("goes on with arrows and buttons across the months, with its neighbours loaded before", async ({ server, page }) => {
    const { ada, ids } = await shared(server);
    await enter(page, server, ada);
    await settled(page);
    const asked: string[] = [];
    page.on("request", (request) => void (request.url().includes("size=preview") && asked.push(request.url().split("/")[5]!)));
    await cell(page, ids[2]!).getByRole("link").click();
    await until("both neighbours", () => asked.includes(ids[1]!) && asked.includes(ids[3]!));
    for (const [key, at] of [["ArrowRight", 3], ["d", 4], ["ArrowLeft", 3], ["a", 2]] as const) {
      await page.keyboard.press(key);
      await shows(page, ids[at]!);
      await sharp(page);
    }
    await viewer(page).getByRole("button", { name: "Previous" }).click();
    await shows(page, ids[1]!);
    await viewer(page).getByRole("button", { name: "Next" }).click();
    await shows(page, ids[2]!);
    // However far one went, one step back leads to the page.
    await page.goBack();
    await page.waitForURL(`${server.url}/photos`);
  });

  test("has no arrow where there is nothing", async ({ server, page }) => {
    const { ada, ids } = await shared(server);
    await enter(page, server, ada, `/photos/${ids[0]}`);
    await viewer(page).getByRole("button", { name: "Next" }).waitFor();
    expect(await viewer(page).getByRole("button", { name: "Previous" }).count()).toBe(0);
    await page.keyboard.press("ArrowLeft");
    await shows(page, ids[0]!);
  });

  test("is swiped through, and swiped away", async ({ server, browser }) => {
    const { ada, ids } = await shared(server);
    const { page, context } = await phone(browser);
    await enter(page, server, ada);
    await settled(page);
    await cell(page, ids[1]!).tap();
    await sharp(page);
    const { x, y } = { x: 195, y: 420 };
    await touch(page, line({ x: 320, y }, { x: 60, y }));
    await shows(page, ids[2]!);
    await touch(page, line({ x: 60, y }, { x: 320, y }));
    await shows(page, ids[1]!);
    // A little is not enough.
    await touch(page, line({ x, y }, { x: x - 30, y }), { pause: 60 });
    await shows(page, ids[1]!);
    await touch(page, line({ x, y }, { x, y: y + 260 }));
    await viewer(page).waitFor({ state: "detached" });
    await context.close();
  });

  test("zooms with the wheel, a double click and a key, moves with the mouse, and fetches the whole file for it", async ({ server, page }) => {
    const { ada, ids } = await shared(server);
    await enter(page, server, ada, `/photos/${ids[1]}`);
    await sharp(page);
    const full: string[] = [];
    page.on("request", (request) => void (/size=fullsize|original/.test(request.url()) && full.push(request.url())));
    const center = await middle(stage(page));
    await page.mouse.move(center.x + 200, center.y + 100);
    await page.mouse.wheel(0, -600);
    await until("a nearer picture", async () => (await scale(page)) > 2);
    await until("the whole file", () => full.some((url) => url.includes("original")));
    await until("the whole file on the screen", () => here(page).locator("[data-full]:not(.invisible)").count().then((n) => n === 1));
    await screenshot(page, "viewer-zoomed");

    const place = () => here(page).evaluate((pane) => pane.firstElementChild!.getBoundingClientRect().left);
    const before = await place();
    await page.mouse.down();
    await page.mouse.move(center.x + 100, center.y + 100, { steps: 4 });
    await page.mouse.up();
    expect(await place()).toBeCloseTo(before - 100, 0);
    // The picture's edge does not come into the window.
    await page.mouse.move(center.x - 300, center.y);
    await page.mouse.down();
    await page.mouse.move(center.x + 5000, center.y, { steps: 4 });
    await page.mouse.up();
    expect(await place()).toBeLessThan(1);

    await page.keyboard.press("z");
    await until("the whole picture", async () => (await scale(page)) === 1);
    await page.mouse.dblclick(center.x, center.y);
    await until("a nearer picture", async () => (await scale(page)) === 2.5);
    await viewer(page).getByRole("button", { name: "Zoom out" }).click();
    await until("the whole picture", async () => (await scale(page)) === 1);
    // Another photo is seen whole.
    await page.keyboard.press("z");
    await page.keyboard.press("ArrowRight");
    await shows(page, ids[2]!);
    expect(await scale(page)).toBe(1);
  });

  test("zooms with two fingers and a double tap", async ({ server, browser }) => {
    const { ada, ids } = await shared(server);
    const { page, context } = await phone(browser);
    await enter(page, server, ada, `/photos/${ids[1]}`);
    await sharp(page);
    const spread = Array.from({ length: 9 }, (_, i) => [
      { x: 185 - i * 15, y: 420 },
      { x: 205 + i * 15, y: 420 },
    ]);
    await touch(page, spread);
    await until("a nearer picture", async () => (await scale(page)) > 4);
    await doubleTap(page, { x: 195, y: 420 });
    await until("the whole picture", async () => (await scale(page)) === 1);
    await shows(page, ids[1]!);
    await context.close();
  });

  test("plays films, by the keyboard too", async ({ server, page }) => {
    const ada = await server.user();
    const { id } = await ada.upload(mp4({ seconds: 20, taken: "2024-05-06T07:08:09Z" }), { filename: "film.mp4" });
    await server.idle();
    const heard = complaints(page);
    await enter(page, server, ada);
    await settled(page);
    await cell(page, id).getByRole("link", { name: "Video of 6 May 2024, 0:20" }).click();
    const video = viewer(page).locator("video");
    const film = (what: "paused" | "muted" | "currentTime") => video.evaluate((element: HTMLVideoElement, what) => element[what], what);
    await until("the film runs", async () => Number(await film("currentTime")) > 0 && !(await film("paused")));
    await page.keyboard.press("Space");
    await until("a pause", async () => (await film("paused")) === true);
    const at = Number(await film("currentTime"));
    await page.keyboard.press("Shift+ArrowRight");
    await until("five seconds on", async () => Number(await film("currentTime")) >= at + 4.9);
    await page.keyboard.press("Shift+ArrowLeft");
    await until("and back", async () => Number(await film("currentTime")) < at + 1);
    const muted = await film("muted");
    await page.keyboard.press("m");
    expect(await film("muted")).toBe(!muted);
    await page.keyboard.press("Space");
    await until("it runs again", async () => (await film("paused")) === false);
    await expectGoodForAll(page);
    await screenshot(page, "viewer-film");
    expect(heard).toEqual([]);
  });

  test("plays the moment around a live photo, once", async ({ server, page }) => {
    const ada = await server.user();
    const film = await ada.upload(mp4({ seconds: 1 }), { filename: "live.mp4" });
    const { id } = await ada.upload(jpeg({ width: 640, height: 480, taken: "2024:05:06 07:08:09" }), { livePhotoVideoId: film.id });
    await server.idle();
    await enter(page, server, ada, `/photos/${id}`);
    await viewer(page).getByRole("button", { name: "Play the moment" }).click();
    await here(page).locator("[data-motion]").waitFor({ state: "visible" });
    await viewer(page).getByRole("button", { name: "Play the moment" }).waitFor();
    expect(await here(page).locator("[data-motion]").count()).toBe(0);
    await page.keyboard.press("v");
    await here(page).locator("[data-motion]").waitFor({ state: "attached" });
  });
});

describe("the details", () => {
  test.for(both)("tell date and zone, camera, file and place, and take a description and stars ($size)", async ({ size }, { server, page }) => {
    const ada = await server.user();
    await ada.updateMyPreferences({ userPreferencesUpdateDto: { ratings: { enabled: true } } });
    const shot = { width: 1600, height: 1200, taken: "2024:05:06 07:08:09", offset: "+02:00", make: "Acme", model: "Snapper 3", lens: "Acme 35mm F2", iso: 400, aperture: 2.8 };
    const { id } = await ada.upload(jpeg({ ...shot, latitude: 48.85837, longitude: 2.29448 }), { filename: "tower.jpg" });
    await server.idle();
    const heard = complaints(page);
    await page.setViewportSize(sizes[size]);
    await enter(page, server, ada, `/photos/${id}`);
    await sharp(page);
    await viewer(page).getByRole("button", { name: "Details" }).click();
    const panel = viewer(page).getByRole("complementary", { name: "Details" });
    for (const text of ["Monday, 6 May 2024", /07:08:09 · .*\+?0?2/, "tower.jpg", /1\.9 MP · 1600 × 1200 · \d/, "Acme Snapper 3", "Acme 35mm F2", /ƒ\/2\.8.*ISO 400/]) {
      await panel.getByText(text).waitFor();
    }
    expect(await panel.getByRole("link", { name: /OpenStreetMap/ }).getAttribute("href")).toContain("mlat=48.8583");
    await expectGoodForAll(page);
    await screenshot(page, `viewer-details-${size}`);

    // Keys that are shortcuts elsewhere are letters here.
    const description = panel.getByRole("textbox", { name: "Description" });
    await description.fill("A ");
    await description.press("f");
    await description.pressSequentially("ine tower");
    await description.press("Control+Enter");
    await until("the description at the server", async () => (await ada.getAssetInfo({ id })).exifInfo?.description === "A fine tower");
    expect((await ada.getAssetInfo({ id })).isFavorite).toBe(false);

    await panel.getByRole("button", { name: "4 stars" }).click();
    await until("four stars", async () => (await ada.getAssetInfo({ id })).exifInfo?.rating === 4);
    await viewer(page).focus();
    await page.keyboard.press("2");
    await until("two stars", async () => (await ada.getAssetInfo({ id })).exifInfo?.rating === 2);
    await page.keyboard.press("0");
    await until("no stars", async () => (await ada.getAssetInfo({ id })).exifInfo?.rating === null);

    // Open next time as well, with what was written.
    await page.reload();
    await until("the description", async () => (await panel.getByRole("textbox").inputValue()) === "A fine tower");
    await page.keyboard.press("i");
    await panel.waitFor({ state: "detached" });
    expect(heard).toEqual([]);
  });
});

describe("in the viewer", () => {
  test("favourite, archive, trash and delete have a button and a key, and the next photo follows", async ({ server, page }) => {
    const ada = await server.user();
    const ids = await pictures(server, ada, ["2024:05:06 10:00:00", "2024:05:05 10:00:00", "2024:05:04 10:00:00", "2024:05:03 10:00:00"]);
    await enter(page, server, ada);
    await settled(page);
    await cell(page, ids[0]!).getByRole("link").click();
    await page.keyboard.press("f");
    await until("a favourite", async () => (await ada.getAssetInfo({ id: ids[0]! })).isFavorite);
    expect(await viewer(page).getByRole("button", { name: "Add to favorites" }).getAttribute("aria-pressed")).toBe("true");
    await viewer(page).getByRole("button", { name: "Add to favorites" }).click();
    await until("none any more", async () => !(await ada.getAssetInfo({ id: ids[0]! })).isFavorite);

    await page.keyboard.press("Shift+A");
    await shows(page, ids[1]!);
    await until("it in the archive", async () => (await ada.getAssetInfo({ id: ids[0]! })).isArchived);
    await viewer(page).getByRole("button", { name: "Move to the trash" }).click();
    await shows(page, ids[2]!);
    await until("it in the trash", async () => (await ada.getAssetInfo({ id: ids[1]! })).isTrashed);
    // The word to undo it is in reach of the keyboard.
    const undo = page.getByRole("button", { name: "Undo" }).last();
    await until("the focus on Undo", async () => {
      await page.keyboard.press("Tab");
      return undo.evaluate((button) => button === document.activeElement);
    });
    await page.keyboard.press("Enter");
    await until("it back", async () => !(await ada.getAssetInfo({ id: ids[1]! })).isTrashed);

    await viewer(page).focus();
    await page.keyboard.press("Shift+Delete");
    const question = page.getByRole("dialog", { name: "Delete this for ever?" });
    await question.getByRole("button", { name: "Delete for ever" }).click();
    await shows(page, ids[3]!);
    await page.keyboard.press("Delete");
    // The last one gives way to the one before.
    await shows(page, ids[1]!);
    await page.keyboard.press("Delete");
    await viewer(page).waitFor({ state: "detached" });
    await page.getByText("No photos yet").waitFor();
  });

  test("the file is downloaded", async ({ server, page }) => {
    const { ada, ids } = await shared(server);
    await enter(page, server, ada, `/photos/${ids[1]}`);
    await sharp(page);
    const download = page.waitForEvent("download");
    await page.keyboard.press("Shift+D");
    expect((await download).suggestedFilename()).toBe("photo.jpg");
  });

  test("the question mark lists all keys, and the focus stays inside", async ({ server, page }) => {
    const { ada, ids } = await shared(server);
    await enter(page, server, ada);
    await settled(page);
    await cell(page, ids[1]!).getByRole("link").click();
    await viewer(page).waitFor();
    for (let i = 0; i < 25; i++) {
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.closest("[data-viewer]") !== null)).toBe(true);
    }
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await help.getByText("Zoom in and out").waitFor();
    await expectGoodForAll(page);
    await screenshot(page, "viewer-keys");
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    await viewer(page).waitFor();
    await page.keyboard.press("Escape");
    await viewer(page).waitFor({ state: "detached" });
    expect(await cell(page, ids[1]!).getByRole("link").evaluate((link) => link === document.activeElement)).toBe(true);
    await page.keyboard.press("?");
    await help.getByText("From photo to photo").waitFor();
  });

  test("the slideshow goes on by itself until somebody stops it", async ({ server, page }) => {
    const { ada, ids } = await shared(server);
    await page.clock.install();
    await enter(page, server, ada, `/photos/${ids[1]}`);
    await sharp(page);
    await page.keyboard.press("s");
    await page.clock.fastForward(5100);
    await shows(page, ids[2]!);
    await sharp(page);
    await page.clock.fastForward(5100);
    await shows(page, ids[3]!);
    await page.keyboard.press("Space");
    await page.clock.fastForward(20_000);
    await shows(page, ids[3]!);
  });

  test("a photo opens by its address alone, with its place on the page behind it", async ({ server, page }) => {
    const { ada, ids } = await shared(server);
    await enter(page, server, ada, `/photos/${ids[3]}`);
    await sharp(page);
    await page.keyboard.press("ArrowLeft");
    await shows(page, ids[2]!);
    await page.keyboard.press("Escape");
    await page.waitForURL(`${server.url}/photos`);
    await settled(page);
    expect((await onScreen(page)).some(({ id }) => id === ids[2])).toBe(true);
  });

  test("a photo that is not there says so", async ({ server, page }) => {
    const { ada } = await shared(server);
    await enter(page, server, ada, "/photos/00000000-0000-4000-8000-000000000000");
    await page.getByText("This photo is not here any more").waitFor();
    await page.waitForURL(`${server.url}/photos`);
  });

  test("photos in the archive and in the trash open over their pages", async ({ server, page }) => {
    const ada = await server.user();
    const [one, two] = await pictures(server, ada, ["2024:05:06 10:00:00", "2024:05:05 10:00:00"]);
    await ada.deleteAssets({ assetBulkDeleteDto: { ids: [one!, two!] } });
    await enter(page, server, ada, "/trash");
    await settled(page);
    await cell(page, one!).getByRole("link").click();
    await page.waitForURL(`**/trash/photos/${one}`);
    await viewer(page).getByRole("button", { name: "Restore" }).click();
    await page.waitForURL(`**/trash/photos/${two}`);
    await until("it back", async () => !(await ada.getAssetInfo({ id: one! })).isTrashed);
  });
});
