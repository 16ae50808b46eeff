// Sessions: where somebody is logged in.                                                                          spec 01, section 9
import type { SessionResponseDto } from "@immich/sdk";
import { expect, test } from "../support/test.ts";
import { personAt } from "../support/person.ts";

const login = async (server: any, email: string, password: string, headers: Record<string, string>) => {
  const answer = await server.nobody().ask("POST", "/auth/login", { body: { email, password }, headers });
  return personAt(server.api, { email, password, ...((await answer.json()) as object) });
};

test("the list knows this session from the others", async ({ server }) => {
  const ada = await server.user();
  const phone = await server.login(ada.email);
  const sessions = await phone.getSessions();
  expect(sessions).toHaveLength(2);
  expect(sessions.filter((session) => session.current)).toHaveLength(1);
  expect(sessions[0]).not.toHaveProperty("expiresAt");
  expect(sessions[0]).not.toHaveProperty("token");
});

test.for([
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", "Chrome", "Linux", null],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox", "Windows", null],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1", "Mobile Safari", "iOS", null],
  ["immich-ios/3.2.2", "Pixel 8", "Android", "3.2.2"],
  ["curl/8.0", "Pixel 8", "Android", null],
] as const)("%s is shown as %s on %s", async ([agent, deviceType, deviceOS, appVersion], { server }) => {
  const ada = await server.user();
  const headers = { "user-agent": agent, deviceModel: "Pixel 8", deviceType: "Android" };
  const there = await login(server, ada.email, ada.password, headers);
  // Another version of the app in a later request would be noted, so all requests come from the same one.
  const sessions = (await (await there.ask("GET", "/sessions", { headers })).json()) as SessionResponseDto[];
  expect(sessions.find((session) => session.current)).toMatchObject({ deviceType, deviceOS, appVersion });
});

test("a session may be ended from another", async ({ server }) => {
  const ada = await server.user();
  const phone = await server.login(ada.email);
  const { id } = (await phone.getSessions()).find((session) => session.current)!;
  await ada.deleteSession({ id });
  await expect(phone.getMyUser()).toFailWith(401, "Invalid user token");
});

test("all others may be ended at once", async ({ server }) => {
  const ada = await server.user();
  const phone = await server.login(ada.email);
  await ada.deleteAllSessions();
  await expect(phone.getMyUser()).toFailWith(401);
  expect(await ada.getSessions()).toHaveLength(1);
});

test("nobody ends another person's session", async ({ server }) => {
  const [ada, bob] = [await server.user(), await server.user()];
  const [{ id }] = await bob.getSessions();
  await expect(ada.deleteSession({ id })).toFailWith(400, "Not found or no authDevice.delete access");
});

test("a session makes another one for a cast device, which ends with it", async ({ server }) => {
  const ada = await server.user();
  const made = await ada.createSession({ sessionCreateDto: { duration: 3600, deviceType: "TV", deviceOS: "tvOS" } });
  expect(made).toMatchObject({ current: false, deviceType: "TV", deviceOS: "tvOS", appVersion: null, expiresAt: expect.any(String) });
  const tv = personAt(server.api, { accessToken: made.token });
  expect(await tv.getMyUser()).toMatchObject({ id: ada.id });
  await ada.logout();
  await expect(tv.getMyUser()).toFailWith(401);
});

test("an update says what to change", async ({ server }) => {
  const ada = await server.user();
  const [{ id }] = await ada.getSessions();
  await expect(ada.updateSession({ id, sessionUpdateDto: {} })).toFailWith(400, "No fields to update");
  expect(await ada.updateSession({ id, sessionUpdateDto: { isPendingSyncReset: true } })).toMatchObject({ id, isPendingSyncReset: true });
});
