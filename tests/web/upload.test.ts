// Bringing files in: every way, and everything that can happen to them on the way.
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, jpeg, screenshot, test, until } from "../support/browser.ts";
import { dragFiles, pasteFile } from "../support/hands.ts";
import { complaints, enter, expectGoodForAll, sizes, type Size } from "../support/look.ts";
import { sha1, xmp } from "../support/test.ts";

const both = (Object.keys(sizes) as Size[]).map((size) => ({ size }));
const panel = (page: Page) => page.getByRole("complementary", { name: "Uploads" });
const title = (page: Page, text: string) => panel(page).getByRole("status").filter({ hasText: text }).waitFor();
const row = (page: Page, name: string) => panel(page).getByRole("listitem").filter({ hasText: name });
const photo = (name: string, content = jpeg()) => ({ name, mimeType: "image/jpeg", buffer: content });
/** A photo of a megabyte, so that sending it over a thin line takes a while. */
const large = (name: string) => photo(name, Buffer.concat([jpeg(), randomBytes(1 << 20)]));

async function choose(page: Page, files: { name: string; mimeType: string; buffer: Buffer }[]) {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await (await chooser).setFiles(files);
}

/** The checksums of the files that are sent. */
function sent(page: Page): string[] {
  const all: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && new URL(request.url()).pathname === "/api/assets") all.push(request.headers()["x-immich-checksum"]!);
  });
  return all;
}

/** A line so thin that one can watch. */
async function thinLine(page: Page, kilobytesPerSecond: number) {
  const devtools = await page.context().newCDPSession(page);
  const set = (throughput: number) =>
    devtools.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: throughput });
  await devtools.send("Network.enable");
  await set(kilobytesPerSecond * 1024);
  return () => set(-1);
}

describe("files come in", () => {
  test.for(both)("by the button: each is read once, asked about, and sent only if it is new ($size)", async ({ size }, { server, page }) => {
    const ada = await server.user();
    const known = jpeg();
    const { id } = await ada.upload(known);
    const trashed = jpeg();
    const { id: inTrash } = await ada.upload(trashed);
    await ada.deleteAssets({ assetBulkDeleteDto: { ids: [inTrash] } });
    const heard = complaints(page);
    await page.setViewportSize(sizes[size]);
    await enter(page, server, ada);
    const uploads = sent(page);
    const asked: string[] = [];
    page.on("request", (request) => {
      if (!request.url().endsWith("/bulk-upload-check")) return;
      expect(uploads.length).toBe(0);
      asked.push(...(request.postDataJSON() as { assets: { checksum: string }[] }).assets.map(({ checksum }) => checksum));
    });

    const worker = page.waitForEvent("worker");
    const fresh = jpeg();
    await choose(page, [photo("known.jpg", known), photo("in-trash.jpg", trashed), photo("new.jpg", fresh)]);
    expect((await worker).url()).toMatch(/hash\.worker/);
    await title(page, "1 uploaded, 2 already here");
    expect(asked).toEqual([known, trashed, fresh].map((content) => sha1(content, "hex")));
    expect(uploads).toEqual([sha1(fresh, "hex")]);
    expect(await row(page, "known.jpg").textContent()).toContain("Already here");
    expect(await row(page, "in-trash.jpg").textContent()).toContain("in the trash");
    expect(await row(page, "known.jpg").getByRole("link").getAttribute("href")).toBe(`/photos/${id}`);
    expect(await row(page, "in-trash.jpg").getByRole("link").getAttribute("href")).toBe(`/trash/photos/${inTrash}`);
    await expectGoodForAll(page);
    await screenshot(page, `upload-done-${size}`);

    await panel(page).getByRole("button", { name: "Make smaller" }).click();
    await row(page, "known.jpg").waitFor({ state: "detached" });
    await panel(page).getByRole("button", { name: "Show the files" }).click();
    await panel(page).getByRole("button", { name: "Close" }).click();
    await panel(page).waitFor({ state: "detached" });
    // What is in the trash does not count, and stayed there.
    expect((await ada.getAssetStatistics({})).total).toBe(2);
    expect(heard).toEqual([]);
  });

  test("dropped, with their folders and sidecars; others are turned away with a reason", async ({ server, page }) => {
    const ada = await server.user();
    await enter(page, server, ada);
    await page.getByText("No photos yet").waitFor();
    const folder = mkdtempSync(join(tmpdir(), "calotype-drop-"));
    mkdirSync(join(folder, "trip/day 1"), { recursive: true });
    writeFileSync(join(folder, "trip/one.jpg"), jpeg());
    writeFileSync(join(folder, "trip/one.jpg.xmp"), xmp({ description: "From the sidecar" }));
    writeFileSync(join(folder, "trip/day 1/two.jpg"), jpeg());
    writeFileSync(join(folder, "trip/day 1/alone.xmp"), xmp({ rating: 3 }));
    writeFileSync(join(folder, "trip/day 1/notes.txt"), "notes");
    writeFileSync(join(folder, "trip/.DS_Store"), "");
    writeFileSync(join(folder, "three.jpg"), jpeg());
    const files = [join(folder, "trip"), join(folder, "three.jpg")];
    await dragFiles(page, files, "dragOver");
    await page.getByText("Drop to upload").waitFor();
    await screenshot(page, "upload-drop");
    await dragFiles(page, files, "drop");
    await title(page, "3 uploaded, 2 not photos or videos");
    await page.getByText("Drop to upload").waitFor({ state: "detached" });
    expect(await row(page, "notes.txt").textContent()).toContain("Not a photo or video");
    expect(await row(page, "alone.xmp").textContent()).toContain("A sidecar without its photo");
    await server.idle();
    const { items } = (await ada.searchAssets({ metadataSearchDto: { originalFileName: "one.jpg", withExif: true } })).assets;
    expect(items[0]!.exifInfo?.description).toBe("From the sidecar");
    rmSync(folder, { recursive: true });
  });

  test("pasted", async ({ server, page }) => {
    const ada = await server.user();
    await enter(page, server, ada);
    await page.getByText("No photos yet").waitFor();
    await pasteFile(page, "screenshot.jpg", "image/jpeg", jpeg());
    await title(page, "1 uploaded");
    expect((await ada.getAssetStatistics({})).total).toBe(1);
  });
});

