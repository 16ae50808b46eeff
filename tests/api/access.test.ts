// Who gets in: every operation of the contract, answered to every kind of caller as its description says.          spec 01, sections 3 and 4
//
// The table is api/openapi.json itself, so an operation that is added is covered the same day. Operations that are still missing have the same wall.
import { Permission } from "@immich/sdk";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, jpeg, test, type Person, type Server } from "../support/test.ts";
import { calotype } from "../support/server.ts";
import { root } from "../support/paths.ts";
import { personAt } from "../support/person.ts";

type Schema = { $ref?: string; type?: string; format?: string; enum?: string[]; items?: Schema; properties?: Record<string, Schema>; required?: string[]; anyOf?: Schema[]; allOf?: Schema[]; minimum?: number; pattern?: string };
interface Operation {
  method: string;
  path: string;
  name: string;
  done: boolean;
  isPublic: boolean;
  adminOnly: boolean;
  /** What an API key must have; undefined: nothing. */
  permission?: string;
  alsoPatch: boolean;
  path_parameters: { name: string; schema: Schema }[];
  query: { name: string; schema: Schema }[];
  body?: Schema;
}

const contract = JSON.parse(readFileSync(join(root, "api/openapi.json"), "utf8"));
const done = new Set(calotype("admin", "routes").split("\n").flatMap((line) => (line.startsWith("done ") ? [line.split(/\s+/).at(-1)!] : [])));
const operations: Operation[] = Object.entries<Record<string, any>>(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, o]) => ({
    method: method.toUpperCase(),
    path,
    name: o.operationId,
    done: done.has(o.operationId),
    isPublic: o["x-calotype-auth"] === "public",
    adminOnly: o["x-immich-admin-only"] === true,
    permission: o["x-calotype-any-key"] ? undefined : (o["x-immich-permission"] ?? "all"),
    alsoPatch: o["x-calotype-also-patch"] === true,
    path_parameters: o.parameters.filter((p: any) => p.in === "path"),
    query: o.parameters.filter((p: any) => p.in === "query" && p.required),
    body: o.requestBody?.content["application/json"]?.schema,
  })),
);

// ---- requests --------------------------------------------------------------------------------------------------------------------

/** The smallest value that the schema takes; ids are `id`. */
function example(schema: Schema, id: string): unknown {
  if (schema.$ref) return example(contract.components.schemas[schema.$ref.split("/").at(-1)!], id);
  if (schema.allOf) return example(schema.allOf[0]!, id);
  if (schema.anyOf) return example(schema.anyOf[0]!, id);
  if (schema.enum) return schema.enum[0];
  if (schema.format === "uuid") return id;
  if (schema.format === "date-time") return "2024-01-02T03:04:05.000Z";
  if (schema.format === "date") return "2024-01-02";
  if (schema.format === "email") return "nobody@calotype.test";
  if (schema.type === "array") return [example(schema.items!, id)];
  if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 1;
  if (schema.type === "boolean") return false;
  if (schema.type === "string") return "example";
  return Object.fromEntries((schema.required ?? []).map((key) => [key, example(schema.properties![key]!, id)]));
}

const fill = (operation: Operation, id: string) => {
  const path = operation.path_parameters.reduce((path, { name, schema }) => path.replace(`{${name}}`, encodeURIComponent(String(example(schema, id)))), operation.path);
  const query = operation.query.map(({ name, schema }) => `${name}=${encodeURIComponent(String(example(schema, id)))}`).join("&");
  return query ? `${path}?${query}` : path;
};

interface Answer {
  status: number;
  message?: string;
  errors?: { path: (string | number)[]; message: string }[];
}

async function ask(person: Person, operation: Operation, { id = randomUUID() as string, headers = {}, query = "", body = undefined as unknown } = {}): Promise<Answer> {
  const path = fill(operation, id);
  const answer = await person.ask(operation.method, query ? `${path}${path.includes("?") ? "&" : "?"}${query}` : path, { headers, body });
  const text = await answer.text();
  const isJson = answer.headers.get("content-type")?.startsWith("application/json") && text;
  return { status: answer.status, ...(isJson && !answer.ok ? JSON.parse(text) : {}) };
}

/** The wall's own words: whoever hears none of them is past it. */
const stopped = ({ status, message = "" }: Answer) =>
  (status === 401 && /^(Authentication required|Invalid (user token|API key|share key|share slug))$/.test(message)) ||
  (status === 403 && (message === "Forbidden" || message.startsWith("Missing required permission")));

// ---- callers, made once ----------------------------------------------------------------------------------------------------------

