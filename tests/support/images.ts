// Pictures and films made at test time. Each call gives other bytes (other checksum), so that nothing is a duplicate by accident.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";

export interface Shot {
  width?: number;
  height?: number;
  /** Written as DateTimeOriginal: the photographer's wall clock, "2024:05:06 07:08:09". */
  taken?: string;
  /** "+02:00", beside `taken`. */
  offset?: string;
  make?: string;
  model?: string;
  lens?: string;
  orientation?: number;
  iso?: number;
  aperture?: number;
  latitude?: number;
  longitude?: number;
  description?: string;
  rating?: number;
}

/** A JPEG with the EXIF facts of `shot`. */
export function jpeg(shot: Shot = {}): Buffer {
  const plain = plainJpeg(shot.width ?? 320, shot.height ?? 240);
  const marks = [segment(0xfe, Buffer.from(randomUUID()))];
  if (Object.keys(shot).some((key) => key !== "width" && key !== "height" && key !== "rating")) {
    marks.push(segment(0xe1, Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff(shot)])));
  }
  if (shot.rating !== undefined) marks.push(segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${xmp({ rating: shot.rating })}`, "latin1")));
  return Buffer.concat([plain.subarray(0, 2), ...marks.reverse(), plain.subarray(2)]);
}

/** A PNG of one colour, with as many pixels as asked for. */
export function png(width = 64, height = 48, [red, green, blue] = [200, 120, 40]): Buffer {
  const row = Buffer.concat([Buffer.from([0]), Buffer.concat(Array.from({ length: width }, () => Buffer.from([red, green, blue])))]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("tEXt", Buffer.from(`Comment\0${randomUUID()}`, "latin1")),
    chunk("IDAT", deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** An MP4 (H.264) with a tone; `taken` in ISO form becomes its creation time. */
export function mp4({ seconds = 1, width = 320, height = 240, taken = "2024-03-04T05:06:07Z" } = {}): Buffer {
  return madeBy("ffmpeg", "film.mp4", (file) => [
    ...["-v", "error", "-f", "lavfi", "-i", `testsrc=size=${width}x${height}:rate=25:duration=${seconds}`],
    ...["-f", "lavfi", "-i", `sine=frequency=440:duration=${seconds}`, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
    ...["-c:a", "aac", "-metadata", `creation_time=${taken}`, "-metadata", `comment=${randomUUID()}`, "-movflags", "+faststart+use_metadata_tags", file],
  ]);
}

/** A sidecar with the given facts. */
export function xmp(facts: { rating?: number; description?: string; taken?: string }): string {
  const lines = [
    facts.rating === undefined ? "" : `<xmp:Rating>${facts.rating}</xmp:Rating>`,
    facts.taken === undefined ? "" : `<exif:DateTimeOriginal>${facts.taken}</exif:DateTimeOriginal>`,
    facts.description === undefined
      ? ""
      : `<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${facts.description}</rdf:li></rdf:Alt></dc:description>`,
  ];
  return `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
${lines.filter(Boolean).join("\n")}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`;
}

function madeBy(program: string, name: string, args: (file: string) => string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "calotype-media-"));
  try {
    execFileSync(program, args(join(folder, name)), { stdio: ["ignore", "ignore", "inherit"] });
    return readFileSync(join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const plainJpegs = new Map<string, Buffer>();
function plainJpeg(width: number, height: number): Buffer {
  const size = `${width}x${height}`;
  let made = plainJpegs.get(size);
  if (!made) {
    made = madeBy("ffmpeg", "plain.jpg", (file) => ["-v", "error", "-f", "lavfi", "-i", `testsrc=size=${size}`, "-frames:v", "1", "-bitexact", file]);
    plainJpegs.set(size, made);
  }
  return made;
}

const segment = (marker: number, content: Buffer) => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};

const chunk = (type: string, content: Buffer) => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const made = Buffer.alloc(body.length + 8);
  made.writeUInt32BE(content.length, 0);
  body.copy(made, 4);
  made.writeUInt32BE(crc32(body), body.length + 4);
  return made;
};

// ---- EXIF: little-endian TIFF with one image directory, one EXIF directory and, with coordinates, one GPS directory ----------------------

type Entry = { tag: number; type: 2 | 3 | 4 | 5; count: number; value: Buffer };

const text = (tag: number, value?: string): Entry[] =>
  value === undefined ? [] : [{ tag, type: 2, count: Buffer.byteLength(value) + 1, value: Buffer.from(`${value}\0`) }];
const short = (tag: number, value?: number): Entry[] => (value === undefined ? [] : [{ tag, type: 3, count: 1, value: Buffer.from([value & 255, value >> 8]) }]);
const long = (tag: number, value: number): Entry => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return { tag, type: 4, count: 1, value: bytes };
};
const rationals = (tag: number, values?: number[]): Entry[] => {
  if (!values) return [];
  const bytes = Buffer.alloc(values.length * 8);
  values.forEach((value, i) => {
    bytes.writeUInt32LE(Math.round(value * 10_000), i * 8);
    bytes.writeUInt32LE(10_000, i * 8 + 4);
  });
  return [{ tag, type: 5, count: values.length, value: bytes }];
};
const degrees = (value: number) => [Math.floor(value), Math.floor((value % 1) * 60), ((value * 60) % 1) * 60];

function directory(entries: Entry[], at: number): Buffer {
  entries.sort((a, b) => a.tag - b.tag);
  const head = Buffer.alloc(2 + entries.length * 12 + 4);
  const rest: Buffer[] = [];
  let next = at + head.length;
  head.writeUInt16LE(entries.length);
  entries.forEach(({ tag, type, count, value }, i) => {
    const place = 2 + i * 12;
    head.writeUInt16LE(tag, place);
    head.writeUInt16LE(type, place + 2);
    head.writeUInt32LE(count, place + 4);
    if (value.length <= 4) {
      value.copy(head, place + 8);
    } else {
      const even = value.length % 2 ? Buffer.concat([value, Buffer.alloc(1)]) : value;
      head.writeUInt32LE(next, place + 8);
      rest.push(even);
      next += even.length;
    }
  });
  return Buffer.concat([head, ...rest]);
}

function tiff(shot: Shot): Buffer {
  const exif = [
    ...text(0x9003, shot.taken),
    ...text(0x9004, shot.taken),
    ...text(0x9011, shot.offset),
    ...short(0x8827, shot.iso),
    ...rationals(0x829d, shot.aperture === undefined ? undefined : [shot.aperture]),
    ...text(0xa434, shot.lens),
  ];
  const gps =
    shot.latitude === undefined || shot.longitude === undefined
      ? []
      : [
          ...text(1, shot.latitude < 0 ? "S" : "N"),
          ...rationals(2, degrees(Math.abs(shot.latitude))),
          ...text(3, shot.longitude < 0 ? "W" : "E"),
          ...rationals(4, degrees(Math.abs(shot.longitude))),
        ];
  const image = (exifAt: number, gpsAt: number) => [
    ...text(0x010e, shot.description),
    ...text(0x010f, shot.make),
    ...text(0x0110, shot.model),
    ...short(0x0112, shot.orientation),
    long(0x8769, exifAt),
    ...(gps.length ? [long(0x8825, gpsAt)] : []),
  ];
  const imageSize = directory(image(0, 0), 8).length;
  const exifAt = 8 + imageSize;
  const exifBytes = directory(exif, exifAt);
  const gpsAt = exifAt + exifBytes.length;
  const head = Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  return Buffer.concat([head, directory(image(exifAt, gpsAt), 8), exifBytes, gps.length ? directory(gps, gpsAt) : Buffer.alloc(0)]);
}
