// The sum of all uploads, as figures and as words.
import { bytes } from "../lib/format";
import { language, t } from "../messages/index.svelte";
import type { Upload } from "./upload.svelte";

export type Summary = { title: string; all: number; open: number; failed: number; share: number; sent: number; size: number };

export function summary(list: readonly Upload[]): Summary {
  const count = (...states: Upload["state"][]) => list.filter(({ state }) => states.includes(state)).length;
  const open = list.filter((upload) => upload.open).length;
  const wanted = list.filter(({ state }) => state !== "rejected");
  const size = wanted.reduce((sum, { file }) => sum + file.size, 0);
  const sent = wanted.reduce((sum, upload) => sum + upload.sent, 0);
  const failed = count("failed");
  const parts = [
    ["upload.done", count("done")],
    ["upload.duplicates", count("duplicate")],
    ["upload.failures", failed],
    ["upload.refused", count("rejected")],
  ] as const;
  const finished = parts
    .filter(([, n]) => n)
    .map(([key, n]) => t(key, { n }))
    .join(", ");
  const title = open ? t("upload.going", { n: wanted.length - open + 1, all: wanted.length }) : finished;
  return { title, all: list.length, open, failed, share: size ? sent / size : 0, sent, size };
}

/** Why it stands still, or how far and how fast it goes. */
export function progressText({ paused, offline, pace }: { paused: boolean; offline: boolean; pace: { speed: number } }, { sent, size }: Summary): string {
  if (offline) return t("upload.offline");
  if (paused) return t("upload.paused");
  const facts = [t("upload.ofSize", { sent: bytes(sent), size: bytes(size) })];
  if (pace.speed > 0) facts.push(t("upload.speed", { speed: bytes(pace.speed) }), timeLeft((size - sent) / pace.speed));
  return facts.join(" · ");
}

function timeLeft(seconds: number): string {
  const [n, unit] = seconds < 60 ? [Math.ceil(seconds / 5) * 5, "second"] : seconds < 5400 ? [Math.round(seconds / 60), "minute"] : [Math.round(seconds / 3600), "hour"];
  return t("upload.left", { time: Number(n).toLocaleString(language.locale, { style: "unit", unit: String(unit), unitDisplay: "long" }) });
}
