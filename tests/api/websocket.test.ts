// Live events over the real socket.io client.                                                                     spec 07, section 9
import { Permission } from "@immich/sdk";
import { io } from "socket.io-client";
import { describe, expect, jpeg, test, until } from "../support/test.ts";
import { personAt } from "../support/person.ts";

test("who connects hears the server's version", async ({ server }) => {
  const ada = await server.user();
  const { next, socket } = await ada.listen();
  expect(await next("on_server_version")).toEqual([{ major: 3, minor: 2, patch: 2, prerelease: null }]);
  expect(socket.io.engine.transport.name).toBe("websocket");
  socket.close();
});

test("an uploaded photo is announced when it can be seen", async ({ server }) => {
  const [ada, bob] = [await server.user(), await server.user()];
  const [mine, theirs] = [await ada.listen(), await bob.listen()];
  const { id } = await ada.upload(jpeg({ make: "Acme" }));
  const [asset] = await mine.next("on_upload_success");
  expect(asset).toMatchObject({ id, thumbhash: expect.any(String), exifInfo: { make: "Acme" } });
  const [ready] = await mine.next("AssetUploadReadyV2");
  expect(ready).toMatchObject({ asset: { id, ownerId: ada.id }, exif: { assetId: id, make: "Acme" } });
  expect((await ada.viewAsset({ id })).size).toBeGreaterThan(0);
  expect(theirs.events.map(({ name }) => name)).toEqual(["on_server_version"]);
  mine.socket.close();
  theirs.socket.close();
});

test("a session hears of its own end", async ({ server }) => {
  const ada = await server.user();
  const phone = await server.login(ada.email);
  const there = await phone.listen();
  const [{ id }] = (await phone.getSessions()).filter(({ current }) => current);
  await there.next("on_server_version");
  await phone.logout();
  expect(await there.next("on_session_delete")).toEqual([id]);
  there.socket.close();
});

describe("without good credentials", () => {
  test.for<[string, Record<string, string>]>([
    ["none", {}],
    ["a wrong token", { authorization: "Bearer wrong" }],
    ["a wrong key", { "x-api-key": "wrong" }],
  ])("(%s) one is told and shown out", async ([, extraHeaders], { server }) => {
    const socket = io(server.url, { path: "/api/socket.io", transports: ["websocket"], extraHeaders, forceNew: true, reconnection: false });
    const heard: unknown[] = [];
    socket.onAny((...event) => heard.push(event));
    await new Promise((done) => socket.once("disconnect", done));
    expect(heard).toEqual([["error", "unauthorized"]]);
    socket.close();
  });

  test("a key needs all permissions", async ({ server }) => {
    const ada = await server.user();
    const weak = await ada.createApiKey({ apiKeyCreateDto: { permissions: [Permission.AssetRead] } });
    const socket = io(server.url, { path: "/api/socket.io", transports: ["websocket"], extraHeaders: { "x-api-key": weak.secret }, forceNew: true });
    await new Promise((done) => socket.once("disconnect", done));
    socket.close();
    const strong = await ada.createApiKey({ apiKeyCreateDto: { permissions: [Permission.All] } });
    const there = await personAt(server.api, { apiKey: strong.secret }).listen();
    await there.next("on_server_version");
    there.socket.close();
  });
});

test("a client may begin with polling and moves on to a websocket", async ({ server }) => {
  const ada = await server.user();
  const socket = io(server.url, { path: "/api/socket.io", extraHeaders: ada.headers, forceNew: true, reconnection: false });
  const heard: string[] = [];
  socket.onAny((name) => heard.push(name));
  await until("the version", () => heard.includes("on_server_version"));
  await until("the upgrade", () => socket.io.engine.transport.name === "websocket");
  const { id } = await ada.upload(jpeg());
  await until("the photo", () => heard.includes("on_upload_success"));
  expect(id).toBeTruthy();
  socket.close();
});

test("a client may poll all the time", async ({ server }) => {
  const ada = await server.user();
  const socket = io(server.url, { path: "/api/socket.io", transports: ["polling"], extraHeaders: ada.headers, forceNew: true, reconnection: false });
  const heard: string[] = [];
  socket.onAny((name) => heard.push(name));
  await until("the version", () => heard.includes("on_server_version"));
  await ada.upload(jpeg());
  await until("the photo", () => heard.includes("on_upload_success"));
  socket.close();
});

test("a cookie is enough", async ({ server }) => {
  const ada = await server.user();
  const extraHeaders = { cookie: `immich_access_token=${ada.accessToken}` };
  const socket = io(server.url, { path: "/api/socket.io", transports: ["websocket"], extraHeaders, forceNew: true });
  const heard: string[] = [];
  socket.onAny((name) => heard.push(name));
  await until("the version", () => heard.includes("on_server_version"));
  socket.close();
});
