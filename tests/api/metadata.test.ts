// What files say of themselves and of each other: sidecars, tags, live photos and motion photos.                  spec 06, sections 4 and 5
import { AssetJobName, AssetVisibility } from "@immich/sdk";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, jpeg, mp4, sha1, test, type Person } from "../support/test.ts";

/** A JPEG with these XMP properties, as RDF. */
const withXmp = (rdf: string, namespaces = "") => {
  const packet = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" ${namespaces}>${rdf}</rdf:Description></rdf:RDF></x:xmpmeta>`;
  return { packet, photo: inJpeg(packet) };
};

const inJpeg = (packet: string) => {
  const content = Buffer.from(`http://ns.adobe.com/xap/1.0/\0${packet}`);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  const plain = jpeg();
  return Buffer.concat([plain.subarray(0, 2), head, content, plain.subarray(2)]);
};

const bag = (name: string, values: string[]) => `<${name}><rdf:Bag>${values.map((value) => `<rdf:li>${value}</rdf:li>`).join("")}</rdf:Bag></${name}>`;
const tagsOf = async (person: Person, id: string) => (await person.getAssetInfo({ id })).tags!.map((tag) => tag.value).sort();
const refresh = (person: Person, id: string) => person.runAssetJobs({ assetJobsDto: { assetIds: [id], name: AssetJobName.RefreshMetadata } });

