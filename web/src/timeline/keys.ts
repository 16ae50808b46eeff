// Walking the grid with the keyboard: arrows from photo to photo, D, M and Y from day to day, month to month, year to year.
import { dayOf, type Photo } from "./photo";
import type { Timeline } from "./timeline.svelte";

type Step = (timeline: Timeline, from: Photo) => Promise<Photo | undefined>;

const aside =
  (step: 1 | -1): Step =>
  (timeline, from) =>
    timeline.neighbour(from, step);

/** The photo above or below. */
const across =
  (step: 1 | -1): Step =>
  async (timeline, from) => {
    const here = timeline.cellOf(from.id);
    if (!here) return undefined;
    const middle = here.cell.x + here.cell.width / 2;
    const seen = new Set<string>();
    // The next row is not far, but headings and gaps may lie between.
    for (let y = here.y + (step > 0 ? here.cell.height + 1 : -1), tries = 0; tries < 40; y += step * 12, tries++) {
      const month = timeline.monthAt(y);
      if (!month || y < 0) return undefined;
      await timeline.load(month);
      const found = timeline.photoAt(middle, y);
      const place = found && !seen.has(found.id) && timeline.cellOf(found.id);
      if (place && (step > 0 ? place.y > here.y : place.y < here.y)) return found;
      if (found) seen.add(found.id);
    }
    return undefined;
  };

/** To the first photo for which the date is another one. */
const until =
  (step: 1 | -1, period: (photo: Photo) => number): Step =>
  async (timeline, from) => {
    let photo: Photo | undefined = from;
    let next: Photo | undefined;
    while (photo && period(photo) === period(from)) {
      next = await timeline.neighbour(photo, step);
      photo = next;
    }
    return photo;
  };

const day = dayOf;
const month = (photo: Photo) => new Date(photo.wallClock).getUTCFullYear() * 12 + new Date(photo.wallClock).getUTCMonth();
const year = (photo: Photo) => new Date(photo.wallClock).getUTCFullYear();

const steps: Record<string, Step> = {
  ArrowRight: aside(1),
  ArrowLeft: aside(-1),
  ArrowDown: across(1),
  ArrowUp: across(-1),
  d: until(1, day),
  D: until(-1, day),
  m: until(1, month),
  M: until(-1, month),
  y: until(1, year),
  Y: until(-1, year),
};

/** What a key means here, if anything. In a right-to-left language the arrows change sides. */
export function stepOf(event: KeyboardEvent): Step | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const mirrored = document.documentElement.dir === "rtl" ? { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" }[event.key] : undefined;
  return steps[mirrored ?? event.key];
}
