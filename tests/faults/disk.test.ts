// The disk is full, or read-only, at each write in turn; descriptors run out. Requests fail with words, and when there is room again, all goes on.
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, Server, test, until } from "../support/test.ts";
import { breaches, drained, makeUp } from "./promise.ts";
import { chance, rounds } from "./random.ts";
import { goOn, work } from "./work.ts";

const minutes = 60_000;

/** A server whose whole data directory is a small disk of its own; undefined where nobody may mount one. */
async function onSmallDisk(megabytes: number) {
  const server = new Server(`disk-${process.pid}`);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "calotype-faults", server.data], { stdio: "ignore" });
  } catch {
    console.log("Skipped: a disk for tests cannot be mounted here (that takes root).");
    await server.close();
    return undefined;
  }
  onTestFinished(async () => {
    await server.stop();
    execFileSync("umount", ["-l", server.data]);
    await server.close();
  });
  return server.start();
}

const filler = (server: Server) => join(server.data, "filler");
function fill(server: Server, leaving: number) {
  const { bavail, bsize } = statfsSync(server.data);
  const file = openSync(filler(server), "a");
  const block = Buffer.alloc(64 << 10);
  try {
    for (let left = bavail * bsize - leaving; left > 0; left -= block.length) writeSync(file, block, 0, Math.min(left, block.length));
  } catch {
    // The uploads were faster.
  } finally {
    closeSync(file);
  }
}
const empty = (server: Server) => rmSync(filler(server), { force: true });

test("a full disk refuses what it cannot keep, and keeps what it has not refused", { timeout: (rounds + 5) * minutes }, async () => {
  const server = await onSmallDisk(160);
  if (!server) return;
  const random = chance();
  const ada = await server.user();
  const activity = work(ada, random, { hands: 3 });
  await until("some uploads", () => activity.uploaded.length > 5);
  for (let round = 0; round < rounds; round++) {
    fill(server, random.below(600_000));
    await sleep(1000 + random.below(1000));
    expect((await fetch(`${server.api}/server/ping`)).ok, `seed ${random.seed}`).toBe(true);
    empty(server);
    await goOn(activity, 1);
  }
  await activity.stop();
  await drained(server);
  await makeUp(server);
  expect(breaches(server, activity), `seed ${random.seed}`).toEqual([]);
  expect(server.log).toMatch(/No space left|disk is full|disk full/);
  expect(server.log).not.toMatch(/api \(process \d+\) (was killed|ended)/);
});

test("a media folder that has become read-only refuses, and serves what it has", { timeout: 5 * minutes }, async ({ fresh }) => {
  const server = await fresh();
  const random = chance();
  const ada = await server.user();
  const before = work(ada, random, { hands: 3 });
  await until("some uploads", () => before.uploaded.length > 5);
  await before.stop();
  await drained(server);
  const { id } = before.uploaded.find(({ id }) => !before.deleting.has(id))!;

  const media = join(server.data, "media");
  try {
    execFileSync("mount", ["--bind", media, media], { stdio: "ignore" });
    onTestFinished(() => void spawnSync("umount", ["-l", media], { stdio: "ignore" }));
    execFileSync("mount", ["-o", "remount,ro,bind", media]);
  } catch {
    console.log("Skipped: a folder cannot be made read-only here (that takes root).");
    return;
  }
  const meanwhile = work(ada, random, { hands: 3 });
  await sleep(2000);
  expect((await ada.downloadAsset({ id })).size).toBeGreaterThan(0);
  await meanwhile.stop();
  expect(meanwhile.uploaded).toEqual([]);
  execFileSync("umount", ["-l", media]);

  const after = work(ada, random, { hands: 3 });
  await until("uploads to go on", () => after.uploaded.length > 3);
  await after.stop();
  await drained(server);
  for (const activity of [before, after]) expect(breaches(server, activity)).toEqual([]);
});

test("a server without descriptors left waits for some", { timeout: 5 * minutes }, async ({ fresh }) => {
  const server = await fresh();
  const random = chance();
  const ada = await server.user();
  const activity = work(ada, random, { hands: 3 });
  await until("some uploads", () => activity.uploaded.length > 3);
  const api = server.parts().find(({ command }) => command.startsWith("calotype api"))!.pid;
  const open = execFileSync("ls", [`/proc/${api}/fd`], { encoding: "utf8" }).split("\n").length;
  execFileSync("prlimit", ["--pid", String(api), `--nofile=${open + 4}:`]);
  const crowd = Array.from({ length: 200 }, () => connect(server.port, "127.0.0.1").on("error", () => {}));
  await sleep(3000);
  for (const socket of crowd) socket.destroy();
  execFileSync("prlimit", ["--pid", String(api), "--nofile=4096:"]);
  await goOn(activity, 1);
  await activity.stop();
  await drained(server);
  expect(breaches(server, activity), `seed ${random.seed}`).toEqual([]);
  expect(server.log).not.toMatch(/api \(process \d+\) (was killed|ended)/);
});
