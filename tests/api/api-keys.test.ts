// API keys: a credential with a list of what it may do.                                     spec 01, section 10; spec 12, section 5.2
import { Permission } from "@immich/sdk";
import { expect, test } from "../support/test.ts";
import { personAt } from "../support/person.ts";

test("a key is made, shown once, and comes in", async ({ server }) => {
  const ada = await server.user();
  const made = await ada.createApiKey({ apiKeyCreateDto: { name: "Backup", permissions: [Permission.AssetUpload, Permission.UserRead] } });
  expect(made.secret).toMatch(/^\w{30,43}$/);
  expect(made).toMatchObject({ name: "Backup", permissions: ["asset.upload", "user.read"], apiKey: { id: made.id, name: "Backup" } });

  const key = personAt(server.api, { apiKey: made.secret });
  expect(await key.getMyUser()).toMatchObject({ id: ada.id });
  expect(await key.getMyApiKey()).toEqual((({ id, name, permissions, createdAt, updatedAt }) => ({ id, name, permissions, createdAt, updatedAt }))(made));
  expect(await ada.getApiKeys()).toEqual([expect.not.objectContaining({ secret: expect.anything() })]);
});

test("a key without a name is called API Key, and one without permissions is none", async ({ server }) => {
  const ada = await server.user();
  expect(await ada.createApiKey({ apiKeyCreateDto: { permissions: [Permission.All] } })).toMatchObject({ name: "API Key" });
  await expect(ada.createApiKey({ apiKeyCreateDto: { permissions: [] } })).toFailWith(400, {
    errors: [expect.objectContaining({ path: ["permissions"], message: "Too small: expected array to have >=1 items" })],
  });
});

test("a key does what its permissions say and no more", async ({ server }) => {
  const ada = await server.user();
  const { secret } = await ada.createApiKey({ apiKeyCreateDto: { permissions: [Permission.UserRead] } });
  const key = personAt(server.api, { apiKey: secret });
  await expect(key.getAssetStatistics({})).toFailWith(403, "Missing required permission: asset.statistics");
  await expect(key.getAuthStatus()).toFailWith(403, "Missing required permission: all");
  expect(await key.validateAccessToken()).toEqual({ authStatus: true });
});

test("an administrator's key needs both the person and the permission", async ({ server }) => {
  const [admin, ada] = [await server.admin(), await server.user()];
  const keyOf = async (person: typeof ada) =>
    personAt(server.api, { apiKey: (await person.createApiKey({ apiKeyCreateDto: { permissions: [Permission.AdminUserRead] } })).secret });
  expect(await (await keyOf(admin)).searchUsersAdmin({})).toEqual(expect.any(Array));
  await expect((await keyOf(ada)).searchUsersAdmin({})).toFailWith(403, "Forbidden");
});

test("a key never makes a key stronger than itself", async ({ server }) => {
  const ada = await server.user();
  const permissions = [Permission.ApiKeyCreate, Permission.ApiKeyUpdate, Permission.AssetRead];
  const { secret, id } = await ada.createApiKey({ apiKeyCreateDto: { permissions } });
  const key = personAt(server.api, { apiKey: secret });
  const words = "Cannot grant permissions you do not have";
  await expect(key.createApiKey({ apiKeyCreateDto: { permissions: [Permission.AssetDelete] } })).toFailWith(400, words);
  await expect(key.updateApiKey({ id, apiKeyUpdateDto: { permissions: [Permission.All] } })).toFailWith(400, words);
  expect(await key.updateApiKey({ id, apiKeyUpdateDto: { permissions: [Permission.AssetRead] } })).toMatchObject({ permissions: ["asset.read"] });
});

test("a rotated key has a new secret and the old one is worth nothing", async ({ server }) => {
  const ada = await server.user();
  const made = await ada.createApiKey({ apiKeyCreateDto: { name: "Phone", permissions: [Permission.UserRead] } });
  const rotated = await ada.rotateApiKey({ id: made.id });
  expect(rotated).toMatchObject({ id: made.id, name: "Phone", permissions: ["user.read"], createdAt: made.createdAt });
  expect(rotated.secret).not.toBe(made.secret);
  await expect(personAt(server.api, { apiKey: made.secret }).getMyUser()).toFailWith(401, "Invalid API key");
  expect(await personAt(server.api, { apiKey: rotated.secret }).getMyUser()).toMatchObject({ id: ada.id });
});

test("keys are the owner's business, even against an administrator", async ({ server }) => {
  const [admin, ada] = [await server.admin(), await server.user()];
  const { id } = await ada.createApiKey({ apiKeyCreateDto: { permissions: [Permission.All] } });
  await expect(admin.getApiKey({ id })).toFailWith(400, "API Key not found");
  await expect(admin.deleteApiKey({ id })).toFailWith(400, "API Key not found");
  await ada.deleteApiKey({ id });
  expect(await ada.getApiKeys()).toEqual([]);
});

test("a session is no API key", async ({ server }) => {
  await expect((await server.user()).getMyApiKey()).toFailWith(403, "Not authenticated with an API Key");
});
