// Oneself, the others, and one's preferences.                                                                    spec 01, section 12
import { UserAvatarColor } from "@immich/sdk";
import { expect, test } from "../support/test.ts";

test("one sees oneself whole and others in outline", async ({ server }) => {
  const [ada, bob] = [await server.user({ name: "Ada" }), await server.user({ name: "Bob" })];
  expect(await ada.getMyUser()).toMatchObject({ id: ada.id, name: "Ada", isAdmin: false, clusterGroupId: expect.any(String), storageLabel: null });
  const seen = await ada.getUser({ id: bob.id });
  expect(Object.keys(seen).sort()).toEqual(["avatarColor", "email", "id", "name", "profileChangedAt", "profileImagePath"]);
  expect(await ada.searchUsers()).toContainEqual(seen);
});

test("an unknown user is not found", async ({ server }) => {
  await expect((await server.user()).getUser({ id: "6cd9a7a5-8b3c-4a6b-9d1c-000000000000" })).toFailWith(400, "User not found");
});

test("name, e-mail and colour may be changed", async ({ server }) => {
  const ada = await server.user();
  const email = `changed-${ada.email}`;
  const changed = await ada.updateMyUser({ userUpdateMeDto: { name: "Ada L.", email: email.toUpperCase(), avatarColor: UserAvatarColor.Green } });
  expect(changed).toMatchObject({ name: "Ada L.", email, avatarColor: "green" });
});

test("without a chosen colour it follows from the e-mail", async ({ server }) => {
  const email = "admin@immich.cloud";
  const ada = await server.user({ email });
  expect(await ada.getMyUser()).toMatchObject({ avatarColor: "orange" });
});

test("the e-mail of another is taken", async ({ server }) => {
  const [ada, bob] = [await server.user(), await server.user()];
  await expect(ada.updateMyUser({ userUpdateMeDto: { email: bob.email } })).toFailWith(400, "Email is not available");
});

test("PATCH does what PUT does", async ({ server }) => {
  const ada = await server.user();
  const answer = await ada.ask("PATCH", "/users/me", { body: { name: "Patched" } });
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ name: "Patched" })]);
});

test("a forced new password clears the demand and keeps the session", async ({ server }) => {
  const admin = await server.admin();
  const ada = await server.user();
  await admin.updateUserAdmin({ id: ada.id, userAdminUpdateDto: { shouldChangePassword: true } });
  expect(await ada.updateMyUser({ userUpdateMeDto: { password: "another" } })).toMatchObject({ shouldChangePassword: false });
  expect(await ada.getMyUser()).toMatchObject({ id: ada.id });
  await server.login(ada.email, "another");
});

test("preferences begin with the defaults and keep what is changed", async ({ server }) => {
  const ada = await server.user();
  expect(await ada.getMyPreferences()).toEqual({
    albums: { defaultAssetOrder: "desc" },
    folders: { enabled: false, sidebarWeb: false },
    memories: { enabled: true, duration: 5, sidebarWeb: false },
    people: { enabled: true, sidebarWeb: false, minimumFaces: 3 },
    sharedLinks: { enabled: true, sidebarWeb: false },
    ratings: { enabled: false },
    tags: { enabled: false, sidebarWeb: false },
    emailNotifications: { enabled: true, albumInvite: true, albumUpdate: true },
    download: { archiveSize: 4294967296, includeEmbeddedVideos: false },
    purchase: { showSupportBadge: true, hideBuyButtonUntil: "2022-02-12T00:00:00.000Z" },
    cast: { gCastEnabled: false },
    recentlyAdded: { sidebarWeb: false },
  });
  const changed = await ada.updateMyPreferences({ userPreferencesUpdateDto: { ratings: { enabled: true }, memories: { duration: 8 } } });
  expect(changed).toMatchObject({ ratings: { enabled: true }, memories: { enabled: true, duration: 8 } });
  expect(await ada.getMyPreferences()).toEqual(changed);
});

test("an administrator makes, changes, removes and brings back users", async ({ server }) => {
  const admin = await server.admin();
  const ada = await server.user({ name: "Ada" });
  const { id } = ada;
  expect(await admin.updateUserAdmin({ id, userAdminUpdateDto: { quotaSizeInBytes: 1000, storageLabel: "a/d.a" } })).toMatchObject({
    quotaSizeInBytes: 1000,
    storageLabel: "ada",
  });
  await expect(admin.deleteUserAdmin({ id: admin.id, userAdminDeleteDto: {} })).toFailWith(403, "Cannot delete your own account");
  expect(await admin.deleteUserAdmin({ id, userAdminDeleteDto: {} })).toMatchObject({ status: "deleted", deletedAt: expect.any(String) });
  await expect(ada.getMyUser()).toFailWith(401, "Invalid user token");
  expect(await admin.restoreUserAdmin({ id })).toMatchObject({ status: "active", deletedAt: null });
  expect(await ada.getMyUser()).toMatchObject({ name: "Ada" });
});
