// The timeline: months with counts, and one month's columns.                                                     spec 02, section 15
import { AssetOrder, AssetVisibility } from "@immich/sdk";
import { describe, expect, jpeg, mp4, test, type Person } from "../support/test.ts";

const at = (person: Person, taken: string, more = {}) => person.upload(jpeg(), { fileCreatedAt: taken, fileModifiedAt: taken, ...more });

describe("months", () => {
  test("are counted, newest first, or oldest first if asked", async ({ server }) => {
    const ada = await server.user();
    expect(await ada.getTimeBuckets({})).toEqual([]);
    await at(ada, "2024-02-01T00:00:00Z");
    await at(ada, "2024-02-29T23:59:59.999Z");
    await at(ada, "2023-12-31T12:00:00Z");
    const months = [
      { timeBucket: "2024-02-01", count: 2 },
      { timeBucket: "2023-12-01", count: 1 },
    ];
    expect(await ada.getTimeBuckets({})).toEqual(months);
    expect(await ada.getTimeBuckets({ order: AssetOrder.Asc })).toEqual(months.toReversed());
  });

  test("leave out what is hidden, locked or in the trash, unless that is asked for", async ({ server }) => {
    const ada = await server.user();
    const gone = await at(ada, "2024-01-01T00:00:00Z");
    await at(ada, "2024-02-01T00:00:00Z", { visibility: AssetVisibility.Archive });
    await at(ada, "2024-03-01T00:00:00Z", { visibility: AssetVisibility.Hidden });
    await at(ada, "2024-04-01T00:00:00Z", { isFavorite: true });
    await ada.deleteAssets({ assetBulkDeleteDto: { ids: [gone.id] } });
    const months = async (query: Parameters<Person["getTimeBuckets"]>[0]) => (await ada.getTimeBuckets(query)).map(({ timeBucket }) => timeBucket);
    expect(await months({})).toEqual(["2024-04-01", "2024-02-01"]);
    expect(await months({ visibility: AssetVisibility.Timeline })).toEqual(["2024-04-01"]);
    expect(await months({ visibility: AssetVisibility.Archive })).toEqual(["2024-02-01"]);
    expect(await months({ isFavorite: true })).toEqual(["2024-04-01"]);
    expect(await months({ isTrashed: true })).toEqual(["2024-01-01"]);
    await expect(ada.getTimeBuckets({ visibility: AssetVisibility.Locked })).toFailWith(401, "Elevated permission is required");
  });

  test("are one's own", async ({ server }) => {
    const [ada, bob] = [await server.user(), await server.user()];
    await at(bob, "2024-01-01T00:00:00Z");
    expect(await ada.getTimeBuckets({})).toEqual([]);
    await expect(ada.getTimeBuckets({ userId: bob.id })).toFailWith(400, "Not found or no timeline.read access");
  });

  test("with partners are no place for favourites or the archive", async ({ server }) => {
    const ada = await server.user();
    await expect(ada.getTimeBuckets({ withPartners: true, isFavorite: true, visibility: AssetVisibility.Timeline })).toFailWith(
      400,
      "withPartners is only supported for non-archived, non-trashed, non-favorited, non-locked assets",
    );
  });
});

describe("a month", () => {
  test("is columns of equal length, newest first", async ({ server }) => {
    const ada = await server.user();
    const older = await at(ada, "2024-05-06T07:08:09Z");
    const photo = await ada.upload(jpeg({ taken: "2024:05:31 23:30:00", offset: "+05:30", width: 320, height: 240 }), { isFavorite: true });
    const film = await ada.upload(mp4({ taken: "2024-05-10T10:00:00Z" }), { filename: "film.mp4" });
    await server.idle();
    const month = await ada.getTimeBucket({ timeBucket: "2024-05-01" });
    expect(month).toMatchObject({
      id: [photo.id, film.id, older.id],
      ownerId: [ada.id, ada.id, ada.id],
      isFavorite: [true, false, false],
      isImage: [true, false, true],
      isTrashed: [false, false, false],
      visibility: ["timeline", "timeline", "timeline"],
      ratio: [1.333, 1.333, 1.333],
      livePhotoVideoId: [null, null, null],
      fileCreatedAt: ["2024-05-31T18:00:00", "2024-05-10T10:00:00", "2024-05-06T07:08:09"],
      localOffsetHours: [5.5, 0, 0],
      city: [null, null, null],
    });
    expect(month.duration[0]).toBeNull();
    expect(month.thumbhash.every((hash) => hash)).toBe(true);
    expect(month).not.toHaveProperty("stack");
    expect(month).not.toHaveProperty("latitude");
  });

  test("has coordinates for who asks, and none otherwise", async ({ server }) => {
    const ada = await server.user();
    await ada.upload(jpeg({ taken: "2024:05:31 12:00:00", latitude: 10.5, longitude: -20.25 }));
    await server.idle();
    const month = await ada.getTimeBucket({ timeBucket: "2024-05-01", withCoordinates: true });
    expect([month.latitude![0], month.longitude![0]]).toEqual([expect.closeTo(10.5, 3), expect.closeTo(-20.25, 3)]);
  });

  test("that has nothing is empty columns", async ({ server }) => {
    const ada = await server.user();
    const month = await ada.getTimeBucket({ timeBucket: "1999-01-01" });
    expect(Object.values(month).every((column) => Array.isArray(column) && column.length === 0)).toBe(true);
  });
});
