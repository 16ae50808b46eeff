// The pages that are timelines: what each asks the server for, and what belongs on it when something changes.
import type { Operations } from "../contract";
import type { Order, Photo } from "./photo";

export type Kind = "photos" | "recently-added" | "favorites" | "archive" | "trash";

export type Filter = {
  readonly query: Omit<Operations["getTimeBucket"]["in"], "timeBucket">;
  readonly order: Order;
  readonly holds: (photo: Photo) => boolean;
};

const visible = (photo: Photo) => !photo.isTrashed && photo.visibility !== "hidden" && photo.visibility !== "locked";
const main = { visibility: "timeline", withStacked: true, withPartners: true } as const;
const inMain = (photo: Photo) => visible(photo) && photo.visibility === "timeline";

export const filters: Record<Kind, Filter> = {
  photos: { query: main, order: "taken", holds: inMain },
  "recently-added": { query: { ...main, orderBy: "createdAt" }, order: "arrived", holds: inMain },
  favorites: { query: { isFavorite: true, withStacked: true }, order: "taken", holds: (photo) => visible(photo) && photo.isFavorite },
  archive: { query: { visibility: "archive" }, order: "taken", holds: (photo) => visible(photo) && photo.visibility === "archive" },
  trash: { query: { isTrashed: true }, order: "taken", holds: (photo) => photo.isTrashed },
};

export const addressOf = (kind: Kind) => `/${kind}`;

/** The address of one photo over its page. */
export const addressOfPhoto = (kind: Kind, id: string) => (kind === "photos" ? `/photos/${id}` : `/${kind}/photos/${id}`);
