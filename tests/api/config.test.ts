// The system configuration: one document, three views.                               spec 05, section 2; spec 12, section 6
import { expect, test } from "../support/test.ts";

test("begins with the defaults and keeps what differs", async ({ server }) => {
  const admin = await server.admin();
  const defaults = await admin.getConfigDefaults();
  expect(defaults).toMatchObject({ trash: { enabled: true, days: 30 }, image: { thumbnail: { format: "webp", size: 250, quality: 80 } } });
  expect(await admin.getConfig()).toEqual(defaults);

  const { next, socket } = await admin.listen();
  const changed = await admin.updateConfig({ adminConfigDto: { ...defaults, trash: { enabled: true, days: 7 } } });
  expect(changed).toEqual({ ...defaults, trash: { enabled: true, days: 7 } });
  expect(await next("on_config_update")).toEqual([]);
  expect(await admin.getAdminConfig()).toEqual(changed);
  expect(await server.nobody().getServerConfig()).toMatchObject({ trashDays: 7 });
  await admin.updateAdminConfig({ adminConfigDto: defaults });
  expect(await server.nobody().getServerConfig()).toMatchObject({ trashDays: 30 });
  socket.close();
});

test("shows users and strangers only what concerns them", async ({ server }) => {
  const ada = await server.user();
  const open = await server.nobody().getPublicConfig();
  expect(Object.keys(open).sort()).toEqual(["oauth", "passwordLogin", "server", "theme"]);
  expect(open).toMatchObject({ oauth: { enabled: false, autoLaunch: false, buttonText: "Login with OAuth" }, passwordLogin: { enabled: true } });
  const mine = await ada.getUserConfig();
  expect(mine).toMatchObject({ ...open, server: { publicUsers: true, externalDomain: "", loginPageMessage: "" }, trash: { enabled: true, days: 30 } });
  expect(mine).not.toHaveProperty("notifications");
  await expect(ada.getAdminConfig()).toFailWith(403, "Forbidden");
  await expect(ada.getConfig()).toFailWith(403, "Forbidden");
});

test.for<[string, (config: any) => void, (string | number)[], string]>([
  ["a number out of range", (config) => (config.ffmpeg.crf = 52), ["ffmpeg", "crf"], "Too big: expected number to be <=51"],
  ["an unknown choice", (config) => (config.logging.level = "loud"), ["logging", "level"], expect.stringMatching(/^Invalid option: expected one of "verbose"/)],
  ["a bad schedule", (config) => (config.library.scan.cronExpression = "never"), ["library", "scan", "cronExpression"], expect.stringMatching(/^Invalid cron expression\. /)],
  [
    "a bad time of day",
    (config) => (config.nightlyTasks.startTime = "24:00"),
    ["nightlyTasks", "startTime"],
    "Invalid input: expected string in HH:MM format, received string",
  ],
  ["a bad address", (config) => (config.server.externalDomain = "here"), ["server", "externalDomain"], "External domain must be an empty string or a valid URL"],
])("refuses %s", async ([, change, path, message], { server }) => {
  const admin = await server.admin();
  const config = structuredClone(await admin.getConfig());
  change(config);
  await expect(admin.updateConfig({ adminConfigDto: config })).toFailWith(400, { errors: [expect.objectContaining({ path, message })] });
});

test("refuses half a document", async ({ server }) => {
  const admin = await server.admin();
  const answer = await admin.ask("PUT", "/system-config", { body: { trash: { enabled: true, days: 1 } } });
  expect(answer.status).toBe(400);
});

test("gives everybody the style that was set", async ({ server }) => {
  const admin = await server.admin();
  const config = await admin.getConfig();
  await admin.updateConfig({ adminConfigDto: { ...config, theme: { customCss: "body { color: teal }" } } });
  const answer = await fetch(`${server.url}/custom.css`);
  expect([answer.headers.get("content-type"), await answer.text()]).toEqual(["text/css; charset=utf-8", "body { color: teal }"]);
  await admin.updateConfig({ adminConfigDto: config });
});

test("closes the password login when told to", async ({ fresh }) => {
  const server = await fresh();
  const admin = await server.admin();
  await admin.updateConfig({ adminConfigDto: { ...(await admin.getConfig()), passwordLogin: { enabled: false } } });
  await expect(server.login(admin.email)).toFailWith(401, "Password login has been disabled");
});

test("from a file cannot be changed", async ({ fresh }) => {
  const { mkdtempSync, writeFileSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const file = `${mkdtempSync(`${tmpdir()}/calotype-config-`)}/config.yml`;
  writeFileSync(file, JSON.stringify({ trash: { days: 3 } }));
  const server = await fresh({ env: { IMMICH_CONFIG_FILE: file } });
  const admin = await server.admin();
  const config = await admin.getConfig();
  expect(config.trash).toEqual({ enabled: true, days: 3 });
  await expect(admin.updateConfig({ adminConfigDto: config })).toFailWith(400, "Cannot update configuration while IMMICH_CONFIG_FILE is in use");
  expect(await server.nobody().getServerFeatures()).toMatchObject({ configFile: true });
});
