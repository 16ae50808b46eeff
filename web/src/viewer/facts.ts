// A photo's facts as a person reads them.
import type { AssetResponseDto, ExifResponseDto } from "../contract";
import { bytes, number } from "../lib/format";
import { language, t } from "../messages/index.svelte";

/** The photographer's wall clock: "Monday, 6 May 2024", "10:00:00" and the zone, as far as it is known. */
export function dateOf(asset: AssetResponseDto): { date: string; time: string } {
  const wallClock = new Date(asset.localDateTime);
  const format = (options: Intl.DateTimeFormatOptions) => wallClock.toLocaleString(language.locale, { timeZone: "UTC", ...options });
  const zone = asset.exifInfo?.timeZone ?? offsetOf(asset);
  return { date: format({ dateStyle: "full" }), time: [format({ timeStyle: "medium" }), zone].filter(Boolean).join(" · ") };
}

function offsetOf(asset: AssetResponseDto): string {
  const minutes = Math.round((Date.parse(asset.localDateTime) - Date.parse(asset.fileCreatedAt)) / 60_000);
  if (!minutes) return "UTC";
  const two = (n: number) => String(n).padStart(2, "0");
  return `UTC${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

export function fileFacts({ width, height, exifInfo: exif }: AssetResponseDto): string[] {
  const facts: string[] = [];
  if (width && height) {
    const megapixels = (width * height) / 1e6;
    if (megapixels >= 0.1) facts.push(t("facts.megapixels", { n: megapixels.toLocaleString(language.locale, { maximumFractionDigits: 1 }) }));
    facts.push(`${width} × ${height}`);
  }
  if (exif?.fileSizeInByte) facts.push(bytes(exif.fileSizeInByte));
  return facts;
}

export const cameraOf = (exif?: ExifResponseDto) => {
  const [make, model] = [exif?.make?.trim() ?? "", exif?.model?.trim() ?? ""];
  // Many cameras write their maker into the model as well.
  return model.toLowerCase().startsWith(make.toLowerCase()) ? model : `${make} ${model}`.trim();
};

export function exposureFacts(exif?: ExifResponseDto): string[] {
  const facts: string[] = [];
  if (exif?.fNumber) facts.push(`ƒ/${number(exif.fNumber)}`);
  if (exif?.exposureTime) facts.push(t("facts.seconds", { time: exif.exposureTime }));
  if (exif?.focalLength) facts.push(`${number(exif.focalLength)} mm`);
  if (exif?.iso) facts.push(`ISO ${exif.iso}`);
  return facts;
}

export const placeOf = (exif?: ExifResponseDto) => [exif?.city, exif?.state, exif?.country].filter(Boolean).join(", ");

/** Coordinates, and where a map shows them. */
export function pointOf(exif?: ExifResponseDto): { text: string; map: string } | undefined {
  const { latitude, longitude } = exif ?? {};
  if (latitude == null || longitude == null) return undefined;
  const [lat, lon] = [latitude.toFixed(5), longitude.toFixed(5)];
  return { text: `${lat}, ${lon}`, map: `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=15/${lat}/${lon}` };
}
