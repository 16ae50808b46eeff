// The timeline: months with their counts; a month's photos are fetched when somebody comes near and forgotten when there are too many.
import type { TimeBucketAssetResponseDto } from "../contract";
import { call } from "./api";

export type Photo = {
  id: string;
  ratio: number;
  thumbhash: string | null;
  isImage: boolean;
  isFavorite: boolean;
  duration: number | null;
  takenAt: string;
};

export class Month {
  photos = $state<Photo[]>();
  private loading?: Promise<void>;

  constructor(
    readonly month: string,
    readonly count: number,
  ) {}

  get title() {
    return new Date(`${this.month}T00:00:00Z`).toLocaleDateString(undefined, { month: "long", year: "numeric", timeZone: "UTC" });
  }

  load(): Promise<void> {
    this.loading ??= this.fetch().catch((error) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  private async fetch() {
    this.photos = photosOf(await call("getTimeBucket", { timeBucket: this.month, visibility: "timeline" }));
  }
}

export const timeline = $state<{ months?: Month[]; problem?: string }>({});

/** Reads the months again; those that have not changed keep their photos. */
export async function refresh() {
  try {
    const buckets = await call("getTimeBuckets", { visibility: "timeline" });
    const known = new Map(timeline.months?.map((m) => [`${m.month} ${m.count}`, m]));
    timeline.months = buckets.map((b) => known.get(`${b.timeBucket} ${b.count}`) ?? new Month(b.timeBucket, b.count));
    timeline.problem = undefined;
  } catch {
    timeline.problem = "The timeline could not be loaded.";
  }
}

function photosOf(columns: TimeBucketAssetResponseDto): Photo[] {
  return columns.id.map((id, i) => ({
    id,
    ratio: columns.ratio[i]!,
    thumbhash: columns.thumbhash[i]!,
    isImage: columns.isImage[i]!,
    isFavorite: columns.isFavorite[i]!,
    duration: columns.duration[i]!,
    takenAt: columns.fileCreatedAt[i]!,
  }));
}
