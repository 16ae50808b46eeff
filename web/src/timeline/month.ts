// One month: how many photos it has, the photos themselves while somebody is near, and their places.
import { call } from "../lib/api";
import type { Filter } from "./filters";
import { estimateHeight, layoutMonth, type MonthLayout, type Style } from "./month-layout";
import { newestFirst, photosOf, type Photo } from "./photo";

export class Month {
  photos?: Photo[];
  layout?: MonthLayout;
  height = 0;
  /** What is here may be out of date: it stays until the newer is here. */
  stale = false;
  failed = false;
  private request?: { done: Promise<Photo[]>; abort: AbortController; needed: boolean };

  constructor(
    readonly key: string,
    public count: number,
  ) {}

  /** Noon of its first day, UTC, for titles. */
  get date() {
    const [year, month] = this.key.split("-").map(Number) as [number, number];
    return new Date(Date.UTC(year, month - 1, 1, 12));
  }

  get loading() {
    return this.request !== undefined;
  }

  /** needed: the answer is waited for wherever the window moves; otherwise `leave` ends the request. */
  fetch({ query, order }: Filter, needed: boolean): Promise<Photo[]> {
    if (!this.request) {
      const abort = new AbortController();
      const done = call("getTimeBucket", { ...query, timeBucket: this.key }, abort.signal).then((columns) => photosOf(columns, order));
      const request = (this.request = { done, abort, needed });
      const ended = () => {
        if (this.request === request) this.request = undefined;
      };
      done.then(ended, ended);
    }
    this.request.needed ||= needed;
    return this.request.done;
  }

  leave() {
    if (!this.request || this.request.needed) return;
    this.request.abort.abort();
    this.request = undefined;
  }

  /** Something has changed at the server: what is on its way may be too old already. */
  outdate() {
    this.stale = true;
    this.failed = false;
    this.leave();
  }

  hold(photos: Photo[]) {
    this.photos = photos;
    this.count = photos.length;
    this.layout = undefined;
  }

  /** Puts photos where they belong, in the place of what has the same id. */
  insert(photos: Photo[]) {
    const ids = new Set(photos.map((photo) => photo.id));
    this.hold([...this.photos!.filter((photo) => !ids.has(photo.id)), ...photos].sort(newestFirst));
  }

  /** Forgets the photos and keeps their height. */
  forget() {
    this.photos = this.layout = undefined;
    this.stale = false;
  }

  /** After a change of photos or width. */
  place(width: number, style: Style, widthChanged: boolean) {
    if (this.photos) {
      if (widthChanged || !this.layout) this.layout = layoutMonth(this.photos, width, style);
      this.height = this.layout.height;
    } else if (widthChanged || !this.height) {
      this.height = estimateHeight(this.count, width, style);
    }
  }

  indexOf(id: string): number {
    return this.photos?.findIndex((photo) => photo.id === id) ?? -1;
  }
}
