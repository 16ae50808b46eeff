// kill -9 in the middle of a migration: of the first one, which makes the schema, and of one that brings an older schema up to date. The next start
// finishes it. steps.c kills at a given statement or write of the migration and tells which one that was.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { root } from "../support/paths.ts";
import { expect, jpeg, onTestFinished, Server, sha1, test, until } from "../support/test.ts";
import { breaches, drained, rows } from "./promise.ts";
import { chance, rounds, type Random } from "./random.ts";
import { shim } from "./shim.ts";
import type { Done } from "./work.ts";

const postgres = process.env.CALOTYPE_TEST_ENGINE === "postgres";

/** A server that can be made to die in the migration that has `from` in its first statement; undefined where that cannot be done. */
function mortal(from: string) {
  const folder = mkdtempSync(join(tmpdir(), "calotype-steps-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const library = shim("steps.c", folder);
  if (!library) return void console.log("Skipped: dying at a step takes a C compiler with the headers of both databases, and a program without sanitisers.");
  const env: Record<string, string> = { LD_PRELOAD: library, CALOTYPE_STEPS: join(folder, "steps"), CALOTYPE_STEP_FROM: from, CALOTYPE_STEP: "0" };
  const server = new Server(`first-start-${process.pid}`, { env });
  onTestFinished(() => server.close());
  const taken = () => (existsSync(env.CALOTYPE_STEPS!) ? readFileSync(env.CALOTYPE_STEPS!, "utf8").trim().split("\n") : []);

  return {
    server,
    /** Migrates to the end; returns how many steps that takes, and which of them is the commit. */
    async rehearse() {
      rmSync(env.CALOTYPE_STEPS!, { force: true });
      await server.start();
      await server.stop();
      return { count: taken().length, commit: taken().findLastIndex((step) => / commit/.test(step)) + 1 };
    },
    /** Starts and dies before the step with this number. */
    async dieAt(step: number) {
      env.CALOTYPE_STEP = String(step);
      rmSync(env.CALOTYPE_STEPS!, { force: true });
      const died = await server.start().then(
        () => false,
        () => true,
      );
      env.CALOTYPE_STEP = "0";
      expect({ died, at: taken().length }).toEqual({ died: true, at: step });
    },
  };
}

/** Two before the commit, the commit itself, and where that takes several writes, one within it. */
const moments = (random: Random, { count, commit }: { count: number; commit: number }) => [
  1 + random.below(commit),
  1 + random.below(commit),
  commit,
  ...(count > commit ? [commit + 1 + random.below(count - commit)] : []),
];

/** The names of the migrations that the database has. */
function made(server: Server): string[] {
  const tables = postgres ? "pg_tables where tablename" : "sqlite_schema where name";
  if (!rows(server, `select 1 as one from ${tables} = 'calotype_migration'`).length) return [];
  return rows(server, "select name from calotype_migration order by name").map(({ name }) => name!);
}

/** What the schema is made of. */
const schema = (server: Server) =>
  rows(
    server,
    postgres
      ? `select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'
         union all select 'trigger ' || tgname from pg_trigger where not tgisinternal order by 1`
      : "select type, name, sql from sqlite_schema where name not like 'sqlite_%' order by name",
  );

/** Makes the schema an older one: without the counts of months, and whatever came after them. The server is stopped. */
function age(server: Server) {
  const folder = join(root, "sql", postgres ? "postgres" : "sqlite");
  const all = readdirSync(folder).filter((name) => name.endsWith(".sql")).sort();
  const undone = all.slice(all.findIndex((name) => name.endsWith("-months.sql")));
  const parts = /^create (?:unique )?(table|index|trigger) (?:if not exists )?"?(\w+)"?/gm;
  const drops = undone
    .flatMap((name) => [...readFileSync(join(folder, name), "utf8").matchAll(parts)])
    // There they go with the schema of their functions.
    .filter(([, type]) => !(postgres && type === "trigger"))
    .map(([, type, name]) => `drop ${type} if exists "${name}"`);
  const script = [
    ...(postgres ? ["set client_min_messages = warning", "drop schema calotype cascade"] : []),
    ...drops.reverse(),
    `delete from calotype_migration where name in ('${undone.map((name) => name.replace(/\.sql$/, "")).join("','")}')`,
  ].join(";");
  if (postgres) {
    execFileSync("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", server.database.env.DB_URL!, "-c", script], { stdio: ["ignore", "ignore", "inherit"] });
    return;
  }
  const database = new DatabaseSync(join(server.data, "calotype.db"));
  database.exec(script);
  database.close();
}

/** The dead server's transaction may still be on its way to its end. */
const allOrNothing = (server: Server, all: string[], nothing: string[]) =>
  until("a whole migration, or none", () => [all, nothing].map(String).includes(String(made(server))), 20);

test("a first start that is killed while it makes the schema is made up for by the next", { timeout: (rounds + 5) * 60_000 }, async () => {
  const random = chance();
  const beginning = "create table calotype_migration";
  const rehearsal = mortal(beginning);
  if (!rehearsal) return;
  const steps = await rehearsal.rehearse();
  const all = made(rehearsal.server);
  expect(all.length).toBeGreaterThan(5);
  for (let round = 0; round < Math.ceil(rounds / 2); round++) {
    const { server, dieAt } = mortal(beginning)!;
    const deaths = moments(random, steps);
    for (const death of deaths) {
      await dieAt(death);
      await allOrNothing(server, all, []);
    }
    await server.start();
    expect(made(server)).toEqual(all);
    expect(schema(server)).toEqual(schema(rehearsal.server));
    const ada = await server.user();
    const { id } = await ada.upload(jpeg());
    await drained(server);
    expect((await ada.viewAsset({ id })).size, `seed ${random.seed}, killed at ${deaths}`).toBeGreaterThan(0);
    await server.stop();
  }
});

test("an update that is killed while it brings the schema up to date is made up for by the next start", { timeout: (rounds + 5) * 60_000 }, async () => {
  const random = chance();
  const mine = mortal("create table calotype_month");
  if (!mine) return;
  const { server, rehearse, dieAt } = mine;
  await server.start();
  const ada = await server.user();
  const done: Done = { uploaded: [], deleting: new Set(), deleted: new Set(), written: new Map() };
  for (const taken of ["2023:01:02 10:00:00", "2023:05:06 10:00:00", "2023:05:07 10:00:00"]) {
    const content = jpeg({ taken });
    done.uploaded.push({ id: (await ada.upload(content)).id, checksum: sha1(content, "hex") });
  }
  await drained(server);
  const library = async () => ({ schema: schema(server), months: await ada.getTimeBuckets({}), breaches: breaches(server, done) });
  const before = await library();
  expect(before).toMatchObject({ months: [{ count: 2 }, { count: 1 }], breaches: [] });
  await server.stop();

  const all = made(server);
  age(server);
  const old = made(server);
  expect(old.length).toBeLessThan(all.length);
  const steps = await rehearse();
  for (let round = 0; round < Math.ceil(rounds / 2); round++) {
    const deaths = moments(random, steps);
    for (const death of deaths) {
      // A commit of which all was written has happened.
      if (made(server).length === all.length) age(server);
      await dieAt(death);
      await allOrNothing(server, all, old);
    }
    await server.start();
    expect(await library(), `seed ${random.seed}, killed at ${deaths}`).toEqual(before);
    await server.stop();
  }
});
