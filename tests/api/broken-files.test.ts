// Files that are not what they say: they cost one job, never the server.                                          DESIGN, section 1
import { randomBytes } from "node:crypto";
import { expect, jpeg, mp4, png, test } from "../support/test.ts";

const broken: [string, () => Buffer][] = [
  ["text.jpg", () => Buffer.from("This is no picture at all.\n")],
  ["noise.jpg", () => Buffer.concat([jpeg().subarray(0, 200), randomBytes(5000)])],
  ["cut.jpg", () => jpeg({ width: 1600, height: 1200 }).subarray(0, 4000)],
  ["cut.png", () => png(400, 300).subarray(0, 120)],
  ["noise.heic", () => Buffer.concat([Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1"), randomBytes(3000)])],
  ["noise.dng", () => Buffer.concat([Buffer.from("II*\0\x08\0\0\0", "latin1"), randomBytes(3000)])],
  ["text.svg", () => Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></sv")],
  ["cut.mp4", () => mp4().subarray(0, 3000)],
  ["text.mov", () => Buffer.from("no film")],
  ["noise.webp", () => Buffer.concat([Buffer.from("RIFF\xff\xff\0\0WEBPVP8 ", "latin1"), randomBytes(2000)])],
  ["bomb.png", () => hugePng()],
];

/** 60000 × 60000 pixels in a few bytes. */
function hugePng() {
  const small = png(1, 1);
  small.writeUInt32BE(60_000, 16);
  small.writeUInt32BE(60_000, 20);
  return small;
}

test("broken files do not stop the good ones", async ({ server }) => {
  const ada = await server.user();
  const ids = new Map<string, string>();
  for (const [filename, content] of broken) ids.set(filename, (await ada.upload(content(), { filename })).id);
  const good = (await ada.upload(jpeg({ make: "Acme" }), { filename: "good.jpg" })).id;
  await server.idle();

  expect(await ada.getAssetInfo({ id: good })).toMatchObject({ exifInfo: { make: "Acme" }, thumbhash: expect.any(String) });
  for (const [filename, id] of ids) {
    expect(await ada.getAssetInfo({ id })).toMatchObject({ originalFileName: filename, isTrashed: false });
    expect((await ada.downloadAsset({ id })).size).toBeGreaterThan(0);
  }
  const failed = Object.values(await (await server.admin()).getQueuesLegacy()).reduce((sum, { jobCounts }) => sum + jobCounts.active + jobCounts.waiting, 0);
  expect(failed).toBe(0);
});

test("a name says nothing about the content", async ({ server }) => {
  const ada = await server.user();
  const { id } = await ada.upload(png(50, 40), { filename: "really-a-png.jpg" });
  await server.idle();
  expect(await ada.getAssetInfo({ id })).toMatchObject({ width: 50, height: 40, thumbhash: expect.any(String) });
});
