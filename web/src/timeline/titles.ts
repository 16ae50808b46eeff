// Names of days and months, and of photos for those who don't see them.
import { duration } from "../lib/format";
import { language, t } from "../messages/index.svelte";
import { DAY, type Photo } from "./photo";

// Formatters are dear to make: one of each kind and language.
const made = new Map<string, Intl.DateTimeFormat>();
function format(date: Date | number, options: Intl.DateTimeFormatOptions): string {
  const key = language.locale + JSON.stringify(options);
  let formatter = made.get(key);
  if (!formatter) made.set(key, (formatter = new Intl.DateTimeFormat(language.locale, { timeZone: "UTC", ...options })));
  return formatter.format(date);
}

export const monthTitle = (date: Date) => format(date, { month: "long", year: "numeric" });
export const shortMonth = (date: Date) => format(date, { month: "short", year: "numeric" });
export const fullDate = (wallClock: number) => format(wallClock, { dateStyle: "full" });

/** Today, Yesterday, Wednesday; Wed, 11 Dec. The year stands in the month's heading, which is always in sight. */
export function dayTitle(day: number, now = new Date()): string {
  const today = Math.floor((now.getTime() - now.getTimezoneOffset() * 60_000) / DAY);
  const ago = today - day;
  if (ago === 0) return t("timeline.today");
  if (ago === 1) return t("timeline.yesterday");
  if (ago > 1 && ago < 7) return format(day * DAY, { weekday: "long" });
  return format(day * DAY, { weekday: "short", day: "numeric", month: "short" });
}

export function photoLabel(photo: Photo): string {
  const date = format(photo.wallClock, { dateStyle: "long" });
  const what = photo.isImage ? t("photo.image", { date }) : t("photo.video", { date, length: duration(photo.duration ?? 0) });
  const where = photo.place ? t("photo.place", { place: photo.place }) : "";
  return [what, where, photo.isFavorite ? t("photo.favorite") : ""].filter(Boolean).join(", ");
}
