// Before the photos: the first account, signing in and out, a password that somebody else chose, and who may go where.
import { describe, expect, screenshot, test } from "../support/browser.ts";
import { enter, expectGoodForAll, sizes, type Size } from "../support/look.ts";

describe("the way in", () => {
  test.for(Object.keys(sizes) as Size[])("leads the first person from the sign-up to their photos, on a %s", async (size, { fresh, page }) => {
    const server = await fresh();
    await page.setViewportSize(sizes[size]);
    await page.goto(server.url);
    await page.getByRole("heading", { name: "Welcome to Calotype" }).waitFor();
    expect(page.url()).toBe(`${server.url}/auth/register`);
    await expectGoodForAll(page);
    await screenshot(page, `sign-up-${size}`);
    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password", { exact: true }).fill("a long secret");
    await page.getByLabel("Password again").fill("another secret");
    await page.getByRole("button", { name: "Create account" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("differ");
    await page.getByLabel("Password again").fill("a long secret");
    await page.getByRole("button", { name: "Create account" }).click();

    await page.getByRole("heading", { name: "Hello Ada, make yourself at home" }).waitFor();
    await page.getByRole("radio", { name: "Dark" }).check({ force: true });
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
    await expectGoodForAll(page);
    await screenshot(page, `onboarding-look-${size}`);
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByText(/free of/).waitFor();
    await expectGoodForAll(page);
    await screenshot(page, `onboarding-storage-${size}`);
    await page.getByRole("button", { name: "Next" }).click();
    expect(await page.getByLabel("Address of this server").inputValue()).toBe(server.url);
    await expectGoodForAll(page);
    await screenshot(page, `onboarding-phone-${size}`);
    await page.reload();
    await page.getByRole("heading", { name: "Bring your phone along" }).waitFor();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "To my photos" }).click();
    await page.getByRole("button", { name: "Upload", exact: true }).waitFor();
    expect(await page.title()).toBe("Photos - Calotype");

    // Once is enough; and nobody signs up twice.
    await page.goto(`${server.url}/auth/register`);
    await page.waitForURL(`${server.url}/photos`);
  });

  test("says when the password is wrong, and when the server is away", async ({ fresh, page }) => {
    const server = await fresh();
    const ada = await server.admin();
    await page.goto(server.url);
    await page.getByLabel("E-mail").fill(ada.email);
    await page.getByLabel("Password", { exact: true }).fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await page.getByRole("alert").textContent()).toBe("Incorrect email or password");
    await expectGoodForAll(page);
    await server.stop();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Calotype does not answer.").waitFor();
  });

  test("brings strangers back to where they wanted to go, but never to another site", async ({ server, page }) => {
    const ada = await server.user();
    await page.goto(`${server.url}/favorites?x=1`);
    await page.waitForURL(`${server.url}/auth/login?continue=%2Ffavorites%3Fx%3D1`);
    await page.getByLabel("E-mail").fill(ada.email);
    await page.getByLabel("Password", { exact: true }).fill(ada.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${server.url}/favorites?x=1`);

    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await page.goto(`${server.url}/auth/login?continue=https://example.com/photos`);
    await page.getByLabel("E-mail").fill(ada.email);
    await page.getByLabel("Password", { exact: true }).fill(ada.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${server.url}/photos`);
  });

  test("asks for an own password when an administrator chose it", async ({ server, page }) => {
    const admin = await server.admin();
    const user = await admin.createUserAdmin({ userAdminCreateDto: { name: "Grace", email: "grace@calotype.test", password: "from the admin" } });
    expect(user.shouldChangePassword).toBe(true);
    await page.goto(server.url);
    await page.getByLabel("E-mail").fill("grace@calotype.test");
    await page.getByLabel("Password", { exact: true }).fill("from the admin");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Hello Grace" }).waitFor();
    await expectGoodForAll(page);
    await screenshot(page, "own-password");
    await page.getByLabel("New password").fill("only I know this");
    await page.getByLabel("Password again").fill("only I know this");
    await page.getByRole("button", { name: "Change password" }).click();
    await page.waitForURL(`${server.url}/photos`);
    expect((await server.login("grace@calotype.test", "only I know this")).accessToken).not.toBe("");
  });

  test("keeps people without the right out of the administration", async ({ server, page }) => {
    await enter(page, server, await server.user(), "/admin/users");
    await page.waitForURL(`${server.url}/photos`);
    await page.getByRole("button", { name: /^Account of/ }).click();
    expect(await page.getByRole("menuitem", { name: "Administration" }).count()).toBe(0);
  });

  test("goes when the session is ended elsewhere", async ({ server, page }) => {
    const ada = await server.user();
    await enter(page, server, ada);
    await page.getByText("Connected", { exact: true }).waitFor();
    await ada.logout();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    expect(page.url()).toBe(`${server.url}/auth/login?continue=%2Fphotos`);
  });

  test("says so when nobody can sign in", async ({ fresh, page }) => {
    const server = await fresh();
    const admin = await server.admin();
    const config = await admin.getConfig();
    await admin.updateConfig({ adminConfigDto: { ...config, passwordLogin: { enabled: false } } });
    await page.goto(server.url);
    await page.getByRole("heading", { name: "Signing in is switched off" }).waitFor();
    await expectGoodForAll(page);
  });

  test("signs out by its address", async ({ server, page }) => {
    await enter(page, server, await server.user(), "/auth/logout");
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await page.goto(`${server.url}/photos`);
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  });
});
