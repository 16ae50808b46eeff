// What the configuration is checked for, and what it does to the server.                                            spec 05, section 2
import { createServer, type AddressInfo, type Server as NetServer } from "node:net";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, type Person } from "../support/test.ts";

const change = async (admin: Person, edit: (config: any) => void) => {
  const config: any = structuredClone(await admin.getConfig());
  edit(config);
  return admin.updateConfig({ adminConfigDto: config });
};

/** A mail server that knows one password. */
async function mailServer(password: string): Promise<number> {
  const expected = Buffer.from(`\0ada\0${password}`).toString("base64");
  const server: NetServer = createServer((socket) => {
    socket.setEncoding("utf8").on("error", () => {});
    socket.write("220 test ESMTP\r\n");
    socket.on("data", (text: string) => {
      for (const line of text.split("\r\n").filter(Boolean)) {
        if (line.startsWith("EHLO")) socket.write("250-test\r\n250 AUTH PLAIN\r\n");
        else if (line === "AUTH PLAIN") socket.write("334 \r\n");
        else if (line === expected) socket.write("235 welcome\r\n");
        else if (line.startsWith("QUIT")) socket.end("221 bye\r\n");
        else socket.write("535 no\r\n");
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe("the mail server", () => {
  const smtp = (port: number, password: string) => (config: any) => {
    config.notifications.smtp.enabled = true;
    config.notifications.smtp.transport = { host: "127.0.0.1", port, username: "ada", password, ignoreCert: false, secure: false };
  };

  test("is asked whether it lets us in", async ({ server }) => {
    const admin = await server.admin();
    const port = await mailServer("right");
    await expect(change(admin, smtp(port, "wrong"))).toFailWith(400, "Invalid SMTP configuration");
    expect(await server.nobody().getServerFeatures()).toMatchObject({ email: false });
    await change(admin, smtp(port, "right"));
    expect(await server.nobody().getServerFeatures()).toMatchObject({ email: true });
  });

  test("is not asked again while its settings stay", async ({ server }) => {
    const admin = await server.admin();
    await change(admin, (config) => (config.trash.days = 31));
    await change(admin, (config) => (config.notifications.smtp.enabled = false));
  });
});

test("an unknown CLIP model is refused", async ({ server }) => {
  const admin = await server.admin();
  await expect(change(admin, (config) => (config.machineLearning.clip.modelName = "ViT-B-32"))).toFailWith(
    400,
    "Unknown CLIP model: ViT-B-32. Please check the model name for typos and confirm this is a supported model.",
  );
});

test("a way back into the app must be an address, if it is used", async ({ server }) => {
  const admin = await server.admin();
  const set = (mobileOverrideEnabled: boolean) => (config: any) => Object.assign(config.oauth, { mobileOverrideEnabled, mobileRedirectUri: "nowhere" });
  await expect(change(admin, set(true))).toFailWith(400, {
    errors: [expect.objectContaining({ path: ["oauth"], message: "Mobile redirect URI must be an empty string or a valid URL" })],
  });
  await change(admin, set(false));
});

test("the external domain is kept as an origin, and clearing a text restores its default", async ({ server }) => {
  const admin = await server.admin();
  const edited = await change(admin, (config) => {
    config.server.externalDomain = "https://photos.example.com/a/b?c";
    config.oauth.buttonText = "Sesame";
  });
  expect(edited.server.externalDomain).toBe("https://photos.example.com");
  expect((await change(admin, (config) => (config.oauth.buttonText = ""))).oauth.buttonText).toBe("Login with OAuth");
});

test("what a storage template may say is told", async ({ server }) => {
  const options = await (await server.admin()).getStorageTemplateOptions();
  expect(options).toMatchObject({ yearOptions: ["y", "yy"], secondOptions: ["s", "ss", "SSS"] });
  expect(options.presetOptions).toHaveLength(21);
});

test("the log follows the configuration, and the environment has the last word", async ({ fresh }) => {
  const [free, bound] = [await fresh(), await fresh({ env: { IMMICH_LOG_LEVEL: "warn" } })];
  const admin = await free.admin();
  await change(admin, (config) => (config.logging.level = "debug"));
  await admin.ask("GET", "/server/about?debug-me");
  await expect.poll(() => free.log).toContain("/server/about?debug-me");
  await expect(change(await bound.admin(), (config) => (config.logging.enabled = false))).toFailWith(
    400,
    "Logging cannot be changed while the environment variable IMMICH_LOG_LEVEL is set.",
  );
});

describe("a configuration file", () => {
  const file = (text: string) => {
    const path = join(mkdtempSync(join(tmpdir(), "calotype-config-")), "config.yml");
    writeFileSync(path, text);
    return { IMMICH_CONFIG_FILE: path };
  };

  test("stands for the first steps of the administrator", async ({ fresh }) => {
    const server = await fresh({ env: file("trash:\n  days: 3\n  dais: 4\n") });
    expect(await server.nobody().getServerConfig()).toMatchObject({ trashDays: 3, isOnboarded: true });
    expect(server.log).toContain('Unknown keys found: {"trash":{"dais":4}}');
  });

  test.for<[string, string, string]>([
    ["cannot be read", "trash:\n  days: [3\n", "did not find expected ',' or ']' at line 3"],
    ["is no object", "- trash\n", "no object"],
    ["has a wrong value", '{ "trash": { "days": "many" } }', "[trash.days] Invalid input"],
  ])("that %s stops the start and says why", async ([, text, words], { fresh }) => {
    await expect(fresh({ env: file(text) })).rejects.toThrow(words);
  });

  test("that is a folder stops the start too", async ({ fresh }) => {
    await expect(fresh({ env: { IMMICH_CONFIG_FILE: tmpdir() } })).rejects.toThrow("Is a directory");
  });
});
