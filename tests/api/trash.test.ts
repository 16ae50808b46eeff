// Deleting, the trash, and coming back.                                                                          spec 02, section 10
import { QueueName } from "@immich/sdk";
import { existsSync } from "node:fs";
import { expect, jpeg, sha1, test, until } from "../support/test.ts";

test("a deleted photo waits in the trash with its file", async ({ server }) => {
  const ada = await server.user();
  const content = jpeg();
  const { id } = await ada.upload(content);
  const { events, socket } = await ada.listen();
  await ada.deleteAssets({ assetBulkDeleteDto: { ids: [id] } });
  expect(await ada.getAssetInfo({ id })).toMatchObject({ isTrashed: true });
  expect(Buffer.from(await (await ada.downloadAsset({ id })).arrayBuffer())).toEqual(content);
  await until("on_asset_trash", () => events.some(({ name, args }) => name === "on_asset_trash" && args[0][0] === id));
  socket.close();
});

test("comes back when it is asked for, or all of them", async ({ server }) => {
  const ada = await server.user();
  const ids = [(await ada.upload(jpeg())).id, (await ada.upload(jpeg())).id, (await ada.upload(jpeg())).id];
  await ada.deleteAssets({ assetBulkDeleteDto: { ids } });
  const { next, socket } = await ada.listen();
  expect(await ada.restoreAssets({ bulkIdsDto: { ids: [ids[0]] } })).toEqual({ count: 1 });
  expect(await next("on_asset_restore")).toEqual([[ids[0]]]);
  expect(await ada.restoreTrash()).toEqual({ count: 2 });
  expect(await ada.restoreTrash()).toEqual({ count: 0 });
  expect(await ada.getAssetStatistics({})).toMatchObject({ total: 3 });
  socket.close();
});

test("is gone for good, with its files and its bytes on the account, when the trash is emptied", async ({ server }) => {
  const ada = await server.user();
  const content = jpeg();
  const [kept, gone] = [await ada.upload(jpeg()), await ada.upload(content)];
  await server.idle();
  const { originalPath } = await ada.getAssetInfo({ id: gone.id });
  const before = (await ada.getMyUser()).quotaUsageInBytes!;
  const { next, socket } = await ada.listen();
  await ada.deleteAssets({ assetBulkDeleteDto: { ids: [gone.id] } });
  expect(await ada.emptyTrash()).toEqual({ count: 1 });
  expect(await next("on_asset_delete")).toEqual([gone.id]);
  await server.idle();
  await expect(ada.getAssetInfo({ id: gone.id })).toFailWith(400);
  expect(existsSync(originalPath)).toBe(false);
  expect(await ada.getMyUser()).toMatchObject({ quotaUsageInBytes: before - content.length });
  expect(await ada.getAssetInfo({ id: kept.id })).toMatchObject({ isTrashed: false });
  expect(await ada.upload(content, { checksum: sha1(content) })).toMatchObject({ status: "created" });
  socket.close();
});

test("is gone at once by force", async ({ server }) => {
  const ada = await server.user();
  const { id } = await ada.upload(jpeg());
  const { events, next, socket } = await ada.listen();
  await ada.deleteAssets({ assetBulkDeleteDto: { ids: [id], force: true } });
  await next("on_asset_delete");
  await expect(ada.getAssetInfo({ id })).toFailWith(400);
  expect(events.map(({ name }) => name)).not.toContain("on_asset_trash");
  socket.close();
});

test("a still duplicate of what is in the trash stays in the trash", async ({ server }) => {
  const ada = await server.user();
  const content = jpeg();
  const { id } = await ada.upload(content);
  await ada.deleteAssets({ assetBulkDeleteDto: { ids: [id] } });
  expect(await ada.upload(content)).toEqual({ id, status: "duplicate" });
  expect(await ada.getAssetInfo({ id })).toMatchObject({ isTrashed: true });
});

test("an empty trash empties", async ({ server }) => {
  expect(await (await server.user()).emptyTrash()).toEqual({ count: 0 });
});

test("what is sent again while it waits to be deleted for good stays", async ({ server }) => {
  const ada = await server.user();
  const content = jpeg();
  const { id } = await ada.upload(content);
  await server.idle();
  await server.pause(QueueName.BackgroundTask);
  await ada.deleteAssets({ assetBulkDeleteDto: { ids: [id], force: true } });
  const check = { assets: [{ id: "a", checksum: sha1(content) }] };
  expect(await ada.checkBulkUpload({ assetBulkUploadCheckDto: check })).toEqual({ results: [{ id: "a", action: "accept" }] });
  const { next, socket } = await ada.listen();
  expect(await ada.upload(content, { checksum: sha1(content) })).toEqual({ id, status: "duplicate" });
  expect(await next("on_asset_restore")).toEqual([[id]]);
  await server.resume(QueueName.BackgroundTask);
  await server.idle();
  expect(await ada.getAssetInfo({ id })).toMatchObject({ isTrashed: false });
  expect(Buffer.from(await (await ada.downloadAsset({ id })).arrayBuffer())).toEqual(content);
  socket.close();
});
