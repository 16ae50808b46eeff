// The test of this project: `server` is one running server per file (its users are fresh per test), `fresh` starts one of its own.
import { test as base } from "vitest";
import { Server, type ServerOptions } from "./server.ts";

interface Fixtures {
  server: Server;
  fresh: (options?: ServerOptions) => Promise<Server>;
  logOnFailure: void;
}

let running: Server[] = [];

export const test = base.extend<Fixtures>({
  server: [
    async ({}, use) => {
      const server = await new Server(nameOf(process.env.CALOTYPE_TEST_ENGINE)).start();
      running.push(server);
      await use(server);
      running = running.filter((one) => one !== server);
      await server.close();
    },
    { scope: "file" },
  ],

  fresh: async ({}, use) => {
    const made: Server[] = [];
    await use(async (options) => {
      const server = new Server(nameOf("own"), options);
      made.push(server);
      running.push(server);
      return server.start();
    });
    running = running.filter((one) => !made.includes(one));
    for (const server of made) await server.close();
  },

  logOnFailure: [
    async ({ onTestFailed }, use) => {
      const before = new Map(running.map((server) => [server, server.log.length]));
      onTestFailed(() => {
        for (const server of running) {
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
