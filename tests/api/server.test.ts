// What the server tells about itself.                                                                             spec 05, section 5
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jpeg, mp4, test } from "../support/test.ts";
import { root } from "../support/paths.ts";
import { calotype } from "../support/server.ts";

test("its version is the API's", async ({ server }) => {
  expect(await server.nobody().getServerVersion()).toEqual({ major: 3, minor: 2, patch: 2, prerelease: null });
  expect(await server.nobody().getVersionHistory()).toEqual([{ id: expect.any(String), createdAt: expect.any(String), version: "3.2.2" }]);
});

test("its features and public configuration need no login", async ({ server }) => {
  await server.admin();
  expect(await server.nobody().getServerFeatures()).toMatchObject({ passwordLogin: true, oauth: false, trash: true, search: true, sidecar: true, configFile: false });
  expect(await server.nobody().getServerConfig()).toMatchObject({
    isInitialized: true,
    trashDays: 30,
    userDeleteDelay: 7,
    loginPageMessage: "",
    externalDomain: "",
    publicUsers: true,
    maintenanceMode: false,
    minFaces: 3,
    oauthButtonText: "Login with OAuth",
  });
});

test("it takes the kinds of file that clients know", async ({ server }) => {
  const { image, video, sidecar } = await server.nobody().getSupportedMediaTypes();
  expect([image.length, video.length, sidecar]).toEqual([48, 20, [".xmp"]]);
  expect(image.slice(0, 4)).toEqual([".avif", ".bmp", ".gif", ".jpeg"]);
});

test("users see how full the disk is, and which programs it uses", async ({ server }) => {
  const ada = await server.user();
  const storage = await ada.getStorage();
  expect(storage).toMatchObject({ diskSize: expect.stringMatching(/^[\d.]+ ([KMGTP]i)?B$/), diskSizeRaw: expect.any(Number) });
  expect(storage.diskUsagePercentage).toBeCloseTo((storage.diskUseRaw / storage.diskSizeRaw) * 100, 1);
  expect(await ada.getAboutInfo()).toMatchObject({ version: "v3.2.2", licensed: false, ffmpeg: expect.any(String), libvips: expect.any(String) });
});

test("administrators see who uses how much", async ({ server }) => {
  const [admin, ada] = [await server.admin(), await server.user({ name: "Ada", quotaSizeInBytes: 1e9 })];
  const [photo, film] = [jpeg(), mp4()];
  await ada.upload(photo);
  await ada.upload(film, { filename: "film.mp4" });
  await server.idle();
  const statistics = await admin.getServerStatistics();
  expect(statistics.usageByUser).toContainEqual({
    userId: ada.id,
    userName: "Ada",
    photos: 1,
    videos: 1,
    usage: photo.length + film.length,
    usagePhotos: photo.length,
    usageVideos: film.length,
    quotaSizeInBytes: 1e9,
  });
  await expect(ada.getServerStatistics()).toFailWith(403, "Forbidden");
});

test("the README counts the operations as the program does", () => {
  const states = calotype("admin", "routes");
  const count = (state: string) => states.split("\n").filter((line) => new RegExp(`\\b${state}\\b`).test(line) && /\s\/\S/.test(line)).length;
  const said = readFileSync(join(root, "README.md"), "utf8").match(/(\d+) of the 276 operations/);
  expect(count("done") + count("missing")).toBe(276);
  expect(Number(said?.[1])).toBe(count("done"));
});

test("an operation without a handler says so", async ({ server }) => {
  const admin = await server.admin();
  const missing = calotype("admin", "routes")
    .split("\n")
    .find((line) => /\bmissing\b/.test(line) && /\bGET\b/.test(line) && !line.includes("{") && !line.includes("public"));
  if (!missing) return;
  const path = missing.match(/\s(\/\S+)/)![1].replace(/^\/api/, "");
  const answer = await admin.ask("GET", path);
  expect([path, answer.status, await answer.json()]).toEqual([path, 501, { message: expect.any(String) }]);
});
