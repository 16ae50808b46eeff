// The blurred picture that stands in for a photo until it is here: its average colour at once, its thumbhash when there is time for it.
import { thumbHashToAverageRGBA, thumbHashToDataURL } from "thumbhash";

const KEPT = 4000;
/** Milliseconds of a frame that may go into decoding. */
const BUDGET = 4;

const colours = new Map<string, string>();
const pictures = new Map<string, string>();

const bytesOf = (thumbhash: string) => Uint8Array.from(atob(thumbhash), (c) => c.charCodeAt(0));

export function averageColour(thumbhash: string | null): string | undefined {
  if (!thumbhash) return undefined;
  return cached(colours, thumbhash, () => {
    const { r, g, b } = thumbHashToAverageRGBA(bytesOf(thumbhash));
    return `rgb(${[r, g, b].map((share) => Math.round(share * 255)).join(" ")})`;
  });
}

/** A data URL. */
export const blurred = (thumbhash: string) => cached(pictures, thumbhash, () => thumbHashToDataURL(bytesOf(thumbhash)));

function cached(kept: Map<string, string>, key: string, make: () => string): string {
  let value = kept.get(key);
  if (value === undefined) {
    if (kept.size > KEPT) kept.clear();
    kept.set(key, (value = make()));
  }
  return value;
}

const waiting = new Set<() => void>();
let drawing = false;

/** Calls back with the blurred picture in one of the next frames; the returned function says that nobody wants it any more. */
export function whenDecoded(thumbhash: string, show: (url: string) => void): () => void {
  const known = pictures.get(thumbhash);
  if (known !== undefined) {
    show(known);
    return () => {};
  }
  const decode = () => show(blurred(thumbhash));
  waiting.add(decode);
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(draw);
  }
  return () => void waiting.delete(decode);
}

function draw() {
  const begun = performance.now();
  for (const decode of waiting) {
    if (performance.now() - begun > BUDGET) break;
    waiting.delete(decode);
    decode();
  }
  drawing = waiting.size > 0;
  if (drawing) requestAnimationFrame(draw);
}
