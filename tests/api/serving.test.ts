// Originals, thumbnails and films: the bytes that clients look at.                                                spec 02, section 8
import { AssetMediaSize, QueueName } from "@immich/sdk";
import { get } from "node:http";
import { describe, expect, jpeg, mp4, test, type Person } from "../support/test.ts";

const CACHE = "private, max-age=86400, no-transform, stale-while-revalidate=2592000, stale-if-error=2592000";

const size = async (blob: Blob) => {
  // Just enough of a parser: JPEG's start of frame, or WebP's lossy header.
  const bytes = Buffer.from(await blob.arrayBuffer());
  if (bytes.toString("latin1", 8, 12) === "WEBP") {
    const at = bytes.indexOf("VP8 ", 12, "latin1");
    if (at > 0) return [bytes.readUInt16LE(at + 14) & 0x3fff, bytes.readUInt16LE(at + 16) & 0x3fff];
    const x = bytes.indexOf("VP8X", 12, "latin1");
    return [bytes.readUIntLE(x + 12, 3) + 1, bytes.readUIntLE(x + 15, 3) + 1];
  }
  for (let at = 2; at < bytes.length; ) {
    const marker = bytes[at + 1];
    if (marker >= 0xc0 && marker <= 0xc2) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  throw new Error("no picture");
};

// Not fetch: that says "no-cache" beside a condition of its caller's.
const statusOf = (person: Person, path: string, headers: Record<string, string>) =>
  new Promise((done, failed) => {
    get(person.api + path, { headers: { ...person.headers, ...headers } }, (answer) => {
      answer.resume();
      done(answer.statusCode);
    }).on("error", failed);
  });

const photo = async (person: Person, content = jpeg(), filename = "IMG 1ä.jpg") => ({ content, ...(await person.upload(content, { filename })) });

describe("the original", () => {
  test("comes with its type, name, tag and date, to be kept by the client", async ({ server }) => {
    const ada = await server.user();
    const { id, content } = await photo(ada);
    const answer = await ada.ask("GET", `/assets/${id}/original`);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "image/jpeg",
      "content-length": String(content.length),
      "content-disposition": "inline; filename*=UTF-8''IMG%201%C3%A4.jpg",
      "cache-control": CACHE,
      "accept-ranges": "bytes",
      etag: expect.stringMatching(/^W\/"[0-9a-f]+-[0-9a-f]+"$/),
      "last-modified": "Tue, 02 Jan 2024 03:04:05 GMT",
    });
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(content);
  });

  test.for([
    ["bytes=0-9", 0, 10],
    ["bytes=100-", 100, undefined],
    ["bytes=-20", -20, undefined],
    ["bytes=10-99999999", 10, undefined],
  ] as const)("in the range %s", async ([range, from, to], { server }) => {
    const ada = await server.user();
    const { id, content } = await photo(ada);
    const answer = await ada.ask("GET", `/assets/${id}/original`, { headers: { range } });
    const wanted = content.subarray(from, to);
    const start = from < 0 ? content.length + from : from;
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-range")).toBe(`bytes ${start}-${start + wanted.length - 1}/${content.length}`);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(wanted);
  });

  test("whole when the range is nonsense or several, and not at all beyond its end", async ({ server }) => {
    const ada = await server.user();
    const { id, content } = await photo(ada);
    for (const range of ["bytes=0-1,5-6", "lines=1-2", "bytes=abc"]) {
      const answer = await ada.ask("GET", `/assets/${id}/original`, { headers: { range } });
      expect([range, answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([range, 200, content.length]);
    }
    const beyond = await ada.ask("GET", `/assets/${id}/original`, { headers: { range: `bytes=${content.length}-` } });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, `bytes */${content.length}`]);
  });

  test("not again to who has it", async ({ server }) => {
    const ada = await server.user();
    const { id } = await photo(ada);
    const path = `/assets/${id}/original`;
    const first = await ada.ask("HEAD", path);
    const etag = first.headers.get("etag")!;
    expect(await statusOf(ada, path, { "if-none-match": etag })).toBe(304);
    expect(await statusOf(ada, path, { "if-modified-since": first.headers.get("last-modified")! })).toBe(304);
    expect(await statusOf(ada, path, { "if-none-match": '"other"' })).toBe(200);
    const changed = await ada.ask("GET", path, { headers: { range: "bytes=0-9", "if-range": '"other"' } });
    expect(changed.status).toBe(200);
  });

  test("is not found by an unknown id, whatever the reason", async ({ server }) => {
    const ada = await server.user();
    await expect(ada.downloadAsset({ id: "6cd9a7a5-8b3c-4a6b-9d1c-000000000000" })).toFailWith(404, "Not Found");
  });
});

describe("a thumbnail", () => {
  test("is small, a preview is larger, and both are upright", async ({ server }) => {
    const ada = await server.user();
    const { id } = await photo(ada, jpeg({ width: 3200, height: 1600, orientation: 6, latitude: 1, longitude: 2 }));
    await server.idle();
    const thumbnail = await ada.viewAsset({ id, size: AssetMediaSize.Thumbnail });
    expect([thumbnail.type, await size(thumbnail)]).toEqual(["image/webp", [250, 500]]);
    const preview = await ada.viewAsset({ id, size: AssetMediaSize.Preview });
    expect([preview.type, await size(preview)]).toEqual(["image/jpeg", [1440, 2880]]);
    expect(Buffer.from(await preview.arrayBuffer()).includes("GPS")).toBe(false);
  });

  test("is not there before it is made", async ({ server }) => {
    const ada = await server.user();
    await server.pause(QueueName.ThumbnailGeneration);
    const { id } = await photo(ada);
    await expect(ada.viewAsset({ id })).toFailWith(404, "Asset media not found");
    await server.resume(QueueName.ThumbnailGeneration);
  });

  test("in full size of a JPEG is the original, in an older client's words too", async ({ server }) => {
    const ada = await server.user();
    const { id } = await photo(ada);
    await server.idle();
    const full = await ada.ask("GET", `/assets/${id}/thumbnail?size=fullsize`);
    expect([full.status, full.headers.get("location")]).toEqual([302, "original"]);
    const original = await ada.ask("GET", `/assets/${id}/thumbnail?size=original&edited=false`);
    expect([original.status, original.headers.get("location")]).toEqual([302, "original?edited=false"]);
  });

  test("in full size of what browsers cannot show is the preview", async ({ server }) => {
    const ada = await server.user();
    const { id } = await photo(ada, jpeg(), "IMG.mpo");
    await server.idle();
    const full = await ada.ask("GET", `/assets/${id}/thumbnail?size=fullsize`);
    expect([full.status, full.headers.get("location")]).toEqual([302, `/api/assets/${id}/thumbnail?size=preview`]);
  });
});

describe("a film", () => {
  test("is played in ranges without a name", async ({ server }) => {
    const ada = await server.user();
    const content = mp4();
    const { id } = await ada.upload(content, { filename: "film.mp4" });
    const answer = await ada.ask("GET", `/assets/${id}/video/playback`, { headers: { range: "bytes=0-99" } });
    expect([answer.status, answer.headers.get("content-type"), answer.headers.get("content-disposition")]).toEqual([206, "video/mp4", null]);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(content.subarray(0, 100));
  });

  test("is none when it is a photo", async ({ server }) => {
    const ada = await server.user();
    const { id } = await photo(ada);
    await expect(ada.playAssetVideo({ id })).toFailWith(404, "Not Found");
  });
});
