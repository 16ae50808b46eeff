// Benchmarks: every figure beside its bar, or beside what the machine itself can do in the same run. Prints a table in Markdown.
//
//     bench/run            a quarter of an hour: libraries of 100,000 and 1,000,000 assets on both engines
//     bench/run --quick    two minutes: 100,000 on SQLite, and less of everything else
//     bench/run web jobs   some of it: small, uploads, web, jobs, library
//
// Figures of a machine that does other things as well are worth little in time; what one request costs in processor time stands beside them.
import { QueueName } from "../tests/node_modules/@immich/sdk/build/index.js";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { Agent, type ClientRequest, request } from "node:http";
import { connect, type Socket } from "node:net";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { jpeg } from "../tests/support/images.ts";
import { root } from "../tests/support/paths.ts";
import { type Person } from "../tests/support/person.ts";
import { Server } from "../tests/support/server.ts";
import { median, quick, run, say, seconds, seeded, tools } from "./measure.ts";
import { web } from "./web.ts";

const work = mkdtempSync(join(tmpdir(), "calotype-bench-"));
const cores = availableParallelism();
const mib = (bytes: number) => `${(bytes / (1 << 20)).toFixed(1)} MB`;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function inParallel<T>(hands: number, items: T[], act: (item: T) => Promise<unknown>) {
  let next = 0;
  await Promise.all(Array.from({ length: hands }, async () => {
    while (next < items.length) await act(items[next++]);
  }));
}

// ---- processes -----------------------------------------------------------------------------------------------------------------

/** Memory that would come back if the processes ended, shared pages counted in proportion. */
const memory = (server: Server, role = "") =>
  server.parts().filter(({ command }) => command.includes(role)).reduce((sum, { pid }) => {
    try {
      return sum + Number(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8").match(/^Pss:\s+(\d+)/m)![1]) * 1024;
    } catch {
      return sum; // it has just ended
    }
  }, 0);

/** Processor time of all the server's processes so far, in seconds. */
const cpu = (server: Server) =>
  server.parts().reduce((sum, { pid }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);

async function peak<T>(server: Server, what: () => Promise<T>) {
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, memory(server))), 200);
  const took = await seconds(what);
  clearInterval(watch);
  return { took, most };
}

// ---- libraries -----------------------------------------------------------------------------------------------------------------

const cookie = (person: Person) => `immich_access_token=${person.accessToken}`;

