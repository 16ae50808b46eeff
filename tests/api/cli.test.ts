// The official command-line client, as people use it.                                                            spec 07, section 13
import { Permission } from "@immich/sdk";
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, jpeg, mp4, onTestFinished, png, sha1, test, type Person, type Server } from "../support/test.ts";
import { filesBelow, realPhotos } from "../support/paths.ts";

const cli = join(import.meta.dirname, "../node_modules/@immich/cli/bin/immich");
const MEDIA = /\.(jpe?g|png|webp|heic|avif|jxl|mp4|mov)$/i;

const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), "calotype-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};

/** A person at a terminal, with a configuration folder of their own. */
async function terminal(server: Server, person: Person, permissions = [Permission.All]) {
  const { secret } = await person.createApiKey({ apiKeyCreateDto: { permissions } });
  const settings = temporary();
  const run = async (...args: string[]) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [cli, "--config-directory", settings, ...args], { env: { PATH: process.env.PATH } });
    return stdout + stderr;
  };
  return { run, login: () => run("login", `${server.url}/api`, secret), secret };
}

/** Whether libvips, by itself, decodes the picture; films are taken to be fine. */
function readable(path: string) {
  if (/\.(mp4|mov)$/i.test(path)) return true;
  return spawnSync("vips", ["avg", path], { stdio: "ignore" }).status === 0;
}

function madePhotos() {
  const folder = temporary();
  mkdirSync(join(folder, "summer/sea"), { recursive: true });
  for (let i = 0; i < 6; i++) writeFileSync(join(folder, "summer", `IMG_${i}.jpg`), jpeg({ taken: `2024:07:0${i + 1} 10:00:00` }));
  writeFileSync(join(folder, "summer/sea/beach.png"), png());
  writeFileSync(join(folder, "summer/sea/waves.mp4"), mp4());
  writeFileSync(join(folder, "notes.txt"), "not for the server");
  return folder;
}

test("logs in and knows the server", async ({ server }) => {
  const ada = await server.user();
  const { login, run } = await terminal(server, ada);
  expect(await login()).toContain(`Logged in as ${ada.email}`);
  const info = await run("server-info");
  expect(info).toContain("3.2.2");
  expect(info).toContain(ada.email);
});

test("uploads a folder of real photos, and the second time finds all of them there", async ({ server }) => {
  const ada = await server.user();
  const folder = realPhotos ?? madePhotos();
  const files = filesBelow(folder).filter((path) => MEDIA.test(path));
  const { login, run } = await terminal(server, ada);
  await login();

  const first = await run("upload", "--recursive", folder);
  expect(first).toMatch(/Successfully uploaded \d+ new asset/);
  const { total } = await ada.getAssetStatistics({});
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(files.length);

  const second = await run("upload", "--recursive", folder);
  expect(second).toContain("0 new files and");
  expect(second).toContain("All assets were already uploaded, nothing to do.");
  expect(await ada.getAssetStatistics({})).toMatchObject({ total });

  // Every photo that this machine's libraries can read is in the timeline with a thumbnail.
  await server.idle();
  const unreadable = new Set(files.filter((path) => !readable(path)).map((path) => sha1(readFileSync(path))));
  const months = await ada.getTimeBuckets({});
  expect(months.reduce((sum, { count }) => sum + count, 0)).toBe(total);
  for (const { timeBucket } of months) {
    for (const id of (await ada.getTimeBucket({ timeBucket })).id) {
      const { checksum, originalFileName, thumbhash } = await ada.getAssetInfo({ id });
      if (unreadable.has(checksum)) continue;
      expect([originalFileName, thumbhash]).toEqual([originalFileName, expect.any(String)]);
      expect((await ada.viewAsset({ id })).size).toBeGreaterThan(0);
    }
  }
});

test("uploads what was made here, with and without the check before", async ({ server }) => {
  const ada = await server.user();
  const folder = madePhotos();
  const { login, run } = await terminal(server, ada, [Permission.AssetUpload, Permission.UserRead]);
  await login();
  expect(await run("upload", "--recursive", folder)).toContain("Successfully uploaded 8 new assets");
  expect(await run("upload", "--recursive", "--skip-hash", folder)).toContain("Skipped 8 duplicate assets");
  expect(await ada.getAssetStatistics({})).toEqual({ images: 7, videos: 1, total: 8 });
});
