// Searching by what is known of a photo.                                                        spec 03, section 7; spec 12, section 3
import { AssetOrder, AssetTypeEnum, AssetVisibility, type MetadataSearchDto } from "@immich/sdk";
import { describe, expect, jpeg, mp4, sha1, test, type Person } from "../support/test.ts";

const found = async (person: Person, metadataSearchDto: MetadataSearchDto) =>
  (await person.searchAssets({ metadataSearchDto })).assets.items.map(({ id }) => id);
const day = (n: number) => `2024-01-${String(n).padStart(2, "0")}T00:00:00.000Z`;
const on = (person: Person, n: number, more = {}) => person.upload(jpeg(), { fileCreatedAt: day(n), fileModifiedAt: day(n), ...more });

describe("a search by the flat fields", () => {
  test("finds everything but the trash, newest first, and pages through it", async ({ server }) => {
    const ada = await server.user();
    const ids = [];
    for (let n = 1; n <= 5; n++) ids.push((await on(ada, n)).id);
    await ada.deleteAssets({ assetBulkDeleteDto: { ids: [ids[4]] } });
    expect(await found(ada, {})).toEqual([ids[3], ids[2], ids[1], ids[0]]);
    expect(await found(ada, { order: AssetOrder.Asc })).toEqual([ids[0], ids[1], ids[2], ids[3]]);
    expect(await found(ada, { withDeleted: true })).toHaveLength(5);

    const first = await ada.searchAssets({ metadataSearchDto: { size: 3 } });
    expect(first).toMatchObject({
      albums: { total: 0, count: 0, items: [], facets: [] },
      assets: { total: 3, count: 3, facets: [], nextPage: "2", nextCursor: null },
    });
    const second = await ada.searchAssets({ metadataSearchDto: { size: 3, page: 2 } });
    expect(second.assets).toMatchObject({ count: 1, nextPage: null, items: [{ id: ids[0] }] });
  });

  test("knows names, kinds, dates, favourites and checksums", async ({ server }) => {
    const ada = await server.user();
    const content = jpeg();
    const sea = (await ada.upload(content, { filename: "Überraschung am Meer.jpg", isFavorite: true, fileCreatedAt: day(3), fileModifiedAt: day(3) })).id;
    const film = (await ada.upload(mp4({ taken: day(10) }), { filename: "film.mp4", fileCreatedAt: day(10), fileModifiedAt: day(10) })).id;
    const old = (await on(ada, 1, { visibility: AssetVisibility.Archive })).id;
    expect(await found(ada, { originalFileName: "uberraschung" })).toEqual([sea]);
    expect(await found(ada, { type: AssetTypeEnum.Video })).toEqual([film]);
    expect(await found(ada, { isFavorite: true })).toEqual([sea]);
    expect(await found(ada, { checksum: sha1(content, "hex") })).toEqual([sea]);
    expect(await found(ada, { id: old })).toEqual([old]);
    expect(await found(ada, { visibility: AssetVisibility.Archive })).toEqual([old]);
    expect(await found(ada, { takenAfter: day(2), takenBefore: day(4) })).toEqual([sea]);
    await expect(ada.searchAssets({ metadataSearchDto: { visibility: AssetVisibility.Locked } })).toFailWith(401, "Elevated permission is required");
  });

  test("knows cameras and descriptions once they were read", async ({ server }) => {
    const ada = await server.user();
    const acme = (await ada.upload(jpeg({ make: "Acme", model: "One", lens: "50mm", description: "The old café" }))).id;
    const other = (await ada.upload(jpeg({ make: "Other" }))).id;
    await server.idle();
    expect(await found(ada, { make: "Acme" })).toEqual([acme]);
    expect(await found(ada, { make: "acme" })).toEqual([]);
    expect(await found(ada, { model: null })).toEqual([other]);
    expect(await found(ada, { lensModel: "50mm" })).toEqual([acme]);
    expect(await found(ada, { description: "CAFE" })).toEqual([acme]);
    const [photo] = (await ada.searchAssets({ metadataSearchDto: { make: "Acme", withExif: true } })).assets.items;
    expect(photo.exifInfo).toMatchObject({ make: "Acme", model: "One" });
    expect(photo).not.toHaveProperty("owner");
  });

  test("does not see other people's photos", async ({ server }) => {
    const [ada, bob] = [await server.user(), await server.user()];
    const { id } = await bob.upload(jpeg());
    expect(await found(ada, { id })).toEqual([]);
  });

  test("pages of at most a thousand", async ({ server }) => {
    const ada = await server.user();
    const issue = { errors: [expect.objectContaining({ path: ["size"], message: "Too big: expected number to be <=1000" })] };
    await expect(ada.searchAssets({ metadataSearchDto: { size: 1001 } })).toFailWith(400, issue);
  });
});
