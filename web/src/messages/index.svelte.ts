// All words of the app. One file per language; English is the measure: its keys are the type, and the compiler finds what another language lacks.
//
// A message may name values in braces: "Hello {name}". A message that counts is an object with the plural forms of its language,
// chosen by `n`: {"one": "{n} photo", "other": "{n} photos"}. To add a language, copy en.json, translate, and name it in `languages`.
import type de from "./de.json";
import type en from "./en.json";

type Messages = typeof en;
export type MessageKey = keyof Messages;
type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** A language that lacks a message does not compile. */
type Complete<T extends { [K in MessageKey]: Messages[K] extends string ? string : Plural }> = T;
export type German = Complete<typeof de>;

export const languages = {
  en: { name: "English", load: () => import("./en.json") },
  de: { name: "Deutsch", load: () => import("./de.json") },
} as const;
export type Language = keyof typeof languages;

const KEY = "lang";
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

let messages = $state.raw<Messages>({} as Messages);
let current = $state<Language>("en");
let own = $state(localStorage.getItem("locale") ?? "default");
let rules = new Intl.PluralRules("en");

export const language = {
  get current() {
    return current;
  },
  /** For Intl: the chosen locale for dates and numbers; else the browser's variant of the language (en-GB rather than en). */
  get locale(): string {
    return own === "default" ? (navigator.languages.find((l) => l.split("-")[0] === current) ?? current) : own;
  },
  /** How dates and numbers are written, apart from the language: "default" or a tag such as "en-GB". */
  get ownLocale(): string {
    return own;
  },
  set ownLocale(tag: string) {
    own = tag;
    localStorage.setItem("locale", tag);
  },
};

/** Loads the words of a language; without one, of the one chosen before or the first of the browser's that we speak. */
export async function useLanguage(wish?: Language) {
  const chosen = wish ?? preferred();
  const { default: loaded } = await languages[chosen].load();
  if (wish) localStorage.setItem(KEY, wish);
  rules = new Intl.PluralRules(chosen);
  messages = loaded as Messages;
  current = chosen;
  document.documentElement.lang = chosen;
  document.documentElement.dir = RIGHT_TO_LEFT.has(chosen) ? "rtl" : "ltr";
}

// Wherever people write dates and numbers in their own way; Intl knows how, and how the place is called.
const LOCALES =
  "ar-EG ar-SA bg-BG bn-BD ca-ES cs-CZ da-DK de-AT de-CH de-DE el-GR en-AU en-CA en-GB en-IE en-IN en-NZ en-US en-ZA es-AR es-ES es-MX et-EE fa-IR fi-FI " +
  "fr-BE fr-CA fr-CH fr-FR he-IL hi-IN hr-HR hu-HU id-ID it-CH it-IT ja-JP ko-KR lt-LT lv-LV ms-MY nb-NO nl-BE nl-NL pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK " +
  "sl-SI sr-RS sv-SE th-TH tr-TR uk-UA ur-PK vi-VN zh-CN zh-HK zh-TW";

export function locales(): { tag: string; name: string }[] {
  const names = new Intl.DisplayNames(current, { type: "language" });
  return LOCALES.split(" ")
    .map((tag) => ({ tag, name: names.of(tag) ?? tag }))
    .sort((a, b) => a.name.localeCompare(b.name, current));
}

export function t(key: MessageKey, values: Record<string, string | number> = {}): string {
  const message = messages[key] as string | Plural | undefined;
  if (message === undefined) return key;
  const text = typeof message === "string" ? message : (message[rules.select(Number(values.n))] ?? message.other);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? value.toLocaleString(language.locale) : value;
  });
}

/** A message whose key is put together at run time; undefined if there is none. */
export function maybe(key: string): string | undefined {
  return key in messages ? t(key as MessageKey) : undefined;
}

/** Where a message stands among the others; after all of them if it is none. */
export function placeOf(key: string): number {
  const at = Object.keys(messages).indexOf(key);
  return at < 0 ? Infinity : at;
}

function preferred(): Language {
  const wishes = [localStorage.getItem(KEY) ?? "", ...navigator.languages];
  return wishes.map((w) => w.split("-")[0] as Language).find((w) => w in languages) ?? "en";
}
