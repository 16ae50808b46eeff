// The test of this project: `server` is one running server per file (its users are fresh per test), `fresh` starts one of its own.
import { test as base } from "vitest";
import { Server, type ServerOptions } from "./server.ts";

interface Fixtures {
  server: Server;
  fresh: (options?: ServerOptions) => Promise<Server>;
  logOnFailure: void;
}

// All that this file started; what they said is shown when a test fails, even if they are gone by then.
const started: Server[] = [];

export const test = base.extend<Fixtures>({
  server: [
    async ({}, use) => {
      const server = await new Server(nameOf(process.env.CALOTYPE_TEST_ENGINE)).start();
      started.push(server);
      await use(server);
      await server.close();
    },
    { scope: "file" },
  ],

  fresh: async ({}, use) => {
    const made: Server[] = [];
    await use(async (options) => {
      const server = new Server(nameOf("own"), options);
      made.push(server);
      started.push(server);
      return server.start();
    });
    for (const server of made) await server.close();
  },

  logOnFailure: [
    async ({ onTestFailed }, use) => {
      const before = new Map(started.map((server) => [server, server.log.length]));
      onTestFailed(() => {
        for (const server of started) {
          const news = server.log.slice(before.get(server) ?? 0).slice(-6000);
          if (news) console.error(`--- the server on port ${server.port} says:\n${news}---`);
        }
      });
      await use();
    },
    { auto: true },
  ],
});

const nameOf = (kind = "sqlite") => `${kind}-${process.pid}-${Date.now().toString(36)}`;

export { describe, expect, onTestFinished } from "vitest";
export { jpeg, mp4, png, xmp } from "./images.ts";
export { sha1, type Person } from "./person.ts";
export { Server } from "./server.ts";
export { until } from "./until.ts";
