// The timeline: months with their counts; a month's photos are fetched when somebody comes near and forgotten when there are too many.
import type { TimeBucketAssetResponseDto } from "../contract";
import { call } from "../lib/api";

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
  count = $state(0);
  /** What is shown may be out of date: it stays until the new photos are here. */
  stale = $state(true);
  private loading?: Promise<void>;

  constructor(readonly month: string) {}

  get title() {
    return new Date(`${this.month}T00:00:00Z`).toLocaleDateString(undefined, { month: "long", year: "numeric", timeZone: "UTC" });
  }

  load(): Promise<void> {
    if (!this.stale && this.photos) return Promise.resolve();
    this.loading ??= this.fetch().finally(() => (this.loading = undefined));
    return this.loading;
  }

  private async fetch() {
    this.stale = false;
    try {
      this.photos = photosOf(await call("getTimeBucket", { timeBucket: this.month, visibility: "timeline" }));
      this.count = this.photos.length;
    } catch (error) {
      this.stale = true;
      throw error;
    }
  }
}

export const timeline = $state<{ months?: Month[]; problem?: string }>({});

/** Reads the months again; each month that is on the screen follows. */
export async function refresh() {
  try {
    const buckets = await call("getTimeBuckets", { visibility: "timeline" });
    const known = new Map(timeline.months?.map((m) => [m.month, m]));
    timeline.months = buckets.map(({ timeBucket, count }) => {
      const month = known.get(timeBucket) ?? new Month(timeBucket);
      month.count = count;
      month.stale = true;
      return month;
    });
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
