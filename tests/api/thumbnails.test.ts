// Which files the thumbnail job makes, keeps and takes away.                                                        spec 06, section 7
import { ImageFormat, QueueCommand, QueueName, type AdminConfigDto } from "@immich/sdk";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, jpeg, mp4, test, type Person, type Server } from "../support/test.ts";

/** The generated files of an asset, as their names end: "preview.jpeg". */
const files = (server: Server, id: string) => {
  const folder = join(server.data, "media/thumbs");
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  return names
    .filter((name) => name.includes(`${id}_`))
    .map((name) => name.split(`${id}_`)[1])
    .sort();
};

const again = async (server: Server, force: boolean) => {
  const admin = await server.admin();
  await admin.runQueueCommandLegacy({ name: QueueName.ThumbnailGeneration, queueCommandDto: { command: QueueCommand.Start, force } });
  await server.idle();
};

const configure = async (server: Server, image: Partial<AdminConfigDto["image"]>) => {
  const admin = await server.admin();
  const config = await admin.getConfig();
  await admin.updateConfig({ adminConfigDto: { ...config, image: { ...config.image, ...image } } });
  return () => admin.updateConfig({ adminConfigDto: config });
};

const thumbhash = async (person: Person, id: string) => (await person.getAssetInfo({ id })).thumbhash;

test("photos, films and moving pictures get a preview, a thumbnail and a thumbhash", async ({ server }) => {
  const ada = await server.user();
  const made: [Buffer, string][] = [
    [jpeg({ orientation: 6 }), "a.jpg"],
    [mp4({ seconds: 2 }), "b.mp4"],
  ];
  for (const [content, filename] of made) {
    const { id } = await ada.upload(content, { filename });
    await server.idle();
    expect(files(server, id)).toEqual(["preview.jpeg", "thumbnail.webp"]);
    expect(await thumbhash(ada, id)).toEqual(expect.any(String));
  }
});

test("other settings count from the next full run on, and what they do without goes", async ({ server }) => {
  const ada = await server.user();
  const { id } = await ada.upload(jpeg(), { filename: "not-for-browsers.jpe" });
  await server.idle();
  const hash = await thumbhash(ada, id);
  expect(files(server, id)).toEqual(["preview.jpeg", "thumbnail.webp"]);

  const { preview, fullsize } = (await (await server.admin()).getConfig()).image;
  const reset = await configure(server, { preview: { ...preview, format: ImageFormat.Webp }, fullsize: { ...fullsize, enabled: true } });
  await again(server, true);
  expect(files(server, id)).toEqual(["fullsize.jpeg", "preview.webp", "thumbnail.webp"]);
  expect(await thumbhash(ada, id)).toBe(hash);
  const shown = await ada.ask("GET", `/assets/${id}/thumbnail?size=preview`);
  expect([shown.status, shown.headers.get("content-type")]).toEqual([200, "image/webp"]);

  await reset();
  await again(server, true);
  expect(files(server, id)).toEqual(["preview.jpeg", "thumbnail.webp"]);
});

test("a run for what is missing makes only that", async ({ server }) => {
  const ada = await server.user();
  const { id } = await ada.upload(jpeg(), { filename: "raw-like.jpe" });
  await server.idle();
  await again(server, false);
  expect(files(server, id)).toEqual(["preview.jpeg", "thumbnail.webp"]);

  const { fullsize } = (await (await server.admin()).getConfig()).image;
  const reset = await configure(server, { fullsize: { ...fullsize, enabled: true } });
  await again(server, false);
  expect(files(server, id)).toEqual(["fullsize.jpeg", "preview.jpeg", "thumbnail.webp"]);
  await reset();
});

test("an edited photo has the edited files beside the others", async ({ server }) => {
  if (process.env.CALOTYPE_TEST_ENGINE === "postgres") return; // one engine's file is enough to put the edit in
  const ada = await server.user();
  const { id } = await ada.upload(jpeg({ width: 800, height: 600 }), { filename: "edited.jpg" });
  await server.idle();
  const before = await thumbhash(ada, id);

  const database = new DatabaseSync(join(server.data, "calotype.db"), { timeout: 10_000 });
  for (const name of ["uuid_v4", "uuid_v7"]) database.function(name, { varargs: true }, () => randomBytes(16));
  for (const name of ["now", "clock_timestamp"]) database.function(name, () => BigInt(Date.now()) * 1000n);
  const key = Buffer.from(id.replaceAll("-", ""), "hex");
  const add = database.prepare('insert into asset_edit ("assetId", action, parameters, sequence) values (?, ?, ?, ?)');
  add.run(key, "crop", JSON.stringify({ x: 0, y: 0, width: 400, height: 300 }), 0);
  add.run(key, "rotate", JSON.stringify({ angle: 90 }), 1);
  database.close();

  await again(server, true);
  expect(files(server, id)).toEqual([
    "fullsize_edited.jpeg",
    "preview.jpeg",
    "preview_edited.jpeg",
    "thumbnail.webp",
    "thumbnail_edited.webp",
  ]);
  expect(await thumbhash(ada, id)).not.toBe(before);
});
