// Thumbhash placeholders as data URLs, each made once.
import { thumbHashToDataURL } from "thumbhash";

const made = new Map<string, string>();

export function placeholder(thumbhash: string | null): string | undefined {
  if (!thumbhash) return undefined;
  let url = made.get(thumbhash);
  if (!url) {
    url = thumbHashToDataURL(Uint8Array.from(atob(thumbhash), (c) => c.charCodeAt(0)));
    if (made.size > 5000) made.clear();
    made.set(thumbhash, url);
  }
  return url;
}
