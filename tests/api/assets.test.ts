// What is known of an asset, and changing it.                                                                spec 02, sections 6 and 7
import { AssetJobName, AssetVisibility } from "@immich/sdk";
import { describe, expect, jpeg, mp4, png, test, until } from "../support/test.ts";

describe("what a photo tells of itself", () => {
  test("comes from its EXIF", async ({ server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(
      jpeg({
        taken: "2023:06:07 18:30:15",
        offset: "+02:00",
        make: "Acme",
        model: "Pinhole",
        lens: "Hole 0.3",
        orientation: 6,
        iso: 400,
        aperture: 2.8,
        latitude: 52.5163,
        longitude: 13.3777,
        description: "The gate",
        rating: 5,
      }),
    );
    await server.idle();
    const photo = await ada.getAssetInfo({ id });
    expect(photo).toMatchObject({
      fileCreatedAt: "2023-06-07T16:30:15.000Z",
      localDateTime: "2023-06-07T18:30:15.000Z",
      width: 240,
      height: 320,
      duration: null,
      thumbhash: expect.stringMatching(/^[\w+/]+=*$/),
      hasMetadata: true,
      people: [],
      tags: [],
      stack: null,
      owner: { id: ada.id },
    });
    expect(photo.exifInfo).toMatchObject({
      make: "Acme",
      model: "Pinhole",
      lensModel: "Hole 0.3",
      orientation: "6",
      iso: 400,
      fNumber: 2.8,
      exifImageWidth: 320,
      exifImageHeight: 240,
      timeZone: "UTC+2",
      description: "The gate",
      rating: 5,
      fileSizeInByte: expect.any(Number),
    });
    expect(new Date(photo.exifInfo!.dateTimeOriginal!)).toEqual(new Date("2023-06-07T16:30:15Z"));
    expect(photo.exifInfo!.latitude).toBeCloseTo(52.5163, 3);
    expect(photo.exifInfo!.longitude).toBeCloseTo(13.3777, 3);
  });

  test("without EXIF is what the sender said", async ({ server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(png(40, 30), { filename: "plain.png", fileCreatedAt: "2019-05-06T07:08:09.000Z", fileModifiedAt: "2019-05-06T07:08:09.000Z" });
    await server.idle();
    expect(await ada.getAssetInfo({ id })).toMatchObject({ width: 40, height: 30, fileCreatedAt: "2019-05-06T07:08:09.000Z" });
  });

  test("a film knows its length and size", async ({ server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(mp4({ seconds: 2, width: 320, height: 240 }), { filename: "film.mp4" });
    await server.idle();
    const film = await ada.getAssetInfo({ id });
    expect(film).toMatchObject({ type: "VIDEO", width: 320, height: 240, fileCreatedAt: "2024-03-04T05:06:07.000Z", thumbhash: expect.any(String) });
    expect(film.duration as unknown as number).toBeGreaterThan(1900);
    expect(film.duration as unknown as number).toBeLessThan(2200);
  });
});

describe("who may see it", () => {
  test("the owner, and to all others it does not exist", async ({ server }) => {
    const [ada, bob, admin] = [await server.user(), await server.user(), await server.admin()];
    const { id } = await ada.upload(jpeg());
    for (const other of [bob, admin]) await expect(other.getAssetInfo({ id })).toFailWith(400, "Not found or no asset.read access");
    await expect(bob.updateAsset({ id, updateAssetDto: { isFavorite: true } })).toFailWith(400, "Not found or no asset.update access");
    await expect(bob.deleteAssets({ assetBulkDeleteDto: { ids: [id] } })).toFailWith(400, "Not found or no asset.delete access");
    await expect(bob.downloadAsset({ id })).toFailWith(404, "Not Found");
    await expect(bob.viewAsset({ id })).toFailWith(400, "Not found or no asset.view access");
  });

  test("a locked photo only after the PIN code", async ({ server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(jpeg());
    await ada.updateAsset({ id, updateAssetDto: { visibility: AssetVisibility.Locked } });
    await expect(ada.getAssetInfo({ id })).toFailWith(400, "Not found or no asset.read access");
    await expect(ada.getAssetStatistics({ visibility: AssetVisibility.Locked })).toFailWith(401, "Elevated permission is required");
    await ada.setupPinCode({ pinCodeSetupDto: { pinCode: "123456" } });
    await ada.unlockAuthSession({ sessionUnlockDto: { pinCode: "123456" } });
    expect(await ada.getAssetInfo({ id })).toMatchObject({ visibility: "locked" });
    expect(await ada.getAssetStatistics({ visibility: AssetVisibility.Locked })).toMatchObject({ total: 1 });
  });
});

describe("changing", () => {
  test("a favourite stays one", async ({ server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(jpeg());
    expect(await ada.updateAsset({ id, updateAssetDto: { isFavorite: true } })).toMatchObject({ id, isFavorite: true });
    expect(await ada.getAssetInfo({ id })).toMatchObject({ isFavorite: true });
    expect(await ada.getAssetStatistics({ isFavorite: true })).toEqual({ images: 1, videos: 0, total: 1 });
  });

  test("description, rating, date and place are kept over a new look at the file", async ({ server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(jpeg({ taken: "2020:01:01 00:00:00", description: "old" }));
    await server.idle();
    const { socket, next } = await ada.listen();
    const changed = await ada.updateAsset({
      id,
      updateAssetDto: { description: "new", rating: 3, dateTimeOriginal: "2021-02-03T04:05:06+05:30", latitude: 19.1, longitude: 72.9 },
    });
    expect(changed.exifInfo).toMatchObject({ description: "new", rating: 3, latitude: 19.1, longitude: 72.9, timeZone: "UTC+5:30" });
    const [updated] = await next("on_asset_update");
    expect(updated).toMatchObject({ id });
    await server.idle();
    await ada.runAssetJobs({ assetJobsDto: { assetIds: [id], name: AssetJobName.RefreshMetadata } });
    await server.idle();
    const photo = await ada.getAssetInfo({ id });
    expect(photo.exifInfo).toMatchObject({ description: "new", rating: 3, latitude: 19.1, longitude: 72.9 });
    expect(new Date(photo.exifInfo!.dateTimeOriginal!)).toEqual(new Date("2021-02-02T22:35:06Z"));
    expect(photo).toMatchObject({ fileCreatedAt: "2021-02-02T22:35:06.000Z", localDateTime: "2021-02-03T04:05:06.000Z" });
    socket.close();
  });

  test("a place has both coordinates and a rating is never zero", async ({ server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(jpeg());
    const issue = (message: string) => ({ errors: [expect.objectContaining({ message })] });
    await expect(ada.updateAsset({ id, updateAssetDto: { latitude: 1 } })).toFailWith(400, issue("Latitude and longitude must be provided together"));
    await expect(ada.updateAsset({ id, updateAssetDto: { rating: 0 } })).toFailWith(
      400,
      issue("Rating must be -1 (rejected), 1–5 (starred), or null (unrated); 0 is not valid"),
    );
  });

  test("many at once, all or none", async ({ server }) => {
    const [ada, bob] = [await server.user(), await server.user()];
    const ids = [(await ada.upload(jpeg())).id, (await ada.upload(jpeg())).id];
    const foreign = (await bob.upload(jpeg())).id;
    await expect(ada.updateAssets({ assetBulkUpdateDto: { ids: [...ids, foreign], isFavorite: true } })).toFailWith(400, "Not found or no asset.update access");
    expect(await ada.getAssetStatistics({ isFavorite: true })).toMatchObject({ total: 0 });
    await ada.updateAssets({ assetBulkUpdateDto: { ids, isFavorite: true, visibility: AssetVisibility.Archive } });
    expect(await ada.getAssetStatistics({ isFavorite: true, visibility: AssetVisibility.Archive })).toMatchObject({ total: 2 });
  });

  test("the hours of many move together", async ({ server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(jpeg({ taken: "2020:01:01 12:00:00", offset: "+00:00" }));
    await server.idle();
    await ada.updateAssets({ assetBulkUpdateDto: { ids: [id], dateTimeRelative: -90 } });
    await server.idle();
    expect(await ada.getAssetInfo({ id })).toMatchObject({ localDateTime: "2020-01-01T10:30:00.000Z" });
  });
});

test("statistics count pictures and films, the archive too, not the trash", async ({ server }) => {
  const ada = await server.user();
  const [first, second] = [await ada.upload(jpeg()), await ada.upload(jpeg(), { visibility: AssetVisibility.Archive })];
  await ada.upload(mp4(), { filename: "film.mp4" });
  expect(await ada.getAssetStatistics({})).toEqual({ images: 2, videos: 1, total: 3 });
  expect(await ada.getAssetStatistics({ visibility: AssetVisibility.Archive })).toEqual({ images: 1, videos: 0, total: 1 });
  await ada.deleteAssets({ assetBulkDeleteDto: { ids: [first.id] } });
  expect(await ada.getAssetStatistics({})).toEqual({ images: 1, videos: 1, total: 2 });
  expect(await ada.getAssetStatistics({ isTrashed: true })).toEqual({ images: 1, videos: 0, total: 1 });
  expect(second.id).not.toBe(first.id);
});

test("a film's frames become its picture", async ({ server }) => {
  const ada = await server.user();
  const { id } = await ada.upload(mp4({ seconds: 3 }), { filename: "film.mp4" });
  await server.idle();
  const preview = await until("the preview", () => ada.viewAsset({ id }));
  expect(preview.type).toBe("image/webp");
});

test("clients keep notes of their own on a photo", async ({ server }) => {
  const ada = await server.user();
  const { id } = await ada.upload(jpeg());
  const items = [{ key: "mobile-app", value: { iCloudId: "x\u0000y" } }];
  expect(await ada.updateAssetMetadata({ id, assetMetadataUpsertDto: { items } })).toMatchObject([{ key: "mobile-app", value: { iCloudId: "xy" } }]);
  expect(await ada.getAssetMetadataByKey({ id, key: "mobile-app" })).toMatchObject({ value: { iCloudId: "xy" } });
  await ada.deleteAssetMetadata({ id, key: "mobile-app" });
  expect(await ada.getAssetMetadata({ id })).toEqual([]);
  await expect(ada.getAssetMetadataByKey({ id, key: "mobile-app" })).toFailWith(400, `Metadata with key "mobile-app" not found for asset with id "${id}"`);
});

test("a text with a NUL loses it, as databases cannot hold one", async ({ server }) => {
  const ada = await server.user();
  const { id } = await ada.upload(jpeg(), { filename: "a\u0000b.jpg" });
  expect(await ada.getAssetInfo({ id })).toMatchObject({ originalFileName: "ab.jpg" });
  const photo = await ada.updateAsset({ id, updateAssetDto: { description: "sea\u0000side" } });
  expect(photo.exifInfo).toMatchObject({ description: "seaside" });
});
