// One's own account: profile, appearance, devices, API keys, password.
import { describe, expect, jpeg, screenshot, test, until } from "../support/browser.ts";
import { enter, expectGoodForAll } from "../support/look.ts";

describe("account settings", () => {
  test("fold out by their address, and the address follows", async ({ server, page }) => {
    await enter(page, server, await server.user(), "/user-settings?isOpen=account+password");
    await page.getByLabel("Present password").waitFor();
    await page.getByRole("button", { name: /^Signed-in devices/ }).click();
    await until("the address", () => new URL(page.url()).searchParams.get("isOpen") === "account password authorized-devices");
    await page.getByRole("button", { name: /^Profile/ }).click();
    await until("the address", () => new URL(page.url()).searchParams.get("isOpen") === "password authorized-devices");
  });

  test("change name, e-mail and colour, and say what is wrong at the field", async ({ server, page }) => {
    const ada = await server.user({ name: "Ada" });
    await enter(page, server, ada, "/user-settings?isOpen=account");
    await page.getByLabel("Name").fill("Ada Lovelace");
    await page.getByLabel("E-mail").fill("ada lovelace@x");
    await page.getByRole("radio", { name: "Blue" }).check({ force: true });
    await page.locator("form", { has: page.getByLabel("E-mail") }).evaluate((form) => form.setAttribute("novalidate", ""));
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").filter({ hasText: "email" }).waitFor();
    const email = `ada-${Date.now()}@calotype.test`;
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").waitFor();
    expect(await ada.getMyUser()).toMatchObject({ name: "Ada Lovelace", email, avatarColor: "blue" });
    await page.getByRole("button", { name: "Account of Ada Lovelace" }).waitFor();
  });

  test("count what one has", async ({ server, page }) => {
    const ada = await server.user();
    await ada.upload(jpeg());
    const favourite = await ada.upload(jpeg());
    await ada.updateAsset({ id: favourite.id, updateAssetDto: { isFavorite: true } });
    await enter(page, server, ada, "/user-settings?isOpen=user-usage-info");
    const row = (name: string) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });
    await until("the counts", async () => (await row("Photos").getByRole("cell").allTextContents()).join(" ") === "2 0 2");
    expect((await row("Favorites").getByRole("cell").allTextContents()).join(" ")).toBe("1 0 1");
  });

  test("choose what the sidebar shows, at once", async ({ server, page }) => {
    await enter(page, server, await server.user(), "/user-settings?isOpen=feature");
    const choice = page.getByRole("switch", { name: /Recently added/ });
    await choice.waitFor();
    const before = await choice.isChecked();
    await choice.click();
    const link = page.getByRole("navigation").getByRole("link", { name: "Recently added" });
    await link.waitFor({ state: before ? "detached" : "visible" });
    await page.reload();
    await choice.waitFor();
    expect(await choice.isChecked()).toBe(!before);
  });

  test("show the devices and sign out one, then all others", async ({ server, page }) => {
    const ada = await server.user();
    await server.login(ada.email);
    await server.login(ada.email);
    await enter(page, server, ada, "/user-settings?isOpen=authorized-devices");
    const devices = page.getByRole("list", { name: "Signed-in devices" }).getByRole("listitem");
    await until("three devices", async () => (await devices.count()) === 3);
    await page.getByText("This device").waitFor();
    await page
      .getByRole("button", { name: /^Sign out (?!all)/ })
      .first()
      .click();
    const question = page.getByRole("dialog", { name: "Sign out this device?" });
    await expectGoodForAll(page);
    await screenshot(page, "sign-out-device");
    await question.getByRole("button", { name: "Sign out" }).click();
    await until("two devices", async () => (await devices.count()) === 2);
    await page.getByRole("button", { name: "Sign out all others" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out all others" }).click();
    await until("one device", async () => (await devices.count()) === 1);
    expect(await ada.getSessions()).toHaveLength(1);
  });

  test("make an API key with chosen permissions, show its secret once, change, renew and delete it", async ({ server, page }) => {
    const ada = await server.user();
    await enter(page, server, ada, "/user-settings?isOpen=api-keys");
    await page.getByRole("button", { name: "New API key" }).click();
    const form = page.getByRole("dialog", { name: "New API key" });
    await form.getByLabel("Name").fill("Picture frame");
    expect(await form.getByRole("button", { name: "Create" }).isDisabled()).toBe(true);
    await form.getByLabel("Find a permission").fill("asset.");
    await form.getByRole("checkbox", { name: "asset.read", exact: true }).check();
    await form.getByRole("checkbox", { name: "asset.view", exact: true }).check();
    await form.getByText("2 permissions").waitFor();
    await expectGoodForAll(page);
    await screenshot(page, "api-key-form");
    await form.getByRole("button", { name: "Create" }).click();
    const secret = await page.getByLabel("Secret", { exact: true }).inputValue();
    await expectGoodForAll(page);
    await screenshot(page, "api-key-secret");
    await page.getByRole("button", { name: "Done" }).click();

    const known = async (key: string) => (await fetch(`${server.api}/api-keys/me`, { headers: { "x-api-key": key } })).status;
    expect(await known(secret)).toBe(200);
    expect(await ada.getApiKeys()).toMatchObject([{ name: "Picture frame", permissions: ["asset.read", "asset.view"] }]);

    await page.getByRole("button", { name: "Edit Picture frame" }).click();
    const edit = page.getByRole("dialog", { name: "Edit Picture frame" });
    await edit.getByRole("switch", { name: /All permissions/ }).click();
    await edit.getByRole("button", { name: "Save" }).click();
    await page.getByText("All permissions ·", { exact: false }).waitFor();

    await page.getByRole("button", { name: "New secret for Picture frame" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "New secret" }).click();
    const renewed = await page.getByLabel("Secret", { exact: true }).inputValue();
    expect(await known(secret)).toBe(401);
    expect(await known(renewed)).toBe(200);
    await page.getByRole("button", { name: "Done" }).click();

    await page.getByRole("button", { name: "Delete Picture frame" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("No keys yet.", { exact: false }).waitFor();
    expect(await known(renewed)).toBe(401);
  });

  test("change the password", async ({ server, page }) => {
    const ada = await server.user();
    await enter(page, server, ada, "/user-settings?isOpen=password");
    await page.getByLabel("Present password").fill("not this");
    await page.getByLabel("New password", { exact: true }).fill("a better secret");
    await page.getByLabel("Password again").fill("a better secret");
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Wrong password").waitFor();
    await page.getByLabel("Present password").fill(ada.password);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Password changed").waitFor();
    expect((await server.login(ada.email, "a better secret")).id).toBe(ada.id);
  });
});