const once = <A extends unknown[], R>(make: (...args: A) => Promise<R>) => {
  const made = new Map<string, Promise<R>>();
  return (key: string, ...args: A) => {
    if (!made.has(key)) made.set(key, make(...args));
    return made.get(key)!;
  };
};
const owner = once(async (server: Server, isAdmin: boolean) => {
  const person = await server.user();
  if (isAdmin) await (await server.admin()).updateUserAdmin({ id: person.id, userAdminUpdateDto: { isAdmin: true } });
  return person;
});
const keyHolder = once(async (server: Server, isAdmin: boolean, permissions: string[]) => {
  const person = await session(server, isAdmin);
  const { secret } = await person.createApiKey({ apiKeyCreateDto: { name: "key", permissions: permissions as Permission[] } });
  return personAt(server.api, { apiKey: secret });
});
const keyWith = (server: Server, isAdmin: boolean, permission: string) => keyHolder(`${isAdmin} ${permission}`, server, isAdmin, [permission]);
const keyWithout = (server: Server, isAdmin: boolean, permission: string) =>
  keyHolder(`${isAdmin} not ${permission}`, server, isAdmin, Object.values(Permission).filter((other) => other !== permission && other !== "all"));

/** A live session: some operations end the one that they are called with, and one ends all. */
async function session(server: Server, isAdmin: boolean) {
  const { email } = await owner(`owner ${isAdmin}`, server, isAdmin);
  const last = sessions.get(isAdmin);
  if (last && (await last.ask("GET", "/users/me")).ok) return last;
  const fresh = await server.login(email);
  sessions.set(isAdmin, fresh);
  return fresh;
}
const sessions = new Map<boolean, Person>();

// ---- the wall --------------------------------------------------------------------------------------------------------------------

describe("the wall of", () => {
  test.for(operations.filter(({ isPublic }) => !isPublic).map((operation) => [`${operation.method} ${operation.path}`, operation] as const))("%s", async ([, operation], { server }) => {
    const { adminOnly, permission } = operation;
    const nobody = server.nobody();
    expect(await ask(nobody, operation)).toEqual({ status: 401, message: "Authentication required" });
    expect(await ask(nobody, operation, { headers: { authorization: "Basic YTpi" } })).toEqual({ status: 401, message: "Authentication required" });

    const good = await session(server, adminOnly);
    const wrong: [string, Parameters<typeof ask>[2]][] = [
      ["Invalid user token", { headers: { authorization: "Bearer wrong" } }],
      ["Invalid user token", { headers: { cookie: "immich_access_token=wrong" } }],
      ["Invalid user token", { query: "sessionKey=wrong" }],
      ["Invalid API key", { headers: { "x-api-key": "wrong" } }],
      ["Invalid API key", { query: "apiKey=wrong" }],
      ["Invalid share key", { query: "key=wrong" }],
      ["Invalid share slug", { headers: { "x-immich-share-slug": "wrong" } }],
    ];
    for (const [message, how] of wrong) expect(await ask(nobody, operation, how), JSON.stringify(how)).toEqual({ status: 401, message });
    // A link's key goes before a good session, and no wrong credential falls through to the next.
    expect(await ask(good, operation, { query: "key=wrong" })).toEqual({ status: 401, message: "Invalid share key" });
    expect(await ask(await keyWith(server, true, "all"), operation, { headers: { cookie: "immich_access_token=wrong" } })).toEqual({ status: 401, message: "Invalid user token" });

    if (adminOnly) {
      expect(await ask(await session(server, false), operation)).toEqual({ status: 403, message: "Forbidden" });
      expect(await ask(await keyWith(server, false, "all"), operation)).toEqual({ status: 403, message: "Forbidden" });
    }
    if (permission) {
      const refused = { status: 403, message: `Missing required permission: ${permission}` };
      expect(await ask(await keyWithout(server, adminOnly, permission), operation)).toEqual(refused);
    }
    expect(await ask(await keyWith(server, adminOnly, permission ?? "user.read"), operation)).not.toSatisfy(stopped);
    expect(await ask(await session(server, adminOnly), operation)).not.toSatisfy(stopped);
    if (operation.alsoPatch) expect(await ask(nobody, { ...operation, method: "PATCH" })).toEqual({ status: 401, message: "Authentication required" });
    if (operation.method === "GET") expect(await ask(nobody, { ...operation, method: "HEAD" })).toMatchObject({ status: 401 });
  });

  test.for(operations.filter(({ isPublic }) => isPublic).map((operation) => [`${operation.method} ${operation.path}`, operation] as const))("%s is open", async ([, operation], { server }) => {
    expect(await ask(server.nobody(), operation)).not.toSatisfy(stopped);
    expect(await ask(server.nobody(), operation, { headers: { authorization: "Bearer wrong" } })).not.toSatisfy(stopped);
  });
});

// ---- ids -------------------------------------------------------------------------------------------------------------------------

