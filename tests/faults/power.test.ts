// The power fails: everything ends at once, and what was not synced is gone. What was acknowledged is there all the same.
import { AssetJobName, QueueCommand, QueueName } from "@immich/sdk";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, until, type Server } from "../support/test.ts";
import { breaches, drained } from "./promise.ts";
import { chance, rounds } from "./random.ts";
import { shim } from "./shim.ts";
import { work } from "./work.ts";

const keyOf = (path: string) => {
  const { ino, birthtimeNs } = statSync(path, { bigint: true });
  return `${ino.toString(16)}-${birthtimeNs.toString(16)}`;
};

/** The data directory as a disk would have it that kept only what was synced. */
function rebuild(kept: string, key: string, into: string) {
  mkdirSync(into);
  const names = join(kept, `d-${key}`);
  if (!existsSync(names)) return;
  for (const line of readFileSync(names, "utf8").split("\n")) {
    const match = line.match(/^(.) (\S+) (.*)$/);
    if (!match) continue;
    const [, type, its, name] = match as unknown as [string, string, string, string];
    const path = join(into, name);
    if (type === "d") rebuild(kept, its, path);
    else if (type !== "f") continue;
    else if (existsSync(join(kept, `f-${its}`))) copyFileSync(join(kept, `f-${its}`), path);
    else writeFileSync(path, "");
  }
}

test.skipIf(process.env.CALOTYPE_TEST_ENGINE === "postgres")("a power cut takes nothing that was acknowledged", { timeout: (rounds + 5) * 60_000 }, async ({ fresh }) => {
  const kept = mkdtempSync(join(tmpdir(), "calotype-power-"));
  onTestFinished(() => rmSync(kept, { recursive: true }));
  const library = shim("power.c", kept);
  if (!library) return console.log("Skipped: the power cut needs a C compiler and a program without sanitisers.");
  const env = { LD_PRELOAD: library, CALOTYPE_POWER: join(kept, "disk") };
  mkdirSync(env.CALOTYPE_POWER);

  const random = chance();
  const server: Server = await fresh({ env });
  const ada = await server.user();
  await server.stop();
  // Of the round before: their thumbnails are made anew, over the old ones.
  let earlier: string[] = [];
  for (let round = 1; round <= rounds; round++) {
    // What is there by now has been there for long.
    rmSync(env.CALOTYPE_POWER, { recursive: true });
    mkdirSync(env.CALOTYPE_POWER);
    execFileSync("sh", ["-c", `find "$0" -type f -o -type d | xargs -d '\\n' sync`, server.data], { env: { ...process.env, ...env } });
    const key = keyOf(server.data);
    await server.start();
    if (earlier.length) await ada.runAssetJobs({ assetJobsDto: { name: AssetJobName.RegenerateThumbnail, assetIds: earlier } });

    const activity = work(ada, random, { writes: true });
    await until("some uploads and words", () => activity.uploaded.length > 3 && [...activity.written.values()].some(({ sure }) => sure));
    await sleep(random.below(1500));
    const killed = server.kill();
    const acknowledged = activity.uploaded.length;
    await killed;
    await activity.stop();
    activity.uploaded.length = acknowledged;

    const after = `${server.data}-after`;
    rebuild(env.CALOTYPE_POWER, key, after);
    rmSync(server.data, { recursive: true });
    renameSync(after, server.data);
    await server.start();
    await drained(server);
    // A note may be lost, so a file may be left over; that is the lesser evil.
    const found = () => breaches(server, activity).filter((breach) => !breach.startsWith("nobody knows"));
    const ofPictures = /^the (preview|thumbnail|fullsize) .* is missing|^.*: has \d of its two thumbnails/;
    expect(found().filter((breach) => !ofPictures.test(breach)), `seed ${random.seed}, round ${round}`).toEqual([]);
    // Thumbnails are not synced, but can be made again.
    if (round === rounds) {
      const admin = await server.admin();
      await admin.runQueueCommandLegacy({ name: QueueName.ThumbnailGeneration, queueCommandDto: { command: QueueCommand.Start, force: true } });
      await drained(server);
      expect(found(), `seed ${random.seed}`).toEqual([]);
    }
    earlier = activity.uploaded.filter(({ id }) => !activity.deleting.has(id)).map(({ id }) => id);
    await server.stop();
  }
});
