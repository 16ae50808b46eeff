// PostgreSQL goes away in the middle of requests and jobs, and comes back.
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, until, type Server } from "../support/test.ts";
import { breaches, drained } from "./promise.ts";
import { chance, rounds } from "./random.ts";
import { goOn, work } from "./work.ts";

const own = (server: Server) => server.database.env.DB_URL!.match(/^postgres(?:ql)?:\/\/[^/]*\/([^?]*)/)![1]!;
const psql = (sql: string) => execFileSync("psql", ["-X", "-q", process.env.CALOTYPE_TEST_POSTGRES_URL!, "-c", sql], { stdio: ["ignore", "ignore", "inherit"] });

test.skipIf(process.env.CALOTYPE_TEST_ENGINE !== "postgres")("a database that is away for a while costs answers, but no photo and no job", { timeout: (rounds + 5) * 60_000 }, async ({ fresh }) => {
  const random = chance();
  const server = await fresh();
  const ada = await server.user();
  const activity = work(ada, random);
  await until("some uploads", () => activity.uploaded.length > 5);
  for (let round = 0; round < rounds; round++) {
    // As clients see a server that is stopped: connections break, new ones are refused. Now and then only the connections break.
    const away = random.below(3) > 0;
    if (away) psql(`alter database ${own(server)} with allow_connections false`);
    psql(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${own(server)}'`);
    // In the long form it is away for a minute once, as when another one takes over.
    await sleep(round === 0 && rounds > 10 ? 60_000 : random.below(3000));
    expect((await fetch(`${server.api}/server/ping`)).ok).toBe(true);
    if (away) psql(`alter database ${own(server)} with allow_connections true`);
    await goOn(activity, 1);
    await sleep(random.below(1000));
  }
  await activity.stop();
  await drained(server);
  // What was answered with an error may have happened all the same; what was acknowledged did. A commit whose answer was lost keeps its file.
  const found = breaches(server, activity).filter((breach) => !/^nobody knows .*\/upload\//.test(breach));
  expect(found, `seed ${random.seed}`).toEqual([]);
  expect([...activity.failures.keys()].filter((status) => !/^(503|404|400)$/.test(status)), JSON.stringify([...activity.failures])).toEqual([]);
  expect(server.log).not.toMatch(/\(process \d+\) (was killed|ended)/);
});