describe("on the way", () => {
  test.for(both)("progress, speed and time left are shown; pause holds everything, resume goes on ($size)", async ({ size }, { server, page }) => {
    const ada = await server.user();
    await page.setViewportSize(sizes[size]);
    await enter(page, server, ada);
    const widen = await thinLine(page, 150);
    await choose(page, ["a.jpg", "b.jpg", "c.jpg", "d.jpg"].map(large));
    await title(page, "Uploading 1 of 4");
    await until("a share of the first file", async () => /[1-9]\d? ?%/.test((await row(page, "a.jpg").textContent())!));
    await until("speed and time", async () => /of 4 MB · .*\/s · .* left/.test((await panel(page).textContent())!));
    expect(Number(await panel(page).getByRole("progressbar").first().getAttribute("aria-valuenow"))).toBeLessThan(100);
    await expectGoodForAll(page);
    await screenshot(page, `upload-${size}`);

    await panel(page).getByRole("button", { name: "Pause" }).click();
    await panel(page).getByText("Paused").waitFor();
    await until("nothing being sent", async () => !/%/.test((await panel(page).textContent())!));
    const uploads = sent(page);
    const before = (await ada.getAssetStatistics({})).total;
    await widen();
    await page.waitForTimeout(700);
    expect(uploads).toEqual([]);
    expect((await ada.getAssetStatistics({})).total).toBe(before);
    await panel(page).getByRole("button", { name: "Resume" }).click();
    await title(page, "4 uploaded");
    expect((await ada.getAssetStatistics({})).total).toBe(4);
  });

  test("one is cancelled, or all; the rest arrives", async ({ server, page }) => {
    const ada = await server.user();
    await enter(page, server, ada);
    const widen = await thinLine(page, 100);
    await choose(page, ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"].map(large));
    await until("a share of the first file", async () => /\d ?%/.test((await row(page, "a.jpg").textContent())!));
    await panel(page).getByRole("button", { name: "Cancel a.jpg" }).click();
    await panel(page).getByRole("button", { name: "Cancel e.jpg" }).click();
    await row(page, "a.jpg").waitFor({ state: "detached" });
    await widen();
    await title(page, "3 uploaded");

    const again = await thinLine(page, 50);
    await choose(page, ["f.jpg", "g.jpg"].map(large));
    await until("a share of a file", async () => /\d ?%/.test((await row(page, "f.jpg").textContent())!));
    await panel(page).getByRole("button", { name: "Cancel all" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel all" }).click();
    await panel(page).waitFor({ state: "detached" });
    await again();
    expect((await ada.getAssetStatistics({})).total).toBe(3);
  });

  test("a server in trouble is asked again; what it refuses says why, and can be tried again", async ({ server, page }) => {
    const ada = await server.user();
    await enter(page, server, ada);
    const answers = [{ status: 503, json: { message: "busy" } }, undefined, { status: 400, json: { message: "Quota has been exceeded!" } }];
    await page.route(/\/api\/assets$/, async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      const answer = answers.shift();
      return answer ? route.fulfill(answer) : route.continue();
    });
    await choose(page, [photo("a.jpg")]);
    await title(page, "1 uploaded");
    await choose(page, [photo("b.jpg")]);
    await title(page, "1 failed");
    await row(page, "b.jpg").getByText("Quota has been exceeded!").waitFor();
    await expectGoodForAll(page);
    await screenshot(page, "upload-failed");
    await panel(page).getByRole("button", { name: "Try b.jpg again" }).click();
    await title(page, "2 uploaded");
  });

  test("a lost connection only holds things up", async ({ fresh, page }) => {
    const server = await fresh();
    const ada = await server.user();
    await enter(page, server, ada);
    const widen = await thinLine(page, 100);
    await choose(page, [large("a.jpg"), large("b.jpg"), photo("c.jpg"), photo("d.jpg")]);
    await until("a share of the first file", async () => /\d ?%/.test((await row(page, "a.jpg").textContent())!));
    await server.kill();
    await panel(page).getByText("The server does not answer").waitFor();
    await screenshot(page, "upload-offline");
    await widen();
    await server.start();
    await title(page, "4 uploaded");
    expect((await ada.getAssetStatistics({})).total).toBe(4);
  });

  test("the page is left only after a warning", async ({ server, page }) => {
    const ada = await server.user();
    await enter(page, server, ada);
    // Whoever has nothing to lose is not held up, and keeps the browser's quick way back.
    const devtools = await page.context().newCDPSession(page);
    const listeners = async () => {
      const { result } = await devtools.send("Runtime.evaluate", { expression: "window" });
      return (await devtools.send("DOMDebugger.getEventListeners", { objectId: result.objectId! })).listeners.filter(({ type }) => type === "beforeunload").length;
    };
    await page.getByRole("button", { name: "Upload", exact: true }).waitFor();
    expect(await listeners()).toBe(0);
    const widen = await thinLine(page, 50);
    await choose(page, [large("a.jpg")]);
    await until("a share of the file", async () => /\d ?%/.test((await row(page, "a.jpg").textContent())!));
    const warning = page.waitForEvent("dialog");
    const leaving = page.close({ runBeforeUnload: true });
    const dialog = await warning;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.dismiss();
    await leaving;
    await row(page, "a.jpg").waitFor();
    expect(await listeners()).toBe(1);
    // Other pages of the app are no leaving: it goes on there.
    await page.getByRole("link", { name: "Archive" }).click();
    await row(page, "a.jpg").waitFor();
    await widen();
    await title(page, "1 uploaded");
    expect(await listeners()).toBe(0);
  });

  test("more files than are shown or asked about at once", async ({ server, page }) => {
    const ada = await server.user();
    await enter(page, server, ada);
    await choose(page, Array.from({ length: 130 }, (_, i) => photo(`${i}.jpg`, jpeg({ width: 16, height: 16 }))));
    await panel(page).getByText("and 70 more").waitFor();
    expect(await panel(page).getByRole("listitem").count()).toBe(61);
    await title(page, "130 uploaded");
    expect((await ada.getAssetStatistics({})).total).toBe(130);
  });
});
