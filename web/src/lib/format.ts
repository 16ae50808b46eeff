// Numbers, sizes, dates and times as the person's language writes them.
import { language } from "../messages/index.svelte";

export const number = (n: number) => n.toLocaleString(language.locale);

const UNITS = ["kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"] as const;

/** 1536 → "1.5 kB". Steps of 1024, as disks and quotas are counted here. */
export function bytes(n: number): string {
  const step = n < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log(n) / Math.log(1024)) - 1);
  const value = n / 1024 ** (step + 1);
  return value.toLocaleString(language.locale, { style: "unit", unit: UNITS[step]!, maximumFractionDigits: value >= 100 ? 0 : 1 });
}

export function date(when: string | number | Date): string {
  return new Date(when).toLocaleDateString(language.locale, { dateStyle: "medium" });
}

export function dateTime(when: string | number | Date): string {
  return new Date(when).toLocaleString(language.locale, { dateStyle: "medium", timeStyle: "short" });
}

/** "3 minutes ago". */
export function ago(when: string | number | Date): string {
  const seconds = (new Date(when).getTime() - Date.now()) / 1000;
  const format = new Intl.RelativeTimeFormat(language.locale, { numeric: "auto" });
  const steps: [number, Intl.RelativeTimeFormatUnit][] = [
    [60, "second"],
    [3600, "minute"],
    [86_400, "hour"],
    [2_592_000, "day"],
    [31_536_000, "month"],
    [Infinity, "year"],
  ];
  let size = 1;
  for (const [limit, unit] of steps) {
    if (Math.abs(seconds) < limit) return format.format(Math.round(seconds / size), unit);
    size = limit;
  }
  return "";
}

/** Milliseconds as "1:05" or "1:02:05". */
export function duration(ms: number): string {
  const s = Math.round(ms / 1000);
  const [hours, minutes, seconds] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

export const percent = (share: number) => share.toLocaleString(language.locale, { style: "percent", maximumFractionDigits: 0 });
