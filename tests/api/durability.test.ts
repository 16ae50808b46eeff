// An acknowledged upload survives: the api killed, the whole tree killed, a worker killed.                        DESIGN, section 5
import { QueueName } from "@immich/sdk";
import { readFileSync } from "node:fs";
import { expect, jpeg, sha1, test, until, type Person, type Server } from "../support/test.ts";
import { filesBelow } from "../support/paths.ts";

type Acknowledged = { id: string; content: Buffer };

/** Uploads from four hands until told to stop; returns what the server said it has. */
function uploading(ada: Person) {
  const kept: Acknowledged[] = [];
  let on = true;
  const hand = async () => {
    while (on) {
      const content = Buffer.concat([jpeg(), Buffer.alloc(200_000, Math.random().toString())]);
      try {
        const { id, status } = await ada.upload(content);
        if (status === "created") kept.push({ id, content });
      } catch {
        // The server is being killed: this one was not acknowledged.
        await new Promise((done) => setTimeout(done, 20));
      }
    }
  };
  const hands = Array.from({ length: 4 }, hand);
  return {
    kept,
    async stop() {
      on = false;
      await Promise.all(hands);
    },
  };
}

async function allThere(server: Server, ada: Person, kept: Acknowledged[]) {
  for (const { id, content } of kept) {
    const asset = await ada.getAssetInfo({ id });
    expect(asset.checksum).toBe(sha1(content));
    expect(sha1(readFileSync(asset.originalPath))).toBe(asset.checksum);
  }
  // And nothing is known that is not there: each asset has its whole file.
  const { items } = (await ada.searchAssets({ metadataSearchDto: { size: 1000 } })).assets;
  for (const { originalPath, checksum } of items) expect(sha1(readFileSync(originalPath))).toBe(checksum);
}

test("kill -9 of the api in the middle of uploads loses nothing", async ({ fresh }) => {
  const server = await fresh();
  const ada = await server.user();
  const work = uploading(ada);
  for (let round = 1; round <= 3; round++) {
    const wanted = work.kept.length + 8;
    await until("more uploads", () => work.kept.length >= wanted);
    server.killPart("api");
    await until("the api to be back", async () => (await fetch(`${server.api}/server/ping`)).ok);
  }
  await work.stop();
  await allThere(server, ada, work.kept);
  await server.idle();
  for (const { id } of work.kept.slice(-5)) expect((await ada.viewAsset({ id })).size).toBeGreaterThan(0);
});

test("kill -9 of everything in the middle of uploads loses nothing", async ({ fresh }) => {
  const server = await fresh();
  const ada = await server.user();
  const work = uploading(ada);
  for (let round = 1; round <= 2; round++) {
    const wanted = work.kept.length + 10;
    await until("more uploads", () => work.kept.length >= wanted);
    await server.kill();
    await server.start();
  }
  await work.stop();
  await allThere(server, ada, work.kept);
  await server.idle();
  const known = new Set((await ada.searchAssets({ metadataSearchDto: { size: 1000 } })).assets.items.map(({ originalPath }) => originalPath));
  const strangers = filesBelow(server.data).filter((path) => path.includes(`upload/${ada.id}/`) && !known.has(path));
  // A kill between the file's rename and the commit may leave a file that nobody knows; it is never the other way round.
  expect(strangers.length).toBeLessThanOrEqual(8);
});

test("jobs of a killed worker are done by another", async ({ fresh }) => {
  const server = await fresh();
  const ada = await server.user();
  await server.pause(QueueName.MetadataExtraction);
  const ids: string[] = [];
  for (let i = 0; i < 12; i++) ids.push((await ada.upload(jpeg({ make: `Maker ${i}`, width: 1600, height: 1200 }))).id);
  await server.resume(QueueName.MetadataExtraction);
  server.killPart("worker");
  await server.idle();
  for (const [i, id] of ids.entries()) {
    const asset = await ada.getAssetInfo({ id });
    expect(asset.exifInfo).toMatchObject({ make: `Maker ${i}` });
    expect(asset.thumbhash).toEqual(expect.any(String));
  }
});

test("SIGTERM finishes what is running and ends with 0", async ({ fresh }) => {
  const server = await fresh();
  const ada = await server.user();
  await ada.upload(jpeg());
  expect(await server.stop()).toBe(0);
  await server.start();
  expect(await ada.getAssetStatistics({})).toMatchObject({ total: 1 });
});
