// Where the photos of one month are: days in order, each with a heading over its rows; short days share a line.
import { dayOf, type Photo } from "./photo";
import { layoutRows, naturalWidth, type Box } from "./rows";

export type Style = {
  /** the height of a row before it is made to fit, and the space between pictures */
  row: number;
  gap: number;
  monthHeading: number;
  dayHeading: number;
  /** the least that a day's heading needs */
  headingWidth: number;
  dayGap: number;
};

export type Cell = Box & { photo: Photo };
/** One day: its heading's place, and which cells are its own. */
export type Day = { day: number; x: number; y: number; width: number; from: number; to: number };
/** y counts from the top of the month, whose heading is included. Cells are in the order of time, so y never falls. */
export type MonthLayout = { cells: Cell[]; days: Day[]; height: number };

export const DESK: Style = { row: 220, gap: 4, monthHeading: 64, dayHeading: 40, headingWidth: 132, dayGap: 16 };
export const PHONE: Style = { row: 116, gap: 3, monthHeading: 56, dayHeading: 36, headingWidth: 104, dayGap: 8 };

export const styleFor = (width: number): Style => (width < 700 ? PHONE : DESK);

export function layoutMonth(photos: readonly Photo[], width: number, style: Style): MonthLayout {
  const cells: Cell[] = [];
  const days: Day[] = [];
  let line = { y: style.monthHeading, height: 0, end: 0 };
  for (let from = 0; from < photos.length; ) {
    const day = dayOf(photos[from]!);
    let to = from + 1;
    while (to < photos.length && dayOf(photos[to]!) === day) to++;
    const ratios = photos.slice(from, to).map((photo) => photo.ratio);
    const needed = Math.max(naturalWidth(ratios, style.row, style.gap), style.headingWidth);
    const x = line.end ? line.end + style.dayGap : 0;
    const shares = x > 0 && x + needed <= width;
    if (!shares && line.end) line = { y: line.y + line.height + style.dayGap, height: 0, end: 0 };

    // A day that shares its line keeps the row height, so that all of the line end at the same level.
    const short = needed <= width && (shares || nextDayFits(photos, to, needed, width, style));
    const left = shares ? x : 0;
    const { boxes, height } = layoutRows(ratios, short ? Infinity : width, style.row, style.gap);
    const y = line.y + style.dayHeading;
    boxes.forEach((box, i) => cells.push({ x: left + box.x, y: y + box.y, width: box.width, height: box.height, photo: photos[from + i]! }));
    days.push({ day, x: left, y: line.y, width: short ? needed : width, from, to });
    line = { y: line.y, height: Math.max(line.height, style.dayHeading + height), end: short ? left + needed : width };
    from = to;
  }
  return { cells, days, height: line.y + line.height + style.dayGap };
}

function nextDayFits(photos: readonly Photo[], from: number, taken: number, width: number, style: Style): boolean {
  if (from >= photos.length) return false;
  const room = width - taken - style.dayGap;
  const day = dayOf(photos[from]!);
  let needed = -style.gap;
  for (let i = from; i < photos.length && dayOf(photos[i]!) === day; i++) {
    needed += naturalWidth([photos[i]!.ratio], style.row, style.gap) + style.gap;
    if (needed > room) return false;
  }
  return Math.max(needed, style.headingWidth) <= room;
}

/** A guess for a month of which only the count is known. */
export function estimateHeight(count: number, width: number, style: Style): number {
  const perDay = Math.max(1, count / 28);
  const days = Math.min(count, 28);
  const perRow = Math.max(1, width / (style.row * 1.3));
  // Half of a long day's last row stays empty; short days lie side by side.
  const lines = perDay > perRow ? days : Math.max(1, (days * perDay) / perRow);
  const rows = perDay > perRow ? days * (perDay / perRow + 0.4) : lines;
  return Math.round(style.monthHeading + lines * (style.dayHeading + style.dayGap) + Math.max(1, rows) * (style.row + style.gap));
}

/** The cells that touch the stretch from top to bottom: cells.slice(from, to). */
export function cellsBetween({ cells }: MonthLayout, top: number, bottom: number): { from: number; to: number } {
  const from = firstWhere(cells.length, (i) => cells[i]!.y + cells[i]!.height > top);
  const to = firstWhere(cells.length, (i) => cells[i]!.y >= bottom);
  return { from: Math.min(from, to), to };
}

/** The first index for which a condition holds that stays true once it is; n if there is none. */
export function firstWhere(n: number, holds: (i: number) => boolean): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
