// One timeline: its months from the newest to the oldest, one above the other, and the window that looks at some of them.
//
// Months are blocks on a line: only their heights have to be known, a guess is enough. A month's photos are fetched when the window stays on it,
// and forgotten when many others have been fetched since. Whatever changes, what one looks at stays where it is: `change` sees to that.
import { call } from "../lib/api";
import { filters, type Kind } from "./filters";
import { Month } from "./month";
import { cellsBetween, firstWhere, styleFor, type Cell, type Day } from "./month-layout";
import { monthKey, newestFirst, type Photo } from "./photo";
import { View } from "./view.svelte";

/** At most so many photos are kept beside those on the screen. */
const KEPT = 20_000;
const BOTTOM = 96;
/** Pixels: what is drawn beyond the screen, and in which steps it changes while one scrolls. */
const AROUND = 500;
const STEP = 160;

export type Slice = { month: Month; top: number; height: number; ready: boolean; failed: boolean; days: { day: Day; cells: Cell[] }[] };
/** A place to come back to: photos with their distance from the window's upper edge, and the month as the last resort. */
export type Anchor = { photos: { id: string; month: string; offset: number }[]; month: string; part: number };

export class Timeline {
  /** Counts the changes of photos and places, for everything that is computed from them. */
  version = $state(0);
  /** How many photos there are; undefined until the server has said so. */
  total = $state<number>();
  failed = $state(false);
  months: Month[] = [];
  readonly view = new View({
    moved: () => {
      this.pinned = undefined;
      this.look();
    },
    rested: () => this.look(),
  });

  private width = 0;
  private tops: number[] = [];
  private height = 0;
  private counted = false;
  private pinned?: Anchor;

  constructor(readonly kind: Kind) {}

  get filter() {
    return filters[this.kind];
  }

  // ---- places ----------------------------------------------------------------------------------------------------------------------

  get style() {
    return styleFor(this.width);
  }

  topOf = (month: Month) => this.tops[this.months.indexOf(month)] ?? 0;

  monthAt(y: number): Month | undefined {
    return this.months[Math.max(0, firstWhere(this.months.length, (i) => this.tops[i]! > y) - 1)];
  }

  resize(width: number, height: number) {
    if (width === this.width && height === this.view.height) return;
    const widthChanged = width !== this.width;
    this.change(() => {
      this.width = width;
      this.view.height = height;
    }, widthChanged);
  }

  /** The stretch that is drawn: the screen and a little around it. */
  get drawn() {
    const { top, bottom } = this.view;
    return { top: Math.floor(top / STEP) * STEP - AROUND, bottom: Math.ceil(bottom / STEP) * STEP + AROUND };
  }

  /** The months that are fetched: what is drawn, and a screen above and below. */
  private get near(): Month[] {
    const { top, bottom, height } = this.view;
    return this.between(Math.min(top - height, this.drawn.top), Math.max(bottom + height, this.drawn.bottom));
  }

  /** What there is to draw between two heights. */
  slices(top: number, bottom: number): Slice[] {
    const found: Slice[] = [];
    for (const month of this.between(top, bottom)) {
      const y = this.topOf(month);
      const days: Slice["days"] = [];
      if (month.layout) {
        const { cells } = month.layout;
        const { from, to } = cellsBetween(month.layout, top - y, bottom - y);
        for (const day of month.layout.days) {
          if (day.to > from && day.from < to) days.push({ day, cells: cells.slice(Math.max(from, day.from), Math.min(to, day.to)) });
        }
      }
      found.push({ month, top: y, height: month.height, ready: month.layout !== undefined, failed: month.failed, days });
    }
    return found;
  }

  between(top: number, bottom: number): Month[] {
    const from = Math.max(0, firstWhere(this.months.length, (i) => this.tops[i]! > top) - 1);
    return this.months.slice(from, firstWhere(this.months.length, (i) => this.tops[i]! >= bottom));
  }

  /** The loaded photo at a point, or the last one before it. */
  photoAt(x: number, y: number): Photo | undefined {
    const month = this.monthAt(y);
    if (!month?.layout) return undefined;
    const { cells } = month.layout;
    const { from, to } = cellsBetween(month.layout, y - this.topOf(month), y - this.topOf(month) + 1);
    if (from === to) return cells[Math.max(0, from - 1)]?.photo;
    return (cells.slice(from, to).findLast((cell) => cell.x <= x) ?? cells[from])?.photo;
  }

  /** The place of a loaded photo on the timeline. */
  cellOf(id: string): { month: Month; cell: Cell; y: number } | undefined {
    for (const month of this.months) {
      const cell = month.layout?.cells[month.indexOf(id)];
      if (cell) return { month, cell, y: this.topOf(month) + cell.y };
    }
    return undefined;
  }

  // ---- changes, while what one looks at stays where it is ----------------------------------------------------------------------------

  change(act: () => void, widthChanged = false) {
    const anchor = this.pinned ?? this.anchor();
    act();
    this.place(widthChanged);
    this.view.correct(this.height, anchor ? this.topFor(anchor) : 0);
    this.version++;
    this.look();
  }