const takesId = (schema: Schema | undefined): boolean =>
  !!schema && JSON.stringify(example(schema, "ID")).includes('"ID"');

test.for(
  operations.flatMap((operation) =>
    operation.done ? operation.path_parameters.filter(({ schema }) => schema.format === "uuid").map(({ name }) => [`${operation.method} ${operation.path}`, name, operation] as const) : [],
  ),
)("%s refuses an %s that is none", async ([, name, operation], { server }) => {
  const caller = await session(server, operation.adminOnly);
  for (const id of ["1", "not-an-id", "00000000-0000-0000-0000-000000000000", "0191d5c0-7f3a-7cc3-98c4-dc0c0c07398f", `${randomUUID()}x`, "%00", "é", "'; drop table asset; --"]) {
    const answer = await ask(caller, operation, { id, body: operation.body && example(operation.body, randomUUID()) });
    expect([answer.status, answer.message], id).toEqual([400, "Validation failed"]);
    expect(answer.errors, id).toContainEqual(expect.objectContaining({ path: [name], message: "Invalid UUID" }));
  }
});

// What may be known of other people.
const aboutOthers = new Set(["getUser", "getProfileImage"]);

test("what belongs to another is as if it were not there, and stays as it is", async ({ server }) => {
  const [eve, ada] = [await server.user(), await server.user()];
  const photo = await ada.upload(jpeg());
  await ada.updateAssetMetadata({ id: photo.id, assetMetadataUpsertDto: { items: [{ key: "mobile-app", value: { iCloudId: "x" } }] } });
  const key = await ada.createApiKey({ apiKeyCreateDto: { name: "mine", permissions: [Permission.All] } });
  const child = await ada.createSession({ sessionCreateDto: {} });
  await server.idle();
  const state = async () => {
    const { updatedAt, ...asset } = await ada.getAssetInfo({ id: photo.id });
    return { asset, keys: await ada.getApiKeys(), sessions: (await ada.getSessions()).map(({ id }) => id).sort(), user: await ada.getMyUser(), metadata: await ada.getAssetMetadata({ id: photo.id }) };
  };
  const before = await state();

  let asked = 0;
  for (const operation of operations) {
    if (!operation.done || operation.isPublic || operation.adminOnly || aboutOthers.has(operation.name)) continue;
    if (!operation.path_parameters.some(({ schema }) => schema.format === "uuid") && !takesId(operation.body)) continue;
    const request = (id: string) => ask(eve, operation, { id, body: operation.body && example(operation.body, id) });
    const unknownId = randomUUID();
    const unknown = await request(unknownId);
    for (const id of [photo.id, key.apiKey.id, child.id, ada.id]) {
      const theirs = await request(id);
      // Both alike, so that nobody finds out which ids there are.
      expect(JSON.stringify(theirs).replaceAll(id, "ID"), `${operation.name} ${id}`).toBe(JSON.stringify(unknown).replaceAll(unknownId, "ID"));
      asked++;
    }
    expect(unknown.status, operation.name).toBeGreaterThanOrEqual(400);
    expect(unknown.status, operation.name).toBeLessThan(500);
    expect(unknown.errors, operation.name).toBeUndefined();
  }
  expect(asked).toBeGreaterThan(50);
  expect(await state()).toEqual(before);
});

test("an unknown id is answered in the words of the specification", async ({ server }) => {
  const ada = await server.user();
  const id = randomUUID();
  // Where files are served, every failure is the same.
  const words: [string, string, unknown?][] = [
    ["GET /assets/ID", "Not found or no asset.read access"],
    ["PUT /assets/ID", "Not found or no asset.update access", {}],
    ["GET /assets/ID/original", "Not Found"],
    ["GET /assets/ID/thumbnail", "Not found or no asset.view access"],
    ["GET /assets/ID/video/playback", "Not Found"],
    ["GET /assets/ID/metadata", "Not found or no asset.read access"],
    ["DELETE /assets", "Not found or no asset.delete access", { ids: [id] }],
    ["POST /trash/restore/assets", "Not found or no asset.delete access", { ids: [id] }],
    ["GET /api-keys/ID", "API Key not found"],
    ["DELETE /sessions/ID", "Not found or no authDevice.delete access"],
    ["PUT /sessions/ID", "Not found or no session.update access", {}],
    ["POST /sessions/ID/lock", "Not found or no session.lock access"],
  ];
  const said = [];
  for (const [what, , body] of words) {
    const [method, path] = what.replace("ID", id).split(" ") as [string, string];
    const answer = await ada.ask(method, path, { body });
    said.push([what, answer.status, ((await answer.json()) as any).message]);
  }
  expect(said).toEqual(words.map(([what, message]) => [what, message === "Not Found" ? 404 : 400, message]));
});
