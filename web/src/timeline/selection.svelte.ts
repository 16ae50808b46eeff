// Which photos are chosen: one by one, by the day, or as a stretch from the last one chosen to another.
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { Photo } from "./photo";
import type { Timeline } from "./timeline.svelte";

export class Selection {
  /** What a click with Shift would take. */
  readonly candidates = new SvelteSet<string>();
  private chosen = new SvelteMap<string, Photo>();
  private last?: Photo;

  constructor(private timeline: Timeline) {}

  get size() {
    return this.chosen.size;
  }

  get photos(): Photo[] {
    return [...this.chosen.values()];
  }

  has = (id: string) => this.chosen.has(id);

  hasAll = (photos: readonly Photo[]) => photos.every(({ id }) => this.chosen.has(id));

  toggle(photo: Photo) {
    this.set([photo], !this.has(photo.id));
    this.last = photo;
  }

  /** A day, say: all of it, or none if all were chosen. */
  toggleAll(photos: readonly Photo[]) {
    this.set(photos, !this.hasAll(photos));
    this.last = photos.at(-1);
  }

  set(photos: readonly Photo[], on: boolean) {
    for (const photo of photos) {
      if (on) this.chosen.set(photo.id, photo);
      else this.chosen.delete(photo.id);
    }
  }

  /** Everything from the last photo chosen to this one, months in between included; taken away if this one was chosen before. */
  async extend(photo: Photo) {
    const from = this.last;
    if (!from) return this.toggle(photo);
    const on = !this.has(photo.id);
    await this.timeline.loadBetween(from, photo);
    this.set(this.timeline.stretch(from, photo), on);
    this.last = photo;
    this.suggest(undefined);
  }

  /** Tints what `extend` would take. */
  suggest(photo: Photo | undefined) {
    const ids = new Set(photo && this.last ? this.timeline.stretch(this.last, photo).map(({ id }) => id) : []);
    for (const id of [...this.candidates]) if (!ids.has(id)) this.candidates.delete(id);
    for (const id of ids) this.candidates.add(id);
  }

  /** A stretch that follows the pointer: from this photo to wherever it goes, and back. What was chosen before comes back when it leaves. */
  sweep(start: Photo): { to: (photo: Photo) => void; end: () => Promise<void> } {
    const on = !this.has(start.id);
    const before = new Set(this.chosen.keys());
    let stretch = new Map<string, Photo>();
    let here = start;
    const paint = () => {
      const now = new Map(this.timeline.stretch(start, here).map((photo) => [photo.id, photo]));
      for (const [id, photo] of stretch) if (!now.has(id)) this.set([photo], before.has(id));
      this.set([...now.values()], on);
      stretch = now;
      this.last = here;
    };
    paint();
    return {
      to: (photo) => {
        if (photo.id === here.id) return;
        here = photo;
        paint();
      },
      end: async () => {
        await this.timeline.loadBetween(start, here);
        paint();
      },
    };
  }

  async all(stop: AbortSignal) {
    for (const month of [...this.timeline.months]) {
      const photos = await this.timeline.load(month);
      if (stop.aborted) return;
      this.set(photos, true);
    }
  }

  /** Photos that are gone are not chosen any more. */
  drop(ids: Iterable<string>) {
    for (const id of ids) this.chosen.delete(id);
  }

  /** Chosen photos as they are now. */
  renew(photos: Iterable<Photo>) {
    for (const photo of photos) if (this.has(photo.id)) this.chosen.set(photo.id, photo);
  }

  clear() {
    this.chosen.clear();
    this.candidates.clear();
    this.last = undefined;
  }
}
