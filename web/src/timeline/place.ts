// Where one was on a timeline, kept with the entry of the browser's history: going back or reloading leads there again.
import type { Anchor, Timeline } from "./timeline.svelte";

type Entry = { place?: Anchor };

export const remembered = (): Anchor | undefined => (history.state as Entry | null)?.place;

/** The place as something to remember; nothing as long as there is none to lose. */
export function noted(timeline: Timeline): Entry {
  if (timeline.total === undefined) return {};
  const anchor = timeline.anchor();
  // A few photos are enough to find the place again.
  return { place: anchor && { ...anchor, photos: anchor.photos.slice(0, 4) } };
}

/** Call in an effect: notes the place whenever the scrolling has come to rest. The browser's back button leaves no time to do it then. */
export function remember(timeline: Timeline) {
  void timeline.view.top;
  if (timeline.view.moving || timeline.total === undefined) return;
  const timer = setTimeout(() => history.replaceState({ ...(history.state as object | null), ...noted(timeline) }, ""), 250);
  return () => clearTimeout(timer);
}
