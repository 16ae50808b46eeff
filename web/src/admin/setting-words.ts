// How settings are called. A setting without words of its own is called by its key, so that a new one is never missing.
import { maybe } from "../messages/index.svelte";
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

/** Everything one might search for. */
export function wordsOf(setting: Setting): string[] {
  const own = [labelOf(setting.path), hintOf(setting.path) ?? "", setting.path];
  return setting.kind === "group" ? [...own, ...setting.fields.flatMap(wordsOf)] : own;
}

/** "keepLastAmount" → "Keep last amount". */
const plain = (key: string) => key.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^./, (letter) => letter.toUpperCase());
