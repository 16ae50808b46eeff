// Administration: people, jobs, settings, figures.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, jpeg, screenshot, test, until } from "../support/browser.ts";
import { enter, expectGoodForAll, sizes } from "../support/look.ts";
import { filesBelow, root } from "../support/paths.ts";

describe("users", () => {
  test("are created, edited, given another password, deleted and brought back", async ({ server, page }) => {
    const admin = await server.admin();
    await enter(page, server, admin, "/admin/users");
    await page.getByRole("button", { name: "New user" }).click();
    const form = page.getByRole("dialog", { name: "New user" });
    await form.getByLabel("Name").fill("Grace Hopper");
    await form.getByLabel("E-mail").fill(admin.email);
    await form.getByLabel("Password", { exact: true }).fill("a long secret");
    await form.getByLabel("Storage quota").fill("5");
    await form.getByRole("button", { name: "Create" }).click();
    await page.getByText("Email is not available").waitFor();
    await form.getByLabel("E-mail").fill("hopper@calotype.test");
    await expectGoodForAll(page);
    await form.getByRole("button", { name: "Create" }).click();
    await form.waitFor({ state: "detached" });

    await page.getByRole("link", { name: /Grace Hopper/ }).click();
    await page.getByRole("heading", { name: "Grace Hopper" }).waitFor();
    await until("the title", async () => (await page.title()) === "Grace Hopper - Calotype");
    const id = page.url().slice(page.url().lastIndexOf("/") + 1);
    expect(await admin.getUserAdmin({ id })).toMatchObject({ quotaSizeInBytes: 5 * 1024 ** 3, shouldChangePassword: true, isAdmin: false });

    await page.getByRole("button", { name: "Edit" }).click();
    const edit = page.getByRole("dialog", { name: "Edit Grace Hopper" });
    await edit.getByLabel("Name").fill("Rear Admiral Hopper");
    await edit.getByLabel("Storage quota").fill("");
    await edit.getByLabel("Storage label").fill("hopper");
    await edit.getByRole("switch", { name: /Administrator/ }).click();
    await edit.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Rear Admiral Hopper" }).waitFor();
    expect(await admin.getUserAdmin({ id })).toMatchObject({ quotaSizeInBytes: null, storageLabel: "hopper", isAdmin: true });

    await page.getByRole("button", { name: "Reset password" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Reset password" }).click();
    const shown = page.getByRole("dialog", { name: "New password" });
    const password = await shown.getByLabel("Password").inputValue();
    expect((await server.login("hopper@calotype.test", password)).id).toBe(id);
    await shown.getByRole("button", { name: "Done" }).click();

    await page.getByRole("button", { name: "Delete account" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.waitForURL(`${server.url}/admin/users`);
    await page.getByRole("button", { name: "Undo" }).click();
    await until("the account", async () => (await admin.getUserAdmin({ id })).deletedAt === null);

    // At once and for good only with the e-mail typed.
    await page.goto(`${server.url}/admin/users/${id}`);
    await page.getByRole("button", { name: "Remove at once" }).click();
    const question = page.getByRole("dialog");
    expect(await question.getByRole("button", { name: "Remove at once" }).isDisabled()).toBe(true);
    await question.getByRole("textbox").fill("hopper@calotype.test");
    await expectGoodForAll(page);
    await screenshot(page, "remove-user");
    await question.getByRole("button", { name: "Remove at once" }).click();
    await until("nobody of this name", async () => (await admin.searchUsersAdmin({ withDeleted: true })).every((user) => user.id !== id));
  });
});

describe("jobs", () => {
  test("are counted live, paused, cleared and started", async ({ server, page }) => {
    const admin = await server.admin();
    await server.idle();
    await enter(page, server, admin, "/admin/queues");
    const card = page.getByRole("region", { name: "Thumbnails" });
    await card.getByRole("button", { name: "Pause" }).click();
    await card.getByText("Paused").waitFor();
    await admin.upload(jpeg());
    await card.getByText("Waiting 1").waitFor();
    await page.getByText(/0 running, 1 waiting|1 running, \d waiting/).waitFor();
    await screenshot(page, "jobs-paused");

    await card.getByRole("link", { name: "Thumbnails" }).click();
    await page.getByRole("tab", { name: /Waiting 1/ }).click();
    await page.getByText("AssetGenerateThumbnails", { exact: true }).waitFor();
    await expectGoodForAll(page);
    await screenshot(page, "job-list");
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Clear" }).click();
    await page.getByRole("tab", { name: /Waiting 0/ }).waitFor();

    await page.getByRole("link", { name: "Back" }).click();
    await page.getByRole("button", { name: "Resume all" }).click();
    await card.getByText("Paused").waitFor({ state: "detached" });
    await card.getByRole("button", { name: "Missing" }).click();
    await server.idle();
    await until("the thumbnail", async () => (await admin.getServerStatistics()).photos > 0);
  });

  test("are of those queues only that this version has jobs for", async ({ server, page }) => {
    const all = readFileSync(join(root, "src/queue/jobs.def"), "utf8");
    const code = filesBelow(join(root, "src/features")).map((path) => readFileSync(path, "utf8")).join("");
    const done = new Set([...code.matchAll(/^JOB\((\w+)\)/gm)].map(([, job]) => job));
    const alive = new Set([...all.matchAll(/^JOB\((\w+), (\w+)/gm)].filter(([, job]) => done.has(job)).map(([, , queue]) => queue));
    const title: Record<string, string> = JSON.parse(readFileSync(join(root, "web/src/messages/en.json"), "utf8"));
    const titles = (wanted: boolean) => [...all.matchAll(/^QUEUE\((\w+)/gm)].filter(([, queue]) => alive.has(queue) === wanted).map(([, queue]) => title[`queue.${queue}`]).sort();

    await server.idle();
    await enter(page, server, await server.admin(), "/admin/queues");
    const absent = page.getByRole("region", { name: "Not in this version yet" });
    await absent.waitFor();
    expect((await page.getByRole("main").getByRole("heading", { level: 2 }).allTextContents()).map((text) => text.trim()).sort()).toEqual([...titles(true), "Not in this version yet"].sort());
    expect((await absent.getByRole("listitem").allTextContents()).sort()).toEqual(titles(false));
    expect(await absent.getByRole("button").count()).toBe(0);
    await expectGoodForAll(page);
    await page.screenshot({ path: join(root, "build/screenshots/jobs-desktop.png"), fullPage: true });
    await page.setViewportSize(sizes.phone);
    await expectGoodForAll(page);
    await page.screenshot({ path: join(root, "build/screenshots/jobs-phone.png"), fullPage: true });

    await page.goto(`${server.url}/admin/queues/face-detection`);
    await page.getByText("Not in this version yet").waitFor();
    await page.getByRole("tab").first().waitFor();
    expect(await page.getByRole("main").getByRole("button").allTextContents()).toEqual([]);
  });

  test("tell why one failed, until that is forgotten", async ({ server, page, skip }) => {
    skip(process.env.CALOTYPE_TEST_ENGINE === "postgres", "the job is put into SQLite's file");
    const admin = await server.admin();
    // What a job leaves behind that brought down its worker twice.
    const { DatabaseSync } = await import("node:sqlite");
    const db = new DatabaseSync(`${server.data}/calotype.db`);
    db.exec(`insert into calotype_job (queue, name, data, state, reason, attempt, run_at, created_at)
             values ('videoConversion', 'AssetEncodeVideo', '{"id":"7"}', 'failed', 'The worker ended twice, here: "film.mov"', 2, 0, 0)`);
    db.close();
    await enter(page, server, admin, "/admin/queues");
    await page.getByRole("region", { name: "Video" }).getByRole("link", { name: "Failed" }).click();
    await page.getByText('The worker ended twice, here: "film.mov"').waitFor();
    await page.getByText("id: 7").waitFor();
    await expectGoodForAll(page);
    await screenshot(page, "job-failed");
    await page.getByRole("button", { name: "Clear failed" }).click();
    await page.getByRole("tab", { name: /Failed 0/ }).waitFor();
  });

  test("lead from a wrong address to an error page", async ({ server, page }) => {
    await enter(page, server, await server.admin(), "/admin/queues/no-such-queue");
    await page.getByRole("heading", { name: "Nothing here" }).waitFor();
  });
});

describe("settings", () => {
  test("have a field for everything in the configuration", async ({ server, page }) => {
    const admin = await server.admin();
    await enter(page, server, admin, "/admin/system-settings");
    await page.getByRole("button", { name: /^Images/ }).waitFor();
    const folded = page.getByRole("main").getByRole("heading", { level: 2 }).getByRole("button", { expanded: false });
    while (await folded.count()) await folded.first().click();
    const leaves = (value: unknown): number =>
      value !== null && typeof value === "object" && !Array.isArray(value) ? Object.values(value).reduce<number>((n, one) => n + leaves(one), 0) : 1;
    const fields = await page
      .getByRole("main")
      .locator(
        'form input:not([type="checkbox"]), form select, form textarea, form [role="switch"], form fieldset:has(> div > label > input[type="checkbox"])',
      )
      .count();
    expect(fields).toBe(leaves(await admin.getConfigDefaults()));
    await expectGoodForAll(page);
  });

  test("are saved by section, take effect, and go back to their default", async ({ server, page }) => {
    const admin = await server.admin();
    await enter(page, server, admin, "/admin/system-settings?isOpen=trash+server");
    await page.getByLabel("Keep for").fill("12");
    await page.getByLabel("Greeting on the sign-in page").fill("Hello there");
    await page.getByText("Default: 30.").waitFor();
    const trash = page.locator("form").filter({ has: page.getByLabel("Keep for") });
    await trash.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    expect(await admin.getConfig()).toMatchObject({ trash: { days: 12 }, server: { loginPageMessage: "" } });

    // The trash is off: nothing about it in the menu of the photos.
    await trash.getByRole("switch", { name: /Use the trash/ }).click();
    expect(await page.getByLabel("Keep for").isDisabled()).toBe(true);
    await trash.getByRole("button", { name: "Save" }).click();
    await until("the setting", async () => (await admin.getConfig()).trash.enabled === false);
    await trash.getByRole("button", { name: "Reset to default" }).click();
    expect(await page.getByLabel("Keep for").inputValue()).toBe("30");
    await trash.getByRole("button", { name: "Save" }).click();
    await until("the default", async () => (await admin.getConfig()).trash.days === 30);

    // What is not saved is not lost by accident.
    await page.getByRole("link", { name: "Users" }).click();
    const question = page.getByRole("dialog", { name: "Leave without saving?" });
    await screenshot(page, "leave-settings");
    await question.getByRole("button", { name: "Cancel" }).click();
    expect(await page.getByLabel("Greeting on the sign-in page").inputValue()).toBe("Hello there");
    await page.getByRole("link", { name: "Users" }).click();
    await question.getByRole("button", { name: "Leave" }).click();
    await page.waitForURL(`${server.url}/admin/users`);
  });

  test("say at the field what the server refuses", async ({ server, page }) => {
    await enter(page, server, await server.admin(), "/admin/system-settings?isOpen=video-transcoding+backup");
    await page.getByLabel("Quality (CRF)").fill("99");
    await page
      .locator("form")
      .filter({ has: page.getByLabel("Quality (CRF)") })
      .getByRole("button", { name: "Save" })
      .click();
    await page.getByText("Too big: expected number to be <=51").waitFor();
    expect(await page.getByLabel("Quality (CRF)").getAttribute("aria-invalid")).toBe("true");
    await page.getByLabel("When", { exact: true }).fill("every night");
    await page
      .locator("form")
      .filter({ has: page.getByLabel("When", { exact: true }) })
      .getByRole("button", { name: "Save" })
      .click();
    await page.getByText(/Invalid cron expression/).waitFor();
    await expectGoodForAll(page);
    await screenshot(page, "settings-refused");
  });

  test("are found by a word", async ({ server, page }) => {
    await enter(page, server, await server.admin(), "/admin/system-settings");
    await page.getByLabel("Find a setting").fill("bit rate");
    await page.getByRole("button", { name: /^Video/ }).waitFor();
    expect(await page.getByRole("main").getByRole("heading", { level: 2 }).count()).toBe(1);
    await page.getByLabel("Find a setting").fill("no such thing");
    await page.getByText("No setting about").waitFor();
  });

  test("cannot be changed while they come from a file", async ({ fresh, page }) => {
    const { writeFileSync, mkdtempSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const file = `${mkdtempSync(`${tmpdir()}/calotype-config-`)}/config.json`;
    writeFileSync(file, JSON.stringify({ trash: { days: 5 } }));
    const server = await fresh({ env: { IMMICH_CONFIG_FILE: file } });
    await enter(page, server, await server.admin(), "/admin/system-settings?isOpen=trash");
    await page.getByText("The settings come from a configuration file.", { exact: false }).waitFor();
    expect(await page.getByLabel("Keep for").inputValue()).toBe("5");
    expect(await page.getByLabel("Keep for").isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Save" }).count()).toBe(0);
  });
});

describe("the server page", () => {
  test("counts photos and room, for each person", async ({ fresh, page }) => {
    const server = await fresh();
    const admin = await server.admin();
    await admin.upload(jpeg());
    await server.idle();
    await enter(page, server, admin, "/admin/server-status");
    const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Ada Admin" }) });
    await row.waitFor();
    expect((await row.getByRole("cell").allTextContents()).slice(0, 2)).toEqual(["1", "0"]);
    // And again by itself.
    await admin.upload(jpeg());
    await until("two photos", async () => (await row.getByRole("cell").first().textContent()) === "2");
  });
});
