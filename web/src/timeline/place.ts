// Where one was on a timeline, kept with the entry of the browser's history: going back or reloading leads there again.
import type { Anchor, Timeline } from "./timeline.svelte";

type Entry = { place?: Anchor } | null;

export const remembered = (): Anchor | undefined => (history.state as Entry)?.place;

/** Call in an effect: notes the place whenever the scrolling has come to rest. */
export function remember(timeline: Timeline) {
  void timeline.view.top;
  if (timeline.view.moving || timeline.total === undefined) return;
  const timer = setTimeout(() => {
    const anchor = timeline.anchor();
    // A few photos are enough to find the place again.
    const place = anchor && { ...anchor, photos: anchor.photos.slice(0, 4) };
    history.replaceState({ ...(history.state as object | null), place }, "");
  }, 250);
  return () => clearTimeout(timer);
}
