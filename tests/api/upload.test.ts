// A file's way into the server: what is taken, what is refused, and what is left behind.                        spec 02, sections 3 to 5
import { AssetMediaStatus } from "@immich/sdk";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { describe, expect, jpeg, mp4, png, sha1, test, until, xmp, type Person, type Server } from "../support/test.ts";
import { filesBelow } from "../support/paths.ts";
import { join } from "node:path";

const dates = { fileCreatedAt: "2024-01-02T03:04:05.000Z", fileModifiedAt: "2024-01-02T03:04:05.000Z" };

const form = (parts: Record<string, string | Blob | [Blob, string]>) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(parts)) Array.isArray(value) ? data.append(name, ...value) : data.append(name, value as string);
  return data;
};
const file = (content: Uint8Array | string, name: string): [Blob, string] => [new Blob([content as Uint8Array<ArrayBuffer>]), name];
const post = async (person: Person, parts: Parameters<typeof form>[0], headers?: Record<string, string>) => {
  const answer = await person.ask("POST", "/assets", { body: form(parts), headers });
  return { status: answer.status, body: (await answer.json()) as any };
};

/** Files of one person's uploads on disk, as the server left them. */
const stored = (server: Server, person: Person) => filesBelow(server.data).filter((path) => path.includes(`upload/${person.id}/`));

