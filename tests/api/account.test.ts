// What belongs to an account beside the person: first steps, product keys, activity, picture, devices.       spec 01, sections 9 and 12
import { CalendarHeatmapType, Permission } from "@immich/sdk";
import { describe, expect, jpeg, test } from "../support/test.ts";
import { personAt } from "../support/person.ts";

test("the first steps are remembered until they are forgotten", async ({ server }) => {
  const ada = await server.user();
  expect(await ada.getUserOnboarding()).toEqual({ isOnboarded: false });
  expect(await ada.setUserOnboarding({ onboardingDto: { isOnboarded: true } })).toEqual({ isOnboarded: true });
  expect(await server.nobody().login({ loginCredentialDto: { email: ada.email, password: ada.password } })).toMatchObject({ isOnboarded: true });
  await ada.deleteUserOnboarding();
  await ada.deleteUserOnboarding();
  expect(await ada.getUserOnboarding()).toEqual({ isOnboarded: false });
});

test("the server's first steps are the administrators' business", async ({ server }) => {
  const [admin, ada] = [await server.admin(), await server.user()];
  await expect(ada.getAdminOnboarding()).toFailWith(403, "Forbidden");
  await admin.updateAdminOnboarding({ adminOnboardingUpdateDto: { isOnboarded: true } });
  expect(await admin.getAdminOnboarding()).toEqual({ isOnboarded: true });
  expect(await server.nobody().getServerConfig()).toMatchObject({ isOnboarded: true });
});

describe("a product key", () => {
  const forged = { licenseKey: "IMCL-0KEY-0KEY-0KEY-0KEY-0KEY-0KEY-0KEY-0KEY", activationKey: Buffer.from("forged").toString("base64") };

  test("is none at first, and removing none is fine", async ({ server }) => {
    const [admin, ada] = [await server.admin(), await server.user()];
    await expect(ada.getUserLicense()).toFailWith(404, "Not Found");
    await expect(admin.getServerLicense()).toFailWith(404, "Not Found");
    await ada.deleteUserLicense();
    await admin.deleteServerLicense();
    expect(await ada.getMyUser()).toMatchObject({ license: null });
  });

  test("must be signed by its issuer, and be one for the server to be the server's", async ({ server }) => {
    const [admin, ada] = [await server.admin(), await server.user()];
    await expect(ada.setUserLicense({ licenseKeyDto: forged })).toFailWith(400, "Invalid license key");
    await expect(ada.setUserLicense({ licenseKeyDto: { ...forged, activationKey: "no base64!" } })).toFailWith(400, "Invalid license key");
    await expect(ada.setUserLicense({ licenseKeyDto: { ...forged, licenseKey: "IMCL-short" } })).toFailWith(400, "Validation failed");
    await expect(admin.setServerLicense({ licenseKeyDto: forged })).toFailWith(400, "Invalid license key");
    await expect(ada.setServerLicense({ licenseKeyDto: forged })).toFailWith(403, "Forbidden");
  });
});

describe("the calendar heat map", () => {
  const today = new Date().toISOString().slice(0, 10);

  test("has a day for each of the last 52 weeks", async ({ server }) => {
    const ada = await server.user();
    await ada.upload(jpeg());
    const map = await ada.getMyCalendarHeatmap({});
    expect([map.series.length, map.totalCount, map.to]).toEqual([364, 1, today]);
    expect(map.series.at(-1)).toEqual({ date: today, count: 1 });
    expect(map.series[0].date).toBe(map.from);
  });

  test("counts by the day on which photos were taken, when asked to", async ({ server }) => {
    const [admin, ada] = [await server.admin(), await server.user()];
    await ada.upload(jpeg(), { fileCreatedAt: "2021-05-06T07:08:09.000Z" });
    await server.idle();
    const asked = { $from: "2021-05-05", to: "2021-05-07", $type: CalendarHeatmapType.Taken };
    const path = `calendar-heatmap?from=${asked.$from}&to=${asked.to}&type=${asked.$type}`;
    const seen = { from: "2021-05-05", to: "2021-05-07", series: [["05-05", 0], ["05-06", 1], ["05-07", 0]].map(([day, count]) => ({ date: `2021-${day}`, count })), totalCount: 1 };
    expect(await (await ada.ask("GET", `/users/me/${path}`)).json()).toEqual(seen);
    expect(await (await admin.ask("GET", `/admin/users/${ada.id}/${path}`)).json()).toEqual(seen);
    expect((await ada.ask("GET", `/admin/users/${ada.id}/${path}`)).status).toBe(403);
  });

  test("goes forward in time", async ({ server }) => {
    const ada = await server.user();
    const answer = await ada.ask("GET", "/users/me/calendar-heatmap?from=2021-05-07&to=2021-05-05");
    expect(await answer.json()).toMatchObject({ errors: [{ code: "custom", path: ["from"], message: "from must be before to" }] });
  });

  test("is shown for users that there are", async ({ server }) => {
    const answer = await (await server.admin()).ask("GET", "/admin/users/6cd9a7a5-8b3c-4a6b-9d1c-000000000000/calendar-heatmap");
    expect([answer.status, await answer.json()]).toEqual([400, { message: "User not found" }]);
  });
});

