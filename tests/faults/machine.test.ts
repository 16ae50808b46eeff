// The machine itself fails: its clock steps, its disk cannot be read, its memory is used up, another program holds the database.
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, until, type Server, type ServerOptions } from "../support/test.ts";
import { breaches, drained, makeUp } from "./promise.ts";
import { chance } from "./random.ts";
import { shim } from "./shim.ts";
import { goOn, work } from "./work.ts";

const minutes = 60_000;
const processOf = (server: Server, role: RegExp) => server.parts().find(({ command }) => role.test(command))!.pid;

/** A server on a machine that takes commands; undefined where there can be none. */
async function onMachine(fresh: (options?: ServerOptions) => Promise<Server>) {
  const folder = mkdtempSync(join(tmpdir(), "calotype-machine-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const library = shim("machine.c", folder);
  if (!library) {
    console.log("Skipped: this needs a C compiler and a program without sanitisers.");
    return undefined;
  }
  const commands = join(folder, "commands");
  writeFileSync(commands, Buffer.alloc(16));
  const file = openSync(commands, "r+");
  onTestFinished(() => closeSync(file));
  const command = (at: number) => (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    writeSync(file, bytes, 0, 8, at);
  };
  const server = await fresh({ env: { LD_PRELOAD: library, CALOTYPE_MACHINE: commands } });
  return { server, stepClock: command(0), loseOriginals: command(8) };
}

test("a clock that steps back and forth stops nothing", { timeout: 10 * minutes }, async ({ fresh }) => {
  const machine = await onMachine(fresh);
  if (!machine) return;
  const { server, stepClock } = machine;
  const random = chance();
  const ada = await server.user();
  const activity = work(ada, random);
  await goOn(activity, 5);
  for (const seconds of [-3600, 0, 3600, 0, -86400]) {
    stepClock(seconds);
    const clock = async () => Date.parse((await fetch(`${server.api}/server/ping`)).headers.get("date")!);
    await until("the server to see it", async () => Math.abs((await clock()) - Date.now() - seconds * 1000) < 60_000);
    await goOn(activity);
    await sleep(500);
    await goOn(activity);
  }
  await activity.stop();
  await drained(server);
  expect(breaches(server, activity), `seed ${random.seed}`).toEqual([]);
  expect([...activity.failures.keys()].filter((status) => status !== "400"), JSON.stringify([...activity.failures])).toEqual([]);
  expect(server.log).not.toMatch(/\(process \d+\) (was killed|ended)/);
});

test("an original that the disk cannot read is an error for who asks, and nothing more", { timeout: 5 * minutes }, async ({ fresh }) => {
  const machine = await onMachine(fresh);
  if (!machine) return;
  const { server, loseOriginals } = machine;
  const random = chance();
  const ada = await server.user();
  const activity = work(ada, random, { hands: 3 });
  await goOn(activity, 8);
  await activity.stop();
  await drained(server);
  const { id, checksum } = activity.uploaded.find(({ id }) => !activity.deleting.has(id))!;
  const whole = Buffer.from(await (await ada.downloadAsset({ id })).arrayBuffer());

  loseOriginals(1);
  await expect(ada.downloadAsset({ id }).then((blob) => blob.arrayBuffer())).rejects.toThrow();
  expect((await ada.viewAsset({ id })).size).toBeGreaterThan(0);
  expect(await ada.getAssetInfo({ id })).toMatchObject({ checksum: Buffer.from(checksum, "hex").toString("base64") });

  loseOriginals(0);
  expect(Buffer.from(await (await ada.downloadAsset({ id })).arrayBuffer())).toEqual(whole);
  await drained(server);
  expect(breaches(server, activity), `seed ${random.seed}`).toEqual([]);
  expect(server.log).not.toMatch(/\(process \d+\) (was killed|ended)/);
});

test("memory that is used up costs one process at most", { timeout: 5 * minutes }, async ({ fresh }) => {
  const server = await fresh();
  const random = chance();
  const ada = await server.user();
  const activity = work(ada, random, { hands: 3 });
  await goOn(activity, 5);
  for (const role of ["api", "worker"]) {
    const said = server.log.length;
    const pid = processOf(server, new RegExp(`^calotype ${role}`));
    const used = Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmData:\s+(\d+)/)![1]) * 1024;
    execFileSync("prlimit", ["--pid", String(pid), `--data=${used}:`]);
    // What takes more than the api has in reserve; the worker has its jobs.
    const greedy = () => fetch(`${server.api}/search/metadata`, { method: "POST", headers: { ...ada.headers, "content-type": "application/json" }, body: JSON.stringify({ city: "x".repeat(9 << 20) }) });
    if (role === "api") await Promise.allSettled(Array.from({ length: 4 }, greedy));
    await sleep(3000);
    try {
      execFileSync("prlimit", ["--pid", String(pid), "--data=unlimited:"], { stdio: "ignore" });
    } catch {
      // It has ended, and another one has taken its place.
    }
    await goOn(activity, 5);
    expect((server.log.slice(said).match(/\(process \d+\) (was killed|ended)/g) ?? []).length, server.log.slice(said)).toBeLessThanOrEqual(1);
  }
  await activity.stop();
  await drained(server);
  await makeUp(server);
  expect(breaches(server, activity), `seed ${random.seed}`).toEqual([]);
  expect(server.log).toContain("out of memory");
});

test.skipIf(process.env.CALOTYPE_TEST_ENGINE === "postgres")("a database that another program writes to is waited for", { timeout: 5 * minutes }, async ({ fresh }) => {
  const server = await fresh();
  const random = chance();
  const ada = await server.user();
  const activity = work(ada, random, { hands: 3 });
  await goOn(activity, 5);
  for (let round = 0; round < 3; round++) {
    const other = new DatabaseSync(join(server.data, "calotype.db"));
    // Its own patience, since the server writes as well.
    other.exec("pragma busy_timeout = 10000; begin immediate");
    await sleep(2000);
    expect((await fetch(`${server.api}/server/ping`)).ok).toBe(true);
    other.exec("rollback");
    other.close();
    await goOn(activity);
  }
  await activity.stop();
  await drained(server);
  expect(breaches(server, activity), `seed ${random.seed}`).toEqual([]);
  expect([...activity.failures.keys()].filter((status) => status !== "400"), JSON.stringify([...activity.failures])).toEqual([]);
});