describe("a sidecar", () => {
  test("that the server changes keeps what other programs wrote into it", async ({ server }) => {
    const ada = await server.user();
    const { packet } = withXmp("<xmp:Label>Red</xmp:Label><xmp:Rating>2</xmp:Rating><photoshop:City>Wien</photoshop:City>");
    const { id } = await ada.upload(jpeg({ make: "Acme" }), { sidecarData: new Blob([packet]) });
    await server.idle();
    await ada.updateAsset({ id, updateAssetDto: { description: 'A "quiet", <cold> sea & sky' } });
    await server.idle();
    const photo = await ada.getAssetInfo({ id });
    expect(photo.exifInfo).toMatchObject({ description: 'A "quiet", <cold> sea & sky', rating: 2, make: "Acme" });
    const text = await sidecarOf(ada, id);
    expect(text).toContain("Red");
    expect(text).toContain("Wien");
  });

  test("brings its date with its zone, and the photo's own is forgotten", async ({ server }) => {
    const ada = await server.user();
    const { packet } = withXmp("<photoshop:DateCreated>2000-09-27T14:35:33+02:00</photoshop:DateCreated>");
    const { id } = await ada.upload(jpeg({ taken: "2023:06:07 18:30:15", offset: "-05:00" }), { sidecarData: new Blob([packet]) });
    await server.idle();
    expect(await ada.getAssetInfo({ id })).toMatchObject({
      fileCreatedAt: "2000-09-27T12:35:33.000Z",
      localDateTime: "2000-09-27T14:35:33.000Z",
      exifInfo: { timeZone: "UTC+2" },
    });
  });

  test("that is no XMP changes nothing, and the photo goes its way", async ({ server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(jpeg({ make: "Acme" }), { sidecarData: new Blob(["hello"]) });
    await server.idle();
    expect(await ada.getAssetInfo({ id })).toMatchObject({ exifInfo: { make: "Acme" }, thumbhash: expect.any(String) });
  });

  test("that can't be written keeps the edit", async ({ server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(jpeg({ description: "old" }));
    await server.idle();
    const { originalPath } = await ada.getAssetInfo({ id });
    mkdirSync(`${originalPath}.xmp`);
    await ada.updateAsset({ id, updateAssetDto: { description: "new" } });
    await server.idle();
    await refresh(ada, id);
    await server.idle();
    expect((await ada.getAssetInfo({ id })).exifInfo).toMatchObject({ description: "new" });
    rmSync(`${originalPath}.xmp`, { recursive: true });
    await ada.updateAsset({ id, updateAssetDto: { rating: 3 } });
    await server.idle();
    expect((await ada.getAssetInfo({ id })).exifInfo).toMatchObject({ description: "new", rating: 3 });
    expect(readFileSync(`${originalPath}.xmp`, "utf8")).toContain("new");
  });
});

const sidecarOf = async (person: Person, id: string) => {
  const folder = dirname(dirname(dirname((await person.getAssetInfo({ id })).originalPath)));
  const found = execFileSync("find", [folder, "-name", "*.xmp"], { encoding: "utf8" }).trim().split("\n");
  return found.map((path) => readFileSync(path, "utf8")).join("\n");
};

describe("tags", () => {
  test("are a tree, of which the photo has the leaves", async ({ server }) => {
    const ada = await server.user();
    const { photo } = withXmp(bag("digiKam:TagsList", ["Places/Wien", "Places/Wien/Prater", "2024"]) + bag("dc:subject", ["ignored"]));
    const { id } = await ada.upload(photo);
    await server.idle();
    expect(await tagsOf(ada, id)).toEqual(["2024", "Places/Wien", "Places/Wien/Prater"]);
    const info = await ada.getAssetInfo({ id });
    const leaf = info.tags!.find((tag) => tag.value === "Places/Wien/Prater")!;
    expect(leaf).toMatchObject({ name: "Prater", parentId: info.tags!.find((tag) => tag.value === "Places/Wien")!.id });
  });

  test("of Lightroom have levels too", async ({ server }) => {
    const ada = await server.user();
    const { photo } = withXmp(bag("lr:hierarchicalSubject", ["Places|A/B", "Sea"]) + bag("dc:subject", ["Sea"]));
    const { id } = await ada.upload(photo);
    await server.idle();
    expect(await tagsOf(ada, id)).toEqual(["Places/A|B", "Sea"]);
  });

  test("are read again whole", async ({ server }) => {
    const ada = await server.user();
    const { packet } = withXmp(bag("dc:subject", ["new", "shared"]));
    const first = await ada.upload(withXmp(bag("dc:subject", ["old", "shared"])).photo);
    const second = await ada.upload(withXmp(bag("dc:subject", ["old", "shared"])).photo, { sidecarData: new Blob([packet]) });
    await server.idle();
    expect(await tagsOf(ada, first.id)).toEqual(["old", "shared"]);
    expect(await tagsOf(ada, second.id)).toEqual(["new", "shared"]);
    await refresh(ada, second.id);
    await server.idle();
    expect(await tagsOf(ada, second.id)).toEqual(["new", "shared"]);
  });
});

describe("a live photo", () => {
  const apple = 'xmlns:apple="http://example.org/apple/"';
  const still = (cid: string) => withXmp(`<apple:ContentIdentifier>${cid}</apple:ContentIdentifier>`, apple).photo;
  const film = (cid: string) => {
    const folder = mkdtempSync(join(tmpdir(), "calotype-live-"));
    try {
      const file = join(folder, "live.mov");
      execFileSync("ffmpeg", [
        ...["-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1", "-pix_fmt", "yuv420p", "-metadata"],
        ...[`com.apple.quicktime.content.identifier=${cid}`, "-movflags", "use_metadata_tags", file],
      ]);
      return readFileSync(file);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test.for(["photo first", "video first", "both at once"])("finds its other half: %s", async (order, { server }) => {
    const ada = await server.user();
    const cid = `CID-${order}`;
    const photo = () => ada.upload(still(cid), { filename: "IMG_1.jpg" });
    const video = () => ada.upload(film(cid), { filename: "IMG_1.mov" });
    let halves: { id: string }[];
    if (order === "both at once") {
      halves = await Promise.all([photo(), video()]);
    } else {
      const first = await (order === "photo first" ? photo() : video());
      await server.idle();
      const second = await (order === "photo first" ? video() : photo());
      halves = order === "photo first" ? [first, second] : [second, first];
    }
    await server.idle();
    expect(await ada.getAssetInfo({ id: halves[0].id })).toMatchObject({ livePhotoVideoId: halves[1].id, visibility: "timeline" });
    expect(await ada.getAssetInfo({ id: halves[1].id })).toMatchObject({ visibility: "hidden" });
  });

  test("has nothing to do with another person's", async ({ server }) => {
    const ada = await server.user();
    const bob = await server.user();
    const photo = await ada.upload(still("CID-2"));
    const video = await bob.upload(film("CID-2"), { filename: "a.mov" });
    await server.idle();
    expect((await ada.getAssetInfo({ id: photo.id })).livePhotoVideoId).toBeNull();
    expect(await bob.getAssetInfo({ id: video.id })).toMatchObject({ visibility: "timeline" });
  });
});

describe("a motion photo", () => {
  const video = mp4();
  const { photo } = withXmp(`<GCamera:MicroVideo>1</GCamera:MicroVideo><GCamera:MicroVideoOffset>${video.length}</GCamera:MicroVideoOffset>`);
  const motion = (text: string) => Buffer.concat([photo, Buffer.from(text), video]);

  test("gives away the video behind it", async ({ server }) => {
    const ada = await server.user();
    const content = motion("one");
    const { id } = await ada.upload(content, { filename: "PXL_1.MP.jpg" });
    await server.idle();
    const { livePhotoVideoId } = await ada.getAssetInfo({ id });
    const hidden = await ada.getAssetInfo({ id: livePhotoVideoId! });
    expect(hidden).toMatchObject({
      type: "VIDEO",
      visibility: AssetVisibility.Hidden,
      originalFileName: "PXL_1.MP.mp4",
      checksum: sha1(video),
      duration: expect.any(Number),
      width: 320,
      height: 240,
    });
    expect(readFileSync(hidden.originalPath)).toEqual(video);
    expect(await ada.getMyUser()).toMatchObject({ quotaUsageInBytes: content.length + video.length });
  });

  test("shares its video with another that has the same, and is not asked twice", async ({ server }) => {
    const ada = await server.user();
    const first = await ada.upload(motion("one"));
    await server.idle();
    const second = await ada.upload(motion("two"));
    await server.idle();
    await refresh(ada, first.id);
    await server.idle();
    const { livePhotoVideoId } = await ada.getAssetInfo({ id: first.id });
    expect(livePhotoVideoId).not.toBeNull();
    expect(await ada.getAssetInfo({ id: second.id })).toMatchObject({ livePhotoVideoId });
    expect(await ada.getAssetStatistics({ visibility: AssetVisibility.Hidden })).toMatchObject({ videos: 1 });
  });

  test.for([0, 1, 2])("that lost its video is a photo (%s)", async (more, { server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(Buffer.concat([photo, Buffer.alloc(more * video.length)]));
    await server.idle();
    expect(await ada.getAssetInfo({ id })).toMatchObject({ livePhotoVideoId: null, thumbhash: expect.any(String) });
    expect(await ada.getAssetStatistics({ visibility: AssetVisibility.Hidden })).toMatchObject({ videos: 0 });
  });
});

describe("where it was taken", () => {
  test("is when it was taken there", async ({ server }) => {
    const ada = await server.user();
    const { id } = await ada.upload(jpeg({ taken: "2023:11:15 04:30:00", latitude: 37.7749, longitude: -122.4194 }));
    await server.idle();
    expect(await ada.getAssetInfo({ id })).toMatchObject({
      fileCreatedAt: "2023-11-15T12:30:00.000Z",
      localDateTime: "2023-11-15T04:30:00.000Z",
      exifInfo: { timeZone: "America/Los_Angeles" },
    });
  });
});