test("without a picture there is none to show or to remove", async ({ server }) => {
  const ada = await server.user();
  await expect(ada.getProfileImage({ id: ada.id })).toFailWith(404, "Not Found");
  await expect(ada.deleteProfileImage()).toFailWith(400, "Can't delete a missing profile Image");
});

test("administrators see where somebody is signed in", async ({ server }) => {
  const [admin, ada] = [await server.admin(), await server.user()];
  const sessions = await admin.getUserSessionsAdmin({ id: ada.id });
  expect(sessions).toHaveLength(1);
  expect(sessions[0]).toMatchObject({ current: false });
  await admin.deleteUserAdmin({ id: ada.id, userAdminDeleteDto: {} });
  expect(await admin.getUserSessionsAdmin({ id: ada.id })).toEqual([]);
});

describe("failing", () => {
  test("an update without anything to change says so, in the words of its operation", async ({ server }) => {
    const ada = await server.user();
    const words = async (method: string) => {
      const answer = await ada.ask(method, "/users/me", { body: { password: "" } });
      return [answer.status, await answer.json()];
    };
    expect(await words("PUT")).toEqual([500, { message: "Failed to update my user" }]);
    expect(await words("PATCH")).toEqual([500, { message: "Failed to update my user v3" }]);
  });

  test("a deleted user's e-mail is not free, and nothing about the database is told", async ({ server }) => {
    const [admin, ada] = [await server.admin(), await server.user()];
    await admin.deleteUserAdmin({ id: ada.id, userAdminDeleteDto: {} });
    const again = admin.createUserAdmin({ userAdminCreateDto: { email: ada.email, name: "Again", password: "password" } });
    await expect(again).toFailWith(500, "Failed to create user admin");
  });
});

test("two administrators cannot sign up at once", async ({ fresh }) => {
  const server = await fresh();
  const attempts = ["a", "b", "c", "d"].map((name) =>
    server.nobody().signUpAdmin({ signUpDto: { email: `${name}@example.com`, name, password: "password" } }),
  );
  const results = await Promise.allSettled(attempts);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("letters of any script make an e-mail, and its case does not matter", async ({ server }) => {
  const ada = await server.user({ email: "Zoë.ÉTÉ@example.com" });
  expect(await ada.getMyUser()).toMatchObject({ email: "zoë.été@example.com" });
  expect(await server.login("ZOË.été@example.com")).toMatchObject({ id: ada.id });
});

test("an empty or unusable storage label is none, for any number of users", async ({ server }) => {
  const admin = await server.admin();
  for (const storageLabel of ["", "...", "aux"]) {
    const { id } = await server.user({ storageLabel });
    expect(await admin.getUserAdmin({ id })).toMatchObject({ storageLabel: null });
  }
});

test("a user is removed with all that belongs to them", async ({ server }) => {
  const [admin, ada] = [await server.admin(), await server.user()];
  const there = await admin.listen();
  await ada.upload(jpeg());
  await admin.deleteUserAdmin({ id: ada.id, userAdminDeleteDto: { force: true } });
  expect(await there.next("on_user_delete")).toEqual([ada.id]);
  await server.idle();
  await expect(admin.getUserAdmin({ id: ada.id })).toFailWith(400, "User not found");
  await expect(ada.getMyUser()).toFailWith(401);
  there.close();
});

test("a long-lived session does not run out of the calendar", async ({ server }) => {
  const ada = await server.user();
  const made = await ada.createSession({ sessionCreateDto: { duration: Number.MAX_SAFE_INTEGER } });
  expect(new Date(made.expiresAt!).getFullYear()).toBeGreaterThan(2900);
  expect(await personAt(server.api, { accessToken: made.token }).getMyUser()).toMatchObject({ id: ada.id });
});

test("a key takes over no key that may do more than itself", async ({ server }) => {
  const ada = await server.user();
  const make = (...permissions: Permission[]) => ada.createApiKey({ apiKeyCreateDto: { permissions } });
  const [strong, weak] = [await make(Permission.All), await make(Permission.ApiKeyRotate)];
  const caller = personAt(server.api, { apiKey: weak.secret });
  await expect(caller.rotateApiKey({ id: strong.id })).toFailWith(400, "Cannot rotate an API Key with permissions you do not have");
  expect(await personAt(server.api, { apiKey: strong.secret }).getMyUser()).toMatchObject({ id: ada.id });
  const rotated = await caller.rotateApiKey({ id: weak.id });
  expect(await personAt(server.api, { apiKey: rotated.secret }).getMyApiKey()).toMatchObject({ id: weak.id });
  await expect(caller.getMyApiKey()).toFailWith(401, "Invalid API key");
});

test("an attempt that fails is noted, with the address that a trusted proxy names", async ({ server }) => {
  const body = { email: "eve@calotype.test", password: "guess-7391" };
  await server.nobody().ask("POST", "/auth/login", { body, headers: { "x-forwarded-for": "203.0.113.9" } });
  await expect.poll(() => server.log).toContain("Failed login attempt for user eve@calotype.test from ip address 203.0.113.9");
  expect(server.log).not.toContain(body.password);
});
