// kill -9 in the middle of the first start, while the schema is being made: the next start finishes it.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, jpeg, onTestFinished, Server, test, until } from "../support/test.ts";
import { drained } from "./promise.ts";
import { chance, rounds } from "./random.ts";

/** Begins to start, and is gone again before long. */
async function startAndDie(server: Server, after: number) {
  const started = server.start().catch(() => undefined);
  await until("a process", () => server.pid !== undefined);
  await sleep(after);
  await server.kill();
  await started;
}

test("a first start that is killed is made up for by the next", { timeout: (rounds + 5) * 60_000 }, async () => {
  const random = chance();
  for (let round = 0; round < Math.ceil(rounds / 2); round++) {
    const server = new Server(`first-start-${process.pid}`);
    onTestFinished(() => server.close());
    const moments: number[] = [];
    for (let death = 0; death < 4; death++) {
      moments.push(random.below(400));
      await startAndDie(server, moments.at(-1)!);
    }
    await server.start();
    const ada = await server.user();
    const { id } = await ada.upload(jpeg());
    await drained(server);
    expect((await ada.viewAsset({ id })).size, `seed ${random.seed}, killed after ${moments} ms`).toBeGreaterThan(0);
    await server.stop();
  }
});