/** Median time of one question over one connection that is kept, from its first byte to the answer's last, by wrk, which does not read what it gets. */
async function asked(person: Person, path: string, body?: object) {
  const headers = { cookie: cookie(person), ...(body && { "content-type": "application/json" }) };
  const answer = await fetch(person.api + path, { method: body ? "POST" : "GET", body: body && JSON.stringify(body), headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${text}`);
  const script = join(work, "question.lua");
  writeFileSync(script, body ? `wrk.method = "POST"\nwrk.body = [[${JSON.stringify(body)}]]\n` : "");
  const { stdout } = await run("wrk", ["-t1", "-c1", `-d${quick ? 2 : 5}s`, "--latency", "-s", script, ...Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]), person.api + path]);
  if (/Non-2xx/.test(stdout)) throw new Error(`${path}: ${stdout}`);
  const share = (percent: number) => {
    const [, value, unit] = stdout.match(new RegExp(`^ +${percent}% +([\\d.]+)(us|ms|s)$`, "m"))!;
    return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit as "us" | "ms" | "s"];
  };
  return { median: share(50), late: share(99), text };
}

const ms = ({ median, late }: { median: number; late: number }) => `${median.toFixed(1)} ms (99 %: ${late.toFixed(1)})`;

async function library(engine: string, assets: number, bars: { list: number; bucket: number; search: number }) {
  process.env.CALOTYPE_TEST_ENGINE = engine;
  const { server, fill, person } = await seeded(engine, assets);
  const name = `${engine === "sqlite" ? "SQLite" : "PostgreSQL"}, ${assets.toLocaleString("en")} assets`;
  const shown = "visibility=timeline&withStacked=true&withPartners=true";
  say(`${name}: filling`, `${fill.toFixed(0)} s`, assets === 1e6 ? "≤ 120 s" : "");
  const list = await asked(person, `/timeline/buckets?${shown}`);
  say(`${name}: list of months`, ms(list), `≤ ${bars.list} ms`);
  const largest = JSON.parse(list.text).toSorted((a: any, b: any) => b.count - a.count)[0];
  say(`${name}: largest month (${largest.count})`, ms(await asked(person, `/timeline/bucket?${shown}&timeBucket=${largest.timeBucket}`)), `≤ ${bars.bucket} ms`);
  say(`${name}: search by make, 250 results`, ms(await asked(person, "/search/metadata", { make: "Make3", size: 250 })), `≤ ${bars.search} ms`);
  await server.close();
}

// ---- one small library: memory, start, requests --------------------------------------------------------------------------------

async function small() {
  process.env.CALOTYPE_TEST_ENGINE = "sqlite";
  const { server, person } = await seeded("small", 10_000);
  await pause(3000);
  say("idle memory of all processes (PSS), 10,000 assets", mib(memory(server)), "≤ 50 MB");
  const starts: number[] = [];
  for (let i = 0; i < (quick ? 3 : 9); i++) {
    await server.stop();
    starts.push(await seconds(() => server.start()));
  }
  say("start to first answered ping, existing data", `${Math.round(median(starts) * 1000)} ms`, "≤ 300 ms");

  const id = JSON.parse((await asked(person, "/search/metadata", { size: 1 })).text).assets.items[0].id;
  const path = `/assets/${id}/thumbnail`;
  const etag = (await fetch(person.api + path, { headers: { cookie: cookie(person) } })).headers.get("etag")!;
  const time = quick ? 3 : 8;
  const cost = async (what: string, ask: () => Promise<number>, bar: string) => {
    const before = cpu(server);
    const rate = await ask();
    say(what, `${Math.round(rate).toLocaleString("en")} /s, ${(((cpu(server) - before) / (rate * time)) * 1e6).toFixed(0)} µs CPU each`, bar);
  };
  const wrk = async (question: string) => {
    const { stdout } = await run("wrk", ["-t2", "-c8", `-d${time}s`, "-H", `Cookie: ${cookie(person)}`, person.api + question]);
    if (/Non-2xx/.test(stdout)) throw new Error(`${question}: ${stdout}`);
    return Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)![1]);
  };
  await cost("ping, 8 connections", () => wrk("/server/ping"), "");
  await cost("thumbnails of 15 KB by session cookie, 8 connections", () => wrk(path), "≥ 15,000 /s");
  const question = `GET /api${path} HTTP/1.1\r\nHost: bench\r\nCookie: ${cookie(person)}\r\nIf-None-Match: ${etag}\r\n\r\n`;
  await cost("304 answers to thumbnails, 8 connections", async () => Number((await run(join(tools, "ask"), [String(server.port), "8", String(time), question])).stdout), "≥ 30,000 /s");
  say("memory of all processes afterwards", mib(memory(server)));
  await sockets(server, person, quick ? 1000 : 10_000);
  await server.close();
}

/** Clients that only hold a WebSocket open. */
async function sockets(server: Server, person: Person, count: number) {
  const pings = async () => (await asked(person, "/server/ping")).median;
  const before = { memory: memory(server), ping: await pings() };
  const held: Socket[] = [];
  await inParallel(50, Array.from({ length: count }), async () => {
    const socket = connect(server.port, "127.0.0.1");
    held.push(socket);
    await new Promise<void>((done, failed) => {
      socket.once("error", failed);
      socket.once("data", (text) => (text.includes("101 ") ? done() : failed(new Error(String(text)))));
      socket.write(
        `GET /api/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nCookie: ${cookie(person)}\r\n\r\n`,
      );
    });
    socket.resume();
  });
  await pause(1000);
  say(`${count.toLocaleString("en")} idle WebSocket clients`, `${mib(memory(server) - before.memory)} more`, `≤ ${count / 100} MB more`);
  say("ping beside them", `${(await pings()).toFixed(2)} ms, without: ${before.ping.toFixed(2)} ms`, "unchanged");
  for (const socket of held) socket.destroy();
}

// ---- uploads -------------------------------------------------------------------------------------------------------------------

const connections = new Agent({ keepAlive: true });

async function uploads() {
  process.env.CALOTYPE_TEST_ENGINE = "sqlite";
  const server = await new Server("bench-uploads").start();
  const admin = await server.admin();
  const plain = jpeg({ width: 4000, height: 3000, taken: "2024:01:01 12:00:00" });
  // A real camera's photo has some megabytes; what follows the end of a JPEG is read, hashed and kept, but not decoded.
  const photos = Array.from({ length: quick ? 24 : 100 }, () => Buffer.concat([plain, randomBytes(3 << 20)]));
  const total = photos.reduce((sum, { length }) => sum + length, 0);
  await server.pause(QueueName.MetadataExtraction);
  let next = 0;
  const copy = await seconds(() =>
    inParallel(1, photos, async (photo) => {
      const fd = openSync(join(work, `${next++}`), "w");
      createHash("sha1").update(photo).digest();
      writeSync(fd, photo);
      fsyncSync(fd);
      closeSync(fd);
    }),
  );
  const received = await peak(server, () => inParallel(4, photos, (photo) => send(admin, "photo.jpg", photo.length, (to) => to.write(photo))));
  say(
    `upload of ${photos.length} photos of 12 MP over 4 connections`,
    `${(total / received.took / 1e6).toFixed(0)} MB/s, ${Math.round((copy / received.took) * 100)} % of the copy`,
    `≥ 50 % of copying with SHA-1 and fsync: ${(total / copy / 1e6).toFixed(0)} MB/s`,
  );

  const processed = await peak(server, async () => {
    await server.resume(QueueName.MetadataExtraction);
    await server.idle();
  });
  writeFileSync(join(work, "photo.jpg"), photos[0]);
  const bare = await seconds(() =>
    inParallel(cores, photos.map((_, i) => i), async (i) => {
      await run("vipsthumbnail", [join(work, "photo.jpg"), "-s", "x1440", "-o", `${i}.jpg[Q=80]`], { cwd: work });
      await run("vipsthumbnail", [join(work, `${i}.jpg`), "-s", "x250", "-o", `${i}.webp[Q=80]`], { cwd: work });
    }),
  );
  const rate = (took: number) => `${Math.round((photos.length / took) * 60)} /min`;
  say("until every queue is empty", `${rate(processed.took)}, ${Math.round((bare / processed.took) * 100)} % of libvips`, `≥ 75 % of bare libvips: ${rate(bare)}`);
  say("peak memory of all processes meanwhile", mib(Math.max(received.most, processed.most)), "≤ 500 MB");
  await large(server, admin, quick ? 1 : 20);
  await server.close();
}

/** Uploads a file whose content `write` gives, with no more work than that: the client shares the machine with the server. */
function send(person: Person, filename: string, size: number, write: (to: ClientRequest) => unknown) {
  const field = (name: string, value: string) => `--bench\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const head = Buffer.from(
    field("fileCreatedAt", "2024-01-01T00:00:00.000Z") + field("fileModifiedAt", "2024-01-01T00:00:00.000Z") +
      `--bench\r\nContent-Disposition: form-data; name="assetData"; filename="${filename}"\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--bench--\r\n`);
  return new Promise<void>((done, failed) => {
    const ask = request(`${person.api}/assets`, {
      method: "POST",
      agent: connections,
      headers: { cookie: cookie(person), "content-type": "multipart/form-data; boundary=bench", "content-length": head.length + size + tail.length },
    }, (answer) => {
      answer.resume();
      answer.once("end", () => (answer.statusCode === 201 ? done() : failed(new Error(`the upload of ${filename}: ${answer.statusCode}`))));
    });
    ask.once("error", failed);
    void (async () => {
      ask.write(head);
      await write(ask);
      ask.end(tail);
    })();
  });
}

/** One large file; what is in it does not matter, so it is the same megabyte over and over. */
async function large(server: Server, person: Person, gigabytes: number) {
  const before = memory(server, "calotype api");
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, memory(server, "calotype api"))), 100);
  const part = randomBytes(1 << 20);
  const took = await seconds(() =>
    send(person, "long.mp4", gigabytes * 1024 * part.length, async (to) => {
      for (let i = 0; i < gigabytes * 1024; i++) if (!to.write(part)) await new Promise((drained) => to.once("drain", drained));
    }),
  );
  clearInterval(watch);
  say(`upload of one file of ${gigabytes} GB: memory of the api process`, `${mib(most - before)} more, ${Math.round((gigabytes * 1074) / took)} MB/s`, "≤ 8 MB more");
}

