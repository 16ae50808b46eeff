// What all benchmarks use: times, lines of the table, and libraries to measure.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../tests/support/paths.ts";
import { Server } from "../tests/support/server.ts";

export const quick = process.argv.includes("--quick");
export const tools = process.env.CALOTYPE_BENCH ?? join(root, "build/release/bench");
export const run = promisify(execFile);

export const seconds = async (what: () => unknown) => {
  const begun = performance.now();
  await what();
  return (performance.now() - begun) / 1000;
};
export const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
export const say = (what: string, value: string, bar = "") => console.log(`| ${what.padEnd(62)} | ${value.padEnd(34)} | ${bar} |`);

/** A server whose library was filled before it started (bench/seed.c). */
export async function seeded(name: string, assets: number, jobs = 0) {
  const server = new Server(`bench-${name}`);
  const fill = await seconds(() =>
    run(join(tools, "seed"), ["--data", server.data, "--assets", String(assets), "--jobs", String(jobs)], { env: { ...process.env, ...server.database.env } }),
  );
  await server.start();
  return { server, fill, person: await server.login("bench@example.com", "benchbench") };
}
