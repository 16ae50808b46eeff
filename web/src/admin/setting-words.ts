// How settings are called. A setting without words of its own is called by its key, so that a new one is never missing.
import { maybe, placeOf } from "../messages/index.svelte";
import type { Setting } from "./setting";

export function labelOf(path: string): string {
  return maybe(`setting.${path}`) ?? plain(path.slice(path.lastIndexOf(".") + 1));
}

export function hintOf(path: string): string | undefined {
  return maybe(`setting.${path}.hint`);
}

export function choiceLabel(path: string, value: string): string {
  return maybe(`setting.${path}=${value}`) ?? value;
}

/** Switches that rule the others first, groups last; the rest in the order of the messages, which goes from the usual to the rare. */
export function inOrder(fields: Setting[]): Setting[] {
  const rank = ({ kind, path }: Setting) => (path.endsWith(".enabled") ? -1 : kind === "group" ? 1 : 0);
  const place = ({ path }: Setting) => placeOf(`setting.${path}`);
  return fields.toSorted((a, b) => rank(a) - rank(b) || (place(a) === place(b) ? 0 : place(a) - place(b)));
}

/** Everything one might search for. */
export function wordsOf(setting: Setting): string[] {
  const own = [labelOf(setting.path), hintOf(setting.path) ?? "", setting.path];
  return setting.kind === "group" ? [...own, ...setting.fields.flatMap(wordsOf)] : own;
}

/** "keepLastAmount" → "Keep last amount". */
const plain = (key: string) => key.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^./, (letter) => letter.toUpperCase());