// ---- the queue -----------------------------------------------------------------------------------------------------------------

async function jobs(engine: string) {
  process.env.CALOTYPE_TEST_ENGINE = engine;
  const count = quick ? 5000 : 50_000;
  const { server, person } = await seeded(`jobs-${engine}`, 1, count);
  let left = count;
  const waiting = async () => {
    const queues = Object.values(await person.getQueuesLegacy());
    return queues.reduce((sum, { jobCounts }) => sum + jobCounts.active + jobCounts.waiting, 0);
  };
  const first = await waiting();
  const spent = cpu(server);
  const took = await seconds(async () => {
    while ((left = await waiting()) > 0) await pause(200); // counting a long queue is work itself
  });
  say(
    `jobs of empty work, ${engine === "sqlite" ? "SQLite" : "PostgreSQL"}, ${cores} workers`,
    `${Math.round((first - left) / took).toLocaleString("en")} /s, ${(((cpu(server) - spent) / (first - left)) * 1e6).toFixed(0)} µs CPU each`,
    "≥ 5,000 /s",
  );
  await server.close();
}

// ---- all of it -----------------------------------------------------------------------------------------------------------------

/** A PostgreSQL for the time of the run, with the memory that its manual recommends, unless the environment names one. */
function postgres(): (() => void) | undefined {
  if (process.env.CALOTYPE_TEST_POSTGRES_URL) return () => {};
  try {
    const script = join(root, "tools/postgres");
    process.env.CALOTYPE_TEST_POSTGRES_URL = execFileSync(script, ["start", work, "shared_buffers=1GB", "max_wal_size=4GB"], { encoding: "utf8" }).trim();
    return () => execFileSync(script, ["stop", work]);
  } catch {
    console.error("No PostgreSQL: its figures are left out.");
  }
}

console.log(`${cores} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)} at the start${quick ? ", quick" : ""}\n`);
console.log("| what | figure | bar |\n|---|---|---|");
const parts = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const wanted = (part: string) => !parts.length || parts.includes(part);
const stop = quick ? undefined : postgres();
try {
  if (wanted("small")) await small();
  if (wanted("uploads")) await uploads();
  if (wanted("web")) await web();
  for (const engine of stop ? ["sqlite", "postgres"] : ["sqlite"]) {
    if (wanted("jobs")) await jobs(engine);
    if (!wanted("library")) continue;
    await library(engine, 100_000, { list: 10, bucket: 3, search: 4 });
    if (!quick) await library(engine, 1_000_000, { list: 20, bucket: 12, search: 8 });
  }
} finally {
  stop?.();
  if (existsSync(work)) rmSync(work, { recursive: true });
}
