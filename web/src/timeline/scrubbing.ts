// The scrubber's arithmetic: which place on the timeline belongs to which height on the track, and which marks have room.
import type { Month } from "./month";
import type { Timeline } from "./timeline.svelte";

/** Below this height, in pixels, a month has only one place to land on: its beginning. */
const FINE = 24;
const BETWEEN_YEARS = 18;
const BETWEEN_DOTS = 9;

/** key: of the month. */
export type Mark = { key: string; y: number; year?: number };

/** end: the furthest the timeline scrolls; length: of the track. */
export function placeAt(timeline: Timeline, end: number, length: number, y: number): { month?: Month; part: number } {
  if (y >= length - 1) return { month: timeline.months.at(-1), part: 1 };
  const target = (y / Math.max(1, length)) * end;
  const month = timeline.monthAt(target);
  if (!month) return { part: 0 };
  const fine = (month.height / Math.max(1, end)) * length >= FINE;
  return { month, part: fine ? (target - timeline.topOf(month)) / month.height : 0 };
}

/** A year where it begins, seen from today; a dot for months that have room. */
export function marksOf(timeline: Timeline, end: number, length: number): Mark[] {
  const marks: Mark[] = [];
  let year = NaN;
  let lastYear = -Infinity;
  let last = -Infinity;
  for (const month of timeline.months) {
    const y = Math.min(length, (timeline.topOf(month) / end) * length);
    const its = month.date.getUTCFullYear();
    if (its !== year && y - lastYear >= BETWEEN_YEARS) {
      // A dot too near gives way to the year.
      if (!marks.at(-1)?.year && y - last < BETWEEN_DOTS) marks.pop();
      marks.push({ key: month.key, y, year: its });
      lastYear = last = y;
    } else if (y - last >= BETWEEN_DOTS) {
      marks.push({ key: month.key, y });
      last = y;
    }
    year = its;
  }
  return marks;
}