  private place(widthChanged = false) {
    if (this.counted) this.total = this.months.reduce((sum, month) => sum + month.count, 0);
    if (!this.width) return;
    let y = 0;
    this.tops = this.months.map((month) => {
      month.place(this.width, this.style, widthChanged);
      const top = y;
      y += month.height;
      return top;
    });
    this.height = this.months.length ? y + BOTTOM : 0;
  }

  /** Where one is; undefined at the very top, where the newest should come into sight. */
  anchor(): Anchor | undefined {
    const { top, bottom } = this.view;
    if (top <= 1 || !this.months.length) return undefined;
    const photos: Anchor["photos"] = [];
    for (const { month, top: y, days } of this.slices(top, bottom)) {
      for (const { cells } of days) for (const cell of cells) photos.push({ id: cell.photo.id, month: month.key, offset: y + cell.y - top });
    }
    // Those that are whole on the screen are the better ones to hold on to.
    photos.sort((a, b) => Number(a.offset < 0) - Number(b.offset < 0));
    const month = this.monthAt(top)!;
    return { photos, month: month.key, part: (top - this.topOf(month)) / Math.max(1, month.height) };
  }

  private topFor(anchor: Anchor): number {
    for (const { id, month: key, offset } of anchor.photos) {
      const month = this.months.find((m) => m.key === key);
      const cell = month?.layout?.cells[month.indexOf(id)];
      if (cell) return this.topOf(month!) + cell.y - offset;
    }
    // Months are sorted from the newest; one that is gone leaves its place to the next older one.
    const month = this.months.find((m) => m.key <= anchor.month) ?? this.months.at(-1);
    return month ? this.topOf(month) + (month.key === anchor.month ? anchor.part * month.height : 0) : 0;
  }

  // ---- moving ----------------------------------------------------------------------------------------------------------------------

  /** part: 0 is the month's heading, 1 its end. It stays there, however tall the months turn out to be. */
  goToMonth(month: Month, part = 0, onTheWay = false) {
    this.pinned = { photos: [], month: month.key, part };
    const top = this.topOf(month) + part * month.height;
    if (onTheWay) this.view.rush(top);
    else this.view.jump(top);
    this.look();
  }

  goTo(anchor: Anchor) {
    this.pinned = anchor;
    this.view.jump(this.topFor(anchor));
    this.look();
  }

  /** Loads the month of a photo and brings it into sight; does nothing if it is whole on the screen. */
  async reveal(id: string, key: string) {
    const month = this.months.find((m) => m.key === key);
    if (!month) return;
    if (!month.photos || month.stale) {
      if (this.view.top > this.topOf(month) + month.height || this.view.bottom < this.topOf(month)) this.goToMonth(month);
      await this.load(month);
    }
    const found = this.cellOf(id);
    if (!found) return;
    const { y, cell } = found;
    if (y >= this.view.top && y + cell.height <= this.view.bottom) return;
    const offset = Math.max(0, (this.view.height - cell.height) / 2);
    this.goTo({ photos: [{ id, month: key, offset }], month: key, part: 0 });
  }

  // ---- data ------------------------------------------------------------------------------------------------------------------------

  /** Reads how many photos each month has; where that differs from what is here, the month is read again. */
  async recount(allStale = false) {
    try {
      const buckets = await call("getTimeBuckets", this.filter.query);
      const known = new Map(this.months.map((month) => [month.key, month]));
      this.change(() => {
        this.months = buckets.map(({ timeBucket, count }) => {
          const month = known.get(timeBucket);
          if (!month) return new Month(timeBucket, count);
          if (allStale || month.count !== count) month.outdate();
          if (!month.photos && month.count !== count) month.height = 0;
          month.count = count;
          return month;
        });
        this.failed = false;
        this.counted = true;
      });
    } catch {
      this.failed = true;
    }
  }

  /** The photos of a month, whoever looks at it or not. */
  async load(month: Month): Promise<Photo[]> {
    if (!month.photos || month.stale) await this.fetch(month, true);
    return month.photos ?? [];
  }

  private async fetch(month: Month, needed: boolean) {
    try {
      const photos = await month.fetch(this.filter, needed);
      if (month.photos === photos || !this.months.includes(month)) return;
      this.change(() => {
        month.hold(photos);
        month.stale = month.failed = false;
        if (!photos.length) this.months = this.months.filter((m) => m !== month);
        this.forgetFarAway();
      });
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      month.failed = true;
      this.version++;
      if (needed) throw error;
    }
  }

  /** Fetches what is looked at, and ends the requests for what has been passed. */
  private look() {
    const { top, bottom, height, fast } = this.view;
    if (!height || !this.width) return;
    const { near } = this;
    for (const month of this.months) if (month.loading && !near.includes(month)) month.leave();
    if (fast) return;
    const middle = (top + bottom) / 2;
    const distance = (month: Month) => Math.max(this.topOf(month) - middle, middle - this.topOf(month) - month.height);
    const missing = near.filter((month) => (!month.photos || month.stale) && !month.loading && !month.failed);
    for (const month of missing.sort((a, b) => distance(a) - distance(b))) void this.fetch(month, false);
  }