describe("a new file", () => {
  test("is stored byte for byte and known by its checksum", async ({ server }) => {
    const ada = await server.user();
    const content = jpeg();
    const { id, status } = await ada.upload(content, { filename: "Holiday.JPG" });
    expect(status).toBe(AssetMediaStatus.Created);
    expect(await ada.getAssetInfo({ id })).toMatchObject({
      id,
      ownerId: ada.id,
      type: "IMAGE",
      originalFileName: "Holiday.JPG",
      originalMimeType: "image/jpeg",
      checksum: sha1(content),
      visibility: "timeline",
      isFavorite: false,
      isTrashed: false,
      libraryId: null,
      originalPath: expect.stringMatching(new RegExp(`/upload/${ada.id}/(..)/(..)/\\1\\2[0-9a-f-]{32}\\.JPG$`)),
    });
    const original = await ada.downloadAsset({ id });
    expect(Buffer.from(await original.arrayBuffer())).toEqual(content);
  });

  test("takes what the sender says about it", async ({ server }) => {
    const ada = await server.user();
    // The SDK sends `metadata` as a file, which no server takes; the apps send it as text.
    const { status, body } = await post(ada, {
      isFavorite: "true",
      visibility: "archive",
      fileCreatedAt: "2020-02-29T12:00:00.5+02:00",
      fileModifiedAt: "2020-03-01T00:00:00Z",
      metadata: JSON.stringify([{ key: "mobile-app", value: { iCloudId: "x" } }]),
      assetData: file(mp4(), "film.mp4"),
    });
    expect([status, body]).toEqual([201, { id: expect.any(String), status: "created" }]);
    const { id } = body;
    const film = await ada.getAssetInfo({ id });
    expect(film).toMatchObject({ type: "VIDEO", isFavorite: true, isArchived: true, visibility: "archive", fileModifiedAt: "2020-03-01T00:00:00.000Z" });
  });

  test("counts against the owner's usage", async ({ server }) => {
    const ada = await server.user();
    const content = jpeg();
    await ada.upload(content);
    expect(await ada.getMyUser()).toMatchObject({ quotaUsageInBytes: content.length });
  });

  test("may bring a sidecar", async ({ server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(jpeg(), { sidecarData: new Blob([xmp({ description: "A quiet sea", rating: 4 })]) });
    await server.idle();
    expect((await ada.getAssetInfo({ id })).exifInfo).toMatchObject({ description: "A quiet sea", rating: 4 });
  });

  test("of many megabytes goes straight to disk", async ({ server }) => {
    const ada = await server.user();
    const content = Buffer.concat([jpeg(), randomBytes(48 << 20)]);
    const { id } = await ada.upload(content);
    expect(await ada.getAssetInfo({ id })).toMatchObject({ checksum: sha1(content) });
  });
});

describe("a file that is there already", () => {
  test("is a duplicate of the first and stored once", async ({ server }) => {
    const ada = await server.user();
    const content = jpeg();
    const first = await ada.upload(content);
    expect(await ada.upload(content, { filename: "other name.jpg" })).toEqual({ id: first.id, status: AssetMediaStatus.Duplicate });
    await server.idle();
    expect(stored(server, ada)).toHaveLength(1);
    expect(await ada.getMyUser()).toMatchObject({ quotaUsageInBytes: content.length });
  });

  test.for(["base64", "hex"] as const)("is known from its checksum in %s before a byte of it is read", async (encoding, { server }) => {
    const ada = await server.user();
    const content = jpeg();
    const { id } = await ada.upload(content);
    const answer = await post(ada, { nothing: "useful" }, { "x-immich-checksum": sha1(content, encoding) });
    expect(answer).toEqual({ status: 200, body: { id, status: "duplicate" } });
  });

  test("is none for another person", async ({ server }) => {
    const [ada, bob] = [await server.user(), await server.user()];
    const content = jpeg();
    await ada.upload(content);
    expect(await bob.upload(content, { checksum: sha1(content) })).toMatchObject({ status: "created" });
  });

  test("is answered as one even when both arrive together", async ({ server }) => {
    const ada = await server.user();
    const content = jpeg();
    const answers = await Promise.all(Array.from({ length: 6 }, () => ada.upload(content)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === "created")).toHaveLength(1);
    await server.idle();
    expect(stored(server, ada)).toHaveLength(1);
  });
});

describe("the bulk check", () => {
  test("says of each checksum whether it is new, in order", async ({ server }) => {
    const ada = await server.user();
    const [known, trashed] = [jpeg(), jpeg()];
    const [{ id }, gone] = [await ada.upload(known), await ada.upload(trashed)];
    await ada.deleteAssets({ assetBulkDeleteDto: { ids: [gone.id] } });
    const assets = [
      { id: "a", checksum: sha1("new") },
      { id: "b", checksum: sha1(known, "hex") },
      { id: "c", checksum: sha1(trashed) },
      { id: "d", checksum: "no checksum" },
    ];
    expect(await ada.checkBulkUpload({ assetBulkUploadCheckDto: { assets } })).toEqual({
      results: [
        { id: "a", action: "accept" },
        { id: "b", action: "reject", reason: "duplicate", assetId: id, isTrashed: false },
        { id: "c", action: "reject", reason: "duplicate", assetId: gone.id, isTrashed: true },
        { id: "d", action: "accept" },
      ],
    });
    expect(await ada.checkBulkUpload({ assetBulkUploadCheckDto: { assets: [] } })).toEqual({ results: [] });
  });
});

describe("an upload is refused", () => {
  test.for<[string, (person: Person) => Record<string, string | [Blob, string]>, string]>([
    ["without a file", () => dates, "File is required"],
    ["with only a sidecar", () => ({ ...dates, sidecarData: file(xmp({ rating: 1 }), "a.xmp") }), "Field(s) assetData should not be empty"],
    ["with an empty file", () => ({ ...dates, assetData: file("", "a.jpg") }), "File is empty"],
    ["of a kind nobody can show", () => ({ ...dates, assetData: file("MZ", "setup.exe") }), "Unsupported file type setup.exe"],
    ["with a sidecar that is none", () => ({ ...dates, assetData: file(jpeg(), "a.jpg"), sidecarData: file("x", "a.txt") }), "Unsupported file type a.txt"],
    ["with a file nobody asked for", () => ({ ...dates, extra: file("x", "a.jpg") }), "Unexpected field - extra"],
  ])("%s", async ([, parts, message], { server }) => {
    const ada = await server.user();
    expect(await post(ada, parts(ada))).toEqual({ status: 400, body: { message } });
    await server.idle();
    expect(stored(server, ada)).toEqual([]);
  });

  test("when its dates are missing or no dates, and nothing stays on disk", async ({ server }) => {
    const ada = await server.user();
    const answer = await post(ada, { fileModifiedAt: "2024-13-01", duration: "1.5", isFavorite: "yes", assetData: file(jpeg(), "a.jpg") });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((issue: any) => [issue.path[0], issue.message])).toEqual(
      expect.arrayContaining([
        ["fileCreatedAt", "Invalid input: expected ISO 8601 datetime string, received undefined"],
        ["fileModifiedAt", "Invalid input: expected ISO 8601 datetime string, received string"],
        ["isFavorite", 'Invalid option: expected one of "true"|"false"'],
        ["duration", expect.any(String)],
      ]),
    );
    await server.idle();
    expect(stored(server, ada)).toEqual([]);
  });

  test("when it is not the file that was announced", async ({ server }) => {
    const ada = await server.user();
    await expect(ada.upload(jpeg(), { checksum: sha1("another file") })).toFailWith(400, /checksum/);
    expect(await ada.upload(jpeg(), { checksum: "no checksum at all" })).toMatchObject({ status: "created" });
    await server.idle();
    expect(stored(server, ada)).toHaveLength(1);
  });

  test("beyond the quota when several come at once", async ({ server }) => {
    const files = Array.from({ length: 6 }, () => jpeg());
    const ada = await server.user({ quotaSizeInBytes: files[0].length * 3 + 100 });
    const answers = await Promise.allSettled(files.map((content) => ada.upload(content)));
    expect(answers.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(3);
    await server.idle();
    const { quotaUsageInBytes, quotaSizeInBytes } = await ada.getMyUser();
    expect(quotaUsageInBytes!).toBeLessThanOrEqual(quotaSizeInBytes!);
    expect(stored(server, ada)).toHaveLength(answers.filter(({ status }) => status === "fulfilled").length);
  });

  test("beyond the quota, to the byte", async ({ server }) => {
    const content = jpeg();
    const ada = await server.user({ quotaSizeInBytes: content.length });
    await expect(ada.upload(Buffer.concat([content, Buffer.from("x")]))).toFailWith(400, "Quota has been exceeded!");
    expect(await ada.upload(content)).toMatchObject({ status: "created" });
    await expect(ada.upload(png())).toFailWith(400, "Quota has been exceeded!");
    await server.idle();
    expect(stored(server, ada)).toHaveLength(1);
  });

  test("when its form is broken", async ({ server }) => {
    const ada = await server.user();
    const answer = await ada.ask("POST", "/assets", { body: "--x\r\nnonsense", headers: { "content-type": "multipart/form-data; boundary=x" } });
    expect([answer.status, await answer.json()]).toEqual([400, { message: "Multipart: Unexpected end of form" }]);
  });

  test("from strangers", async ({ server }) => {
    const answer = await post(server.nobody(), { ...dates, assetData: file(jpeg(), "a.jpg") });
    expect(answer).toEqual({ status: 401, body: { message: "Authentication required" } });
  });
});

test("an upload that breaks off leaves nothing", async ({ server }) => {
  const ada = await server.user();
  const socket = connect(server.port, "127.0.0.1");
  const head = `--b\r\nContent-Disposition: form-data; name="assetData"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
  socket.write(
    `POST /api/assets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ada.accessToken}\r\n` +
      `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 10000000\r\n\r\n${head}`,
  );
  socket.write(randomBytes(1 << 20));
  await new Promise((done) => setTimeout(done, 200));
  socket.destroy();
  await until("the partial file to be gone", () => filesBelow(server.data).every((path) => !path.includes(".tmp/") && !path.includes(`upload/${ada.id}/`)));
  expect(await ada.getAssetStatistics({})).toEqual({ images: 0, videos: 0, total: 0 });
});

test("other people are served while somebody uploads slowly", async ({ server }) => {
  const ada = await server.user();
  const sockets = Array.from({ length: 40 }, () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(
      `POST /api/assets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ada.accessToken}\r\n` +
        `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 10000000\r\n\r\n` +
        `--b\r\nContent-Disposition: form-data; name="assetData"; filename="a.jpg"\r\n\r\nslow`,
    );
    return socket;
  });
  expect(await ada.upload(jpeg())).toMatchObject({ status: "created" });
  for (const socket of sockets) socket.destroy();
});

test("a live photo hides its film behind the picture", async ({ server }) => {
  const ada = await server.user();
  const film = await ada.upload(mp4(), { filename: "IMG_1.mov" });
  const { events } = await ada.listen();
  const photo = await ada.upload(jpeg(), { filename: "IMG_1.jpg", livePhotoVideoId: film.id });
  expect(await ada.getAssetInfo({ id: photo.id })).toMatchObject({ livePhotoVideoId: film.id });
  expect(await ada.getAssetInfo({ id: film.id })).toMatchObject({ visibility: "hidden" });
  await until("on_asset_hidden", () => events.some(({ name, args }) => name === "on_asset_hidden" && args[0] === film.id));
  await expect(ada.upload(jpeg(), { livePhotoVideoId: photo.id })).toFailWith(400, "Live photo video must be a video");
  ada.hangUp();
});

test("a file name from outside never leaves its folder", async ({ server }) => {
  const ada = await server.user();
  const { id } = await ada.upload(jpeg(), { filename: "../../../../etc/pass/wd.jpg" });
  const { originalPath } = await ada.getAssetInfo({ id });
  expect(originalPath).toContain(join("upload", ada.id));
});
