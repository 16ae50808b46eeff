// kill -9 of any process at any moment, in the middle of uploads, deletions and jobs, loses nothing.                DESIGN, section 5
//
//     CALOTYPE_FAULT_ROUNDS=200 CALOTYPE_FAULT_SEED=7 npx vitest run --project faults kill
import { QueueName, QueueCommand } from "@immich/sdk";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, until, type Server } from "../support/test.ts";
import { breaches, drained, makeUp } from "./promise.ts";
import { chance, rounds, type Random } from "./random.ts";
import { work } from "./work.ts";

const minutes = 60_000;
const victims = ["api", "worker", "decoder", "supervisor", "everything"] as const;

const answers = (server: Server) => until("the api to answer", async () => (await fetch(`${server.api}/server/ping`)).ok);

async function kill(server: Server, victim: (typeof victims)[number], random: Random) {
  if (victim === "everything") {
    await server.kill();
    await server.start();
    return;
  }
  const wanted = { api: /^calotype api/, worker: /^calotype worker/, decoder: /calotype-decoder/, supervisor: / serve / }[victim];
  const parts = server.parts().filter(({ command }) => wanted.test(command));
  if (!parts.length) return;
  try {
    process.kill(random.of(parts).pid, "SIGKILL");
  } catch {
    // It ended by itself in this moment.
  }
  if (victim === "supervisor") {
    await until("the others to follow", () => server.parts().every(({ command }) => command.includes("<defunct>")));
    await server.start();
  }
  await answers(server);
}

/** Megabytes of buffers that are still of use to somebody in this process. */
function buffersKept() {
  setFlagsFromString("--expose_gc");
  runInNewContext("gc")();
  return process.memoryUsage().arrayBuffers / 1e6;
}

test(`${rounds} kills lose nothing`, { timeout: rounds * minutes + 5 * minutes }, async ({ fresh, onTestFailed }) => {
  const random = chance();
  const server = await fresh();
  const ada = await server.user();
  const activity = work(ada, random, { writes: true });
  const killed: string[] = [];
  onTestFailed(() => console.error(`CALOTYPE_FAULT_SEED=${random.seed}, killed: ${killed.join(" ")}; failed requests: ${JSON.stringify([...activity.failures])}`));

  for (let round = 1; round <= rounds; round++) {
    await sleep(random.below(1500));
    // Each fourth kill takes everything, so that the pauses before a restart do not grow without end.
    const victim = round % 4 ? random.of(victims) : "everything";
    killed.push(victim);
    await kill(server, victim, random);
  }
  await activity.stop();
  // What was uploaded all the while, faster than it could be worked off.
  await drained(server, 240 + 5 * rounds);
  expect(breaches(server, activity)).toEqual([]);
  expect(activity.uploaded.length).toBeGreaterThan(0);
  expect(activity.failures.get("500"), server.log).toBeUndefined();
  // Of what was uploaded only the digests are kept: in a long run all of it would be gigabytes.
  expect(buffersKept()).toBeLessThan(32);

  // What was given up because its worker died twice is made up for on demand.
  const admin = await server.admin();
  for (const name of [QueueName.MetadataExtraction, QueueName.ThumbnailGeneration, QueueName.BackgroundTask]) {
    await admin.runQueueCommandLegacy({ name, queueCommandDto: { command: QueueCommand.ClearFailed, force: false } });
  }
  await makeUp(server);
  expect(breaches(server, activity)).toEqual([]);
  console.log(`seed ${random.seed}: ${activity.uploaded.length} uploads and ${activity.deleted.size} deletions kept over ${killed.length} kills`);
});
