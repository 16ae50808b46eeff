// A real server for tests: the built program on a free port, with a data directory and a database of its own.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QueueCommand, QueueName, signUpAdmin } from "@immich/sdk";
import { root, program } from "./paths.ts";
import { personAt, type Person } from "./person.ts";
import { until } from "./until.ts";

export interface ServerOptions {
  /** Added to the server's environment. */
  env?: Record<string, string>;
  /** Further arguments of `calotype serve`. */
  args?: string[];
}

const PASSWORD = "correct horse battery staple";

export class Server {
  readonly data = mkdtempSync(join(tmpdir(), "calotype-data-"));
  readonly database = databaseFor();
  port = 0;
  log = "";
  private process?: ChildProcess;
  private administrator?: Person;
  private name: string;
  private options: ServerOptions;

  constructor(name: string, options: ServerOptions = {}) {
    this.name = name;
    this.options = options;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get api() {
    return `${this.url}/api`;
  }

  get pid() {
    return this.process?.pid;
  }

  /** Starts, or starts again on the same data and port; returns when requests are answered. */
  async start(): Promise<this> {
    this.port ||= await freePort();
    const child = spawn(program, ["serve", "--data", this.data, "--port", String(this.port), ...(this.options.args ?? [])], {
      env: { ...cleanEnvironment(), CALOTYPE_WEB: process.env.CALOTYPE_WEB ?? join(root, "build/web"), ...this.database.env, ...this.options.env },
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, so that the whole tree can be killed.
      detached: true,
    });
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream!.setEncoding("utf8").on("data", (text: string) => {
        this.log += text;
        void keepLog(this.name, text);
      });
    }
    let gone: string | undefined;
    child.on("error", (error) => (gone = error.message));
    child.on("exit", (code, signal) => (gone = `exit code ${code}, signal ${signal}`));
    try {
      await until(`the server on port ${this.port}`, async () => {
        if (gone) return "gone";
        const answer = await fetch(`${this.api}/server/ping`);
        return answer.ok;
      });
    } catch (error) {
      await this.kill();
      throw new Error(`${(error as Error).message}\n${this.log}`);
    }
    if (gone) throw new Error(`The server did not start (${gone}):\n${this.log}`);
    return this;
  }

