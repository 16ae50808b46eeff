// The viewer's keys: what each does, and how the help describes it.
import type { Shortcut } from "../timeline/shortcuts";

export type Does = {
  previous: () => void;
  next: () => void;
  close: () => void;
  favorite: () => void;
  archive: () => void;
  trash: () => void;
  deleteForEver: () => void;
  download: () => void;
  info: () => void;
  zoom: () => void;
  motion: () => void;
  slideshow: () => void;
  rate: (rating: number | null) => void;
};

export const viewerShortcuts: Shortcut[] = [
  { keys: ["←", "→"], what: "keys.step" },
  { keys: ["Esc"], what: "keys.close" },
  { keys: ["Z"], what: "keys.zoom" },
  { keys: ["I"], what: "keys.info" },
  { keys: ["F"], what: "keys.favorite" },
  { keys: ["1", "…", "5"], what: "keys.rate" },
  { keys: ["0"], what: "keys.unrate" },
  { keys: ["Shift", "A"], what: "keys.archive" },
  { keys: ["Shift", "D"], what: "keys.download" },
  { keys: ["Del"], what: "keys.trash" },
  { keys: ["Shift", "Del"], what: "keys.deleteForEver" },
  { keys: ["S"], what: "keys.slideshow" },
  { keys: ["V"], what: "keys.motion" },
  { keys: ["Space"], what: "keys.play" },
  { keys: ["Shift", "←", "→"], what: "keys.seek" },
  { keys: ["M"], what: "keys.mute" },
  { keys: ["?"], what: "keys.help" },
];

/** False if the key means nothing here. */
export function shortcut(event: KeyboardEvent, does: Does): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const mirrored = document.documentElement.dir === "rtl";
  const [back, on] = mirrored ? [does.next, does.previous] : [does.previous, does.next];
  const plain: Record<string, () => void> = {
    ArrowLeft: back,
    ArrowRight: on,
    a: does.previous,
    d: does.next,
    Escape: does.close,
    f: does.favorite,
    i: does.info,
    z: does.zoom,
    v: does.motion,
    s: does.slideshow,
    Delete: does.trash,
    ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`${n}`, () => does.rate(n)])),
    "0": () => does.rate(null),
  };
  const shifted: Record<string, () => void> = { A: does.archive, D: does.download, Delete: does.deleteForEver };
  const act = (event.shiftKey ? shifted : plain)[event.key];
  act?.();
  return act !== undefined;
}