  retry(month: Month) {
    month.failed = false;
    this.version++;
    this.look();
  }

  private forgetFarAway() {
    let sum = this.months.reduce((n, month) => n + (month.photos?.length ?? 0), 0);
    if (sum <= KEPT) return;
    const { top, bottom } = this.view;
    const near = new Set(this.near);
    const middle = (top + bottom) / 2;
    const far = this.months.filter((month) => month.photos && !near.has(month));
    for (const month of far.sort((a, b) => Math.abs(this.topOf(b) - middle) - Math.abs(this.topOf(a) - middle))) {
      if (sum <= KEPT) return;
      sum -= month.photos!.length;
      month.forget();
    }
  }

  /** The photo before (-1, newer) or after (1, older) another, from the next month if need be. */
  async neighbour(photo: Photo, step: 1 | -1): Promise<Photo | undefined> {
    const key = monthKey(photo.wallClock);
    let at = this.months.findIndex((month) => month.key === key);
    if (at < 0) at = this.months.findIndex((month) => month.indexOf(photo.id) >= 0);
    const month = this.months[at];
    if (!month) return undefined;
    const photos = await this.load(month);
    const here = photos.findIndex(({ id }) => id === photo.id);
    if (here < 0) return undefined;
    if (photos[here + step]) return photos[here + step];
    for (at += step; this.months[at]; at += step) {
      const next = await this.load(this.months[at]!);
      if (next.length) return step > 0 ? next[0] : next.at(-1);
    }
    return undefined;
  }

  /** Two photos and all that are loaded between them. */
  stretch(a: Photo, b: Photo): Photo[] {
    const [first, last] = newestFirst(a, b) <= 0 ? [a, b] : [b, a];
    const photos = this.monthsBetween(first, last).flatMap((month) => month.photos ?? []);
    const [from, to] = [first, last].map((end) => photos.findIndex(({ id }) => id === end.id)) as [number, number];
    return photos.slice(Math.min(from, to), Math.max(from, to) + 1);
  }

  /** Loads what lies between two photos. */
  async loadBetween(a: Photo, b: Photo) {
    const [first, last] = newestFirst(a, b) <= 0 ? [a, b] : [b, a];
    for (const month of this.monthsBetween(first, last)) await this.load(month);
  }

  private monthsBetween(first: Photo, last: Photo): Month[] {
    const [from, to] = [first, last].map(({ id }) => this.months.findIndex((month) => month.indexOf(id) >= 0)) as [number, number];
    return from < 0 || to < 0 ? [] : this.months.slice(from, to + 1);
  }

  /** It was on this page and is not any more; of a month that is not loaded nobody knows. */
  isGone(photo: Photo): boolean {
    const month = this.months.find(({ key }) => key === monthKey(photo.wallClock));
    return this.total !== undefined && (!month || (month.photos !== undefined && month.indexOf(photo.id) < 0));
  }

  /** A loaded photo. */
  find(id: string): Photo | undefined {
    for (const month of this.months) {
      const at = month.indexOf(id);
      if (at >= 0) return month.photos![at];
    }
    return undefined;
  }

  // ---- what happens to photos --------------------------------------------------------------------------------------------------------

  /** Takes photos off this page; those that were loaded are returned. */
  remove(ids: ReadonlySet<string>): Photo[] {
    const gone: Photo[] = [];
    this.change(() => {
      for (const month of this.months) {
        const leaving = month.photos?.filter((photo) => ids.has(photo.id));
        if (!leaving?.length) continue;
        gone.push(...leaving);
        month.hold(month.photos!.filter((photo) => !ids.has(photo.id)));
      }
      this.months = this.months.filter((month) => month.count > 0);
    });
    return gone;
  }

  /** Puts photos in, anew or in the place of what they were; those that do not belong on this page are taken off. */
  put(photos: readonly Photo[]) {
    const leaving = new Set(photos.filter((photo) => !this.filter.holds(photo) || this.hasMoved(photo)).map(({ id }) => id));
    if (leaving.size) this.remove(leaving);
    const byMonth = Map.groupBy(photos.filter(this.filter.holds), (photo) => monthKey(photo.wallClock));
    this.change(() => {
      for (const [key, some] of byMonth) {
        let month = this.months.find((m) => m.key === key);
        if (!month) {
          month = new Month(key, 0);
          month.photos = [];
          this.months = [...this.months, month].sort((a, b) => b.date.getTime() - a.date.getTime());
        }
        if (month.photos) month.insert(some);
      }
    });
  }

  private hasMoved(photo: Photo): boolean {
    const known = this.find(photo.id);
    return known !== undefined && monthKey(known.wallClock) !== monthKey(photo.wallClock);
  }
}