  /** Ends the server as an administrator would, and returns its exit code; null if it had to be killed. */
  async stop(): Promise<number | null> {
    const child = this.process;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
      child.kill("SIGTERM");
      const late = setTimeout(() => void this.kill(), 20_000);
      await ended;
      clearTimeout(late);
    }
    await this.kill();
    this.process = undefined;
    return child.exitCode;
  }

  /** kill -9 for the whole tree, as a power cut would; returns when nothing of it is left. */
  async kill() {
    if (!this.process?.pid) return;
    try {
      process.kill(-this.process.pid, "SIGKILL");
    } catch {
      // Nothing of the group was left.
    }
    await until("the killed processes to be gone", () => !this.parts().length);
  }

  /** kill -9 for the process with this role ("api", "worker-1"), whose id the process list tells. */
  killPart(role: string) {
    const pid = this.parts().find((part) => part.command.includes(role))?.pid;
    if (!pid) throw new Error(`No process looks like "${role}": ${JSON.stringify(this.parts())}`);
    process.kill(pid, "SIGKILL");
    return pid;
  }

  /** The processes of this server's group, the supervisor included. */
  parts(): { pid: number; command: string }[] {
    return execFileSync("ps", ["-e", "-o", "pid=,pgid=,stat=,args="], { encoding: "utf8" })
      .split("\n")
      // Without those that are dead and only wait to be noticed.
      .map((line) => line.trim().match(/^(\d+)\s+(\d+)\s+[^Z\s]\S*\s+(.*)$/))
      .filter((match) => match && Number(match[2]) === this.process?.pid)
      .map((match) => ({ pid: Number(match![1]), command: match![3] }));
  }

  /** Removes everything. Throws when the sanitisers found something in the meantime. */
  async close() {
    await this.stop();
    this.database.drop();
    rmSync(this.data, { recursive: true, force: true, maxRetries: 5 });
    const finding = this.log.match(/.*(ERROR: \w+Sanitizer|runtime error:)[\s\S]{0,4000}/);
    if (finding) throw new Error(`The sanitisers report:\n${finding[0]}`);
  }

  /** A client without credentials. */
  nobody(): Person {
    return personAt(this.api, {});
  }

  /** The administrator, signed up at the first call. */
  async admin(): Promise<Person> {
    if (!this.administrator) {
      const email = "admin@calotype.test";
      await signUpAdmin({ signUpDto: { email, name: "Ada Admin", password: PASSWORD } }, { baseUrl: this.api });
      this.administrator = await this.login(email);
    }
    return this.administrator;
  }

  /** A fresh user, logged in. */
  async user(facts: { name?: string; email?: string; quotaSizeInBytes?: number; storageLabel?: string } = {}): Promise<Person> {
    const admin = await this.admin();
    const email = facts.email ?? `user-${randomUUID().slice(0, 8)}@calotype.test`;
    await admin.createUserAdmin({ userAdminCreateDto: { name: "Uma User", ...facts, email, password: PASSWORD, shouldChangePassword: false } });
    return this.login(email);
  }

  async login(email: string, password = PASSWORD): Promise<Person> {
    const session = await this.nobody().login({ loginCredentialDto: { email, password } });
    return personAt(this.api, { ...session, id: session.userId, email, password });
  }

  /** Returns when no queue has anything left to do. */
  async idle() {
    const admin = await this.admin();
    let quiet = 0;
    await until("all queues to be empty", async () => {
      const queues = Object.values(await admin.getQueuesLegacy());
      const busy = queues.some(({ jobCounts }) => jobCounts.active + jobCounts.waiting + jobCounts.delayed > 0);
      // A job's follow-up is added before the job is counted as finished; asking twice covers the moment between two queues.
      quiet = busy ? 0 : quiet + 1;
      return quiet === 2;
    });
  }

  async pause(...names: QueueName[]) {
    const admin = await this.admin();
    for (const name of names) await admin.runQueueCommandLegacy({ name, queueCommandDto: { command: QueueCommand.Pause, force: false } });
  }

  async resume(...names: QueueName[]) {
    const admin = await this.admin();
    for (const name of names) await admin.runQueueCommandLegacy({ name, queueCommandDto: { command: QueueCommand.Resume, force: false } });
  }

  /** A file of the data directory. */
  read(path: string) {
    return readFileSync(join(this.data, path));
  }
}

/** Runs the program once and returns what it says: calotype("admin", "routes"). */
export const calotype = (...args: string[]) => execFileSync(program, args, { encoding: "utf8", env: cleanEnvironment() });

/** What the outer shell says about databases and so on is not for the server under test. */
function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(IMMICH|DB|REDIS|CALOTYPE|MACHINE_LEARNING|TLS|S3|NODE|VITEST)_?/.test(name));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    TZ: "UTC",
    // One report ends the process, and the next line of the log says why. Libraries keep small things until the end: no leaks are looked for.
    ASAN_OPTIONS: "detect_leaks=0:abort_on_error=0",
    UBSAN_OPTIONS: "print_stacktrace=1:halt_on_error=1",
  };
}

interface Database {
  env: Record<string, string>;
  drop(): void;
}

function databaseFor(): Database {
  if (process.env.CALOTYPE_TEST_ENGINE !== "postgres") return { env: {}, drop: () => {} };
  const url = process.env.CALOTYPE_TEST_POSTGRES_URL;
  if (!url) throw new Error("CALOTYPE_TEST_POSTGRES_URL is not set; tools/postgres start says what it should be");
  const name = `calotype_test_${randomUUID().replaceAll("-", "")}`;
  // Not `new URL`: the server may be a folder, as in postgresql://postgres@/postgres?host=/tmp/pg.
  const own = url.replace(/^(postgres(?:ql)?:\/\/[^/]*)\/[^?]*/, `$1/${name}`);
  const psql = (sql: string) => execFileSync("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", sql], { stdio: ["ignore", "ignore", "inherit"] });
  psql(`create database ${name}`);
  return { env: { DB_URL: own }, drop: () => psql(`drop database if exists ${name} with (force)`) };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address() as { port: number };
  await new Promise((done) => probe.close(done));
  return port;
}

async function keepLog(name: string, text: string) {
  const folder = join(root, "build/test-logs");
  await mkdir(folder, { recursive: true });
  await appendFile(join(folder, `${name}.log`), text);
}
