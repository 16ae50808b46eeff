// What the timeline knows of one photo or video, made from a month's columns or from a whole asset.
import type { AssetResponseDto, AssetVisibility, TimeBucketAssetResponseDto } from "../contract";

export type Photo = {
  readonly id: string;
  readonly ownerId: string;
  /** width / height, as it is shown */
  readonly ratio: number;
  readonly thumbhash: string | null;
  readonly isImage: boolean;
  readonly isFavorite: boolean;
  readonly isTrashed: boolean;
  readonly visibility: AssetVisibility;
  /** milliseconds, of a video */
  readonly duration: number | null;
  /** the video that belongs to a live photo */
  readonly motionId: string | null;
  readonly isPanorama: boolean;
  /** how many photos this one stands for */
  readonly stacked: number;
  readonly place: string | null;
  /** What it is sorted by: the moment it was taken, and the photographer's wall clock as if it were UTC; or, on pages ordered by arrival, when it came. */
  readonly moment: number;
  readonly wallClock: number;
  /** When it came here, in milliseconds. */
  readonly uploaded: number;
};

/** What a page is ordered by. */
export type Order = "taken" | "arrived";

export const DAY = 86_400_000;

/** Milliseconds after which a photo without a thumbhash is hardly still in work. */
const PREPARING = 10 * 60_000;

/** Its pictures are probably being made. Later on they are asked for: if there are none, none could be made. */
export const isPreparing = (photo: Photo) => !photo.thumbhash && Date.now() - photo.uploaded < PREPARING;

/** Why there is no picture of it to be seen: the key of a message. */
export const whyMissing = (photo: Photo) => (isPreparing(photo) ? "timeline.preparing" : photo.thumbhash ? "timeline.broken" : "timeline.noPreview");

export const dayOf = (photo: Photo) => Math.floor(photo.wallClock / DAY);

/** The time bucket of a wall clock: 2024-05-01. */
export const monthKey = (wallClock: number) => `${new Date(wallClock).toISOString().slice(0, -16)}01`;

/** Newest day first, in a day the newest moment first: the order of the server. */
export const newestFirst = (a: Photo, b: Photo) => dayOf(b) - dayOf(a) || b.moment - a.moment;

export function photosOf(columns: TimeBucketAssetResponseDto, order: Order): Photo[] {
  return columns.id.map((id, i) => {
    const uploaded = Date.parse(`${columns.createdAt[i]}Z`);
    const moment = order === "taken" ? Date.parse(`${columns.fileCreatedAt[i]}Z`) : uploaded;
    return {
      id,
      ownerId: columns.ownerId[i]!,
      ratio: columns.ratio[i]!,
      thumbhash: columns.thumbhash[i] ?? null,
      isImage: columns.isImage[i]!,
      isFavorite: columns.isFavorite[i]!,
      isTrashed: columns.isTrashed[i]!,
      visibility: columns.visibility[i]!,
      duration: columns.duration[i] ?? null,
      motionId: columns.livePhotoVideoId[i] ?? null,
      isPanorama: columns.projectionType[i] === "EQUIRECTANGULAR",
      stacked: Number(columns.stack?.[i]?.[1] ?? 0),
      place: columns.city?.[i] ?? columns.country?.[i] ?? null,
      moment,
      wallClock: order === "taken" ? moment + columns.localOffsetHours[i]! * 3_600_000 : moment,
      uploaded,
    };
  });
}

export function photoOf(asset: AssetResponseDto, order: Order): Photo {
  const { exifInfo: exif, width, height } = asset;
  return {
    id: asset.id,
    ownerId: asset.ownerId,
    ratio: width && height ? width / height : 1,
    thumbhash: asset.thumbhash,
    isImage: asset.type === "IMAGE",
    isFavorite: asset.isFavorite,
    isTrashed: asset.isTrashed,
    visibility: asset.visibility,
    duration: asset.duration,
    motionId: asset.livePhotoVideoId ?? null,
    isPanorama: exif?.projectionType === "EQUIRECTANGULAR",
    stacked: asset.stack?.assetCount ?? 0,
    place: exif?.city ?? exif?.country ?? null,
    moment: Date.parse(order === "taken" ? asset.fileCreatedAt : asset.createdAt),
    wallClock: Date.parse(order === "taken" ? asset.localDateTime : asset.createdAt),
    uploaded: Date.parse(asset.createdAt),
  };
}
