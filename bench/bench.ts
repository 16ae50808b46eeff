// Benchmarks: one server, embedded engine, figures on standard output. Each stands beside what the machine itself can do, where there is such
// a limit, so that the share counts and not the machine.
import { QueueName } from "../tests/node_modules/@immich/sdk/build/index.js";
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { jpeg } from "../tests/support/images.ts";
import { Server } from "../tests/support/server.ts";
import type { Person } from "../tests/support/person.ts";

const quick = process.argv.includes("--quick");
const work = mkdtempSync(join(tmpdir(), "calotype-bench-"));

const seconds = async (what: () => unknown) => {
  const begun = performance.now();
  await what();
  return (performance.now() - begun) / 1000;
};
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
const say = (name: string, value: string, limit = "") => console.log(`${name.padEnd(44)} ${value.padStart(16)}   ${limit}`);
const mib = (bytes: number) => `${(bytes / (1 << 20)).toFixed(1)} MiB`;

/** Memory that would come back if the process ended, shared pages counted in proportion. */
const memory = (pid: number) => Number(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8").match(/^Pss:\s+(\d+)/m)![1]) * 1024;

/** Answers per second and the 99th percentile of one GET, by wrk with 16 connections. */
async function load(person: Person, path: string) {
  const args = ["-t2", "-c16", quick ? "-d2s" : "-d8s", "--latency", "-H", `Authorization: Bearer ${person.accessToken}`, person.api + path];
  const { stdout } = await promisify(execFile)("wrk", args);
  if (/Non-2xx/.test(stdout)) throw new Error(`${path}: ${stdout}`);
  return { rate: Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)![1]), slow: stdout.match(/99%\s+(\S+)/)![1] };
}

async function inParallel<T>(hands: number, items: T[], act: (item: T) => Promise<unknown>) {
  let next = 0;
  await Promise.all(Array.from({ length: hands }, async () => {
    while (next < items.length) await act(items[next++]);
  }));
}

console.log(`${cpus().length} × ${cpus()[0].model}${quick ? ", quick" : ""}\n`);

// From the start of the program to its first answer, on an empty and then on a used data directory.
const server = new Server("bench");
const first = await seconds(() => server.start());
const admin = await server.admin();
const starts: number[] = [];
for (let i = 0; i < (quick ? 2 : 5); i++) {
  await server.stop();
  starts.push(await seconds(() => server.start()));
}
say("start, empty data directory", `${Math.round(first * 1000)} ms`);
say("start, existing data directory", `${Math.round(median(starts) * 1000)} ms`);

await server.idle();
const parts = server.parts().map(({ pid, command }) => ({ command: command.split(" ").slice(0, 3).join(" ").replace(/^.*\//, ""), bytes: memory(pid) }));
for (const { command, bytes } of parts) say(`idle memory, ${command}`, mib(bytes));
say("idle memory, all processes", mib(parts.reduce((sum, { bytes }) => sum + bytes, 0)));

// Uploads of 8 MB over four connections, each acknowledged only when it is on disk, beside writing, hashing and syncing the same bytes.
await server.pause(QueueName.MetadataExtraction);
const bodies = Array.from({ length: quick ? 12 : 48 }, () => Buffer.concat([jpeg(), randomBytes(8 << 20)]));
const total = bodies.reduce((sum, { length }) => sum + length, 0);
const uploads = await seconds(() => inParallel(4, bodies, (body) => admin.upload(body)));
const plain = await seconds(() => {
  for (const [i, body] of bodies.entries()) {
    const fd = openSync(join(work, `${i}`), "w");
    createHash("sha1").update(body).digest();
    writeSync(fd, body);
    fsyncSync(fd);
    closeSync(fd);
  }
});
say("upload", `${(total / uploads / 1e6).toFixed(0)} MB/s`, `one writer with SHA-1 and fsync: ${(total / plain / 1e6).toFixed(0)} MB/s`);

const small = Array.from({ length: quick ? 100 : 500 }, () => jpeg());
const many = await seconds(() => inParallel(8, small, (body) => admin.upload(body)));
say("upload of small photos", `${(small.length / many).toFixed(0)} /s`);
await admin.emptyQueue({ name: QueueName.MetadataExtraction, queueDeleteDto: {} });
await server.resume(QueueName.MetadataExtraction);
await server.idle();

// Photos of 12 megapixels through the whole pipeline, beside a loop of bare libvips making the same two sizes with one process per core.
const photos = Array.from({ length: quick ? 12 : 60 }, () => jpeg({ width: 4000, height: 3000, taken: "2024:01:01 12:00:00" }));
await server.pause(QueueName.MetadataExtraction);
await inParallel(4, photos, (body) => admin.upload(body));
await server.resume(QueueName.MetadataExtraction);
const pipeline = await seconds(() => server.idle());
writeFileSync(join(work, "photo.jpg"), photos[0]);
const bare = await seconds(() =>
  inParallel(cpus().length, photos, async () => {
    await promisify(execFile)("vipsthumbnail", [join(work, "photo.jpg"), "-s", "x1440", "-o", "preview.jpg[Q=80]"], { cwd: work });
    await promisify(execFile)("vipsthumbnail", [join(work, "preview.jpg"), "-s", "x250", "-o", "thumb.webp[Q=80]"], { cwd: work });
  }),
);
const rate = (took: number) => `${Math.round((photos.length / took) * 60)} /min`;
say("photos through the pipeline (12 MP)", rate(pipeline), `bare libvips: ${rate(bare)}`);

// Reading.
const { items } = (await admin.searchAssets({ metadataSearchDto: { size: 1, order: "desc" as any, takenAfter: "2024-01-01T11:00:00Z" } })).assets;
const asset = items[0].id;
for (const [name, path] of [
  ["ping", "/server/ping"],
  ["thumbnail", `/assets/${asset}/thumbnail`],
  ["preview", `/assets/${asset}/thumbnail?size=preview`],
  ["asset", `/assets/${asset}`],
  ["time buckets", "/timeline/buckets"],
  ["time bucket", "/timeline/bucket?timeBucket=2024-01-01"],
]) {
  const { rate, slow } = await load(admin, path);
  say(`GET ${name}`, `${Math.round(rate)} /s`, `99 % within ${slow}`);
}

const after = server.parts().reduce((sum, { pid }) => sum + memory(pid), 0);
say("memory afterwards, all processes", mib(after));
await server.close();
rmSync(work, { recursive: true });
