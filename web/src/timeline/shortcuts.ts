// Keys for what is chosen on a timeline, and the list of all keys for the help.
import type { MessageKey } from "../messages/index.svelte";
import type { Actions } from "./actions";
import type { Selection } from "./selection.svelte";
import type { Timeline } from "./timeline.svelte";

export type Shortcut = { keys: string[]; what: MessageKey };

export const timelineShortcuts: Shortcut[] = [
  { keys: ["←", "→", "↑", "↓"], what: "keys.walk" },
  { keys: ["D", "M", "Y"], what: "keys.jump" },
  { keys: ["Enter"], what: "keys.open" },
  { keys: ["X"], what: "keys.select" },
  { keys: ["Ctrl", "A"], what: "keys.selectAll" },
  { keys: ["Esc"], what: "keys.clear" },
  { keys: ["F"], what: "keys.favorite" },
  { keys: ["Shift", "A"], what: "keys.archive" },
  { keys: ["Shift", "D"], what: "keys.download" },
  { keys: ["Del"], what: "keys.trash" },
  { keys: ["Shift", "Del"], what: "keys.deleteForEver" },
  { keys: ["?"], what: "keys.help" },
];

let everything: AbortController | undefined;

/** Chooses every photo of the page, month by month, until it is done or the choice is cleared. */
export async function selectAll(selection: Selection) {
  everything?.abort();
  everything = new AbortController();
  await selection.all(everything.signal);
}

export function clearSelection(selection: Selection) {
  everything?.abort();
  selection.clear();
}

/** Does what the key means for the chosen photos; false if it means nothing. */
export function shortcut(event: KeyboardEvent, timeline: Timeline, selection: Selection, actions: Actions): boolean {
  const control = event.ctrlKey || event.metaKey;
  if (event.altKey) return false;
  if (control && event.key.toLowerCase() === "a") {
    void selectAll(selection);
    return true;
  }
  if (!selection.size) return false;
  if (event.key === "Escape" || (control && event.key.toLowerCase() === "d")) {
    clearSelection(selection);
    return true;
  }
  if (control) return false;
  const { photos } = selection;
  const trash = timeline.kind === "trash";
  if (event.key === "Delete") void (event.shiftKey || trash ? actions.deleteForEver(photos) : actions.trash(photos));
  else if (event.key === "D" && event.shiftKey) void actions.download(photos);
  else if (event.key === "A" && event.shiftKey && !trash) void actions.archive(photos, timeline.kind !== "archive");
  else if (event.key === "f" && !trash) void actions.favorite(photos, !photos.every((photo) => photo.isFavorite));
  else return false;
  return true;
}
