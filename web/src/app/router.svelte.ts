// Real addresses without reloading: matches the path with the table of routes, loads the page's code, and takes care of the title, the
// scroll position and the focus. A page that stays (another parameter, another query) is neither drawn anew nor scrolled.
import { tick, type Component } from "svelte";
import { t, type MessageKey } from "../messages/index.svelte";

export type Access = "all" | "user" | "admin";
export type Route = {
  /** Several paths may show one page. `:name` is a parameter; `:assetId` must look like an id. */
  paths: string[];
  title: MessageKey;
  /** Who may see it; strangers are asked to sign in, people without the right are led to their photos. */
  access: Access;
  /** Within the bars, or alone on the screen. */
  frame: "shell" | "none";
  load: () => Promise<{ default: Component<any> }>;
  /** Further properties for the page beside the parameters of its path. */
  props?: Record<string, unknown>;
};
type Place = { route: Route; params: Record<string, string>; page: Component<any> };

const state = $state<{ url: URL; loading: boolean; subtitle?: string }>({ url: new URL(location.href), loading: false });
let place = $state.raw<Place>();
let matchers: { route: Route; pattern: RegExp }[] = [];
/** Each answers an address to go to instead, or nothing. */
type Rules = { forward: (url: URL) => string | undefined; guard: (route: Route, url: URL) => string | undefined };
let rules: Rules;
let visit = 0;
const keepers = new Set<() => boolean | Promise<boolean>>();
const notes = new Set<() => object>();

export const router = {
  get url() {
    return state.url;
  },
  get path() {
    return state.url.pathname;
  },
  get query() {
    return state.url.searchParams;
  },
  get place() {
    return place;
  },
  /** The code of the next page is on its way. */
  get loading() {
    return state.loading;
  },
  /** Where this entry of the history was scrolled to when it was left; for pages that have to build their content first. */
  get scroll(): number {
    return (history.state as { scroll?: number } | null)?.scroll ?? 0;
  },
  /** A page that shows one thing names it. */
  set subtitle(text: string | undefined) {
    state.subtitle = text;
    entitle();
  },
};

export function prepareRouter(routes: Route[], itsRules: Rules) {
  matchers = routes.flatMap((route) => route.paths.map((path) => ({ route, pattern: compile(path) })));
  rules = itsRules;
}

/** Begins to fetch the code of a page that will probably be shown. */
export function preload(url: URL) {
  match(new URL(rules.forward(url) ?? url, url).pathname)
    ?.route.load()
    .catch(() => {});
}

export async function startRouter() {
  history.scrollRestoration = "manual";
  recallPlace();
  addEventListener("popstate", () => void show(new URL(location.href), "back"));
  addEventListener("click", follow);
  addEventListener("pagehide", takePlaceAlong);
  await show(new URL(location.href), "first");
}

export async function go(to: string | URL, { replace = false } = {}) {
  const url = new URL(to, location.href);
  if (url.href === state.url.href && place) return;
  if (samePage(url) || (await mayLeave())) await show(url, replace ? "replace" : "push");
}

/** Changes the query of this page, without a new entry in the history. */
export function setQuery(values: Record<string, string | undefined>) {
  const url = new URL(state.url);
  for (const [key, value] of Object.entries(values)) {
    if (value) url.searchParams.set(key, value);
    else url.searchParams.delete(key);
  }
  if (url.href === state.url.href) return;
  history.replaceState(history.state, "", url);
  state.url = url;
}

/** Asks before the page is left, as long as the returned function has not been called; answer true to let go. */
export function beforeLeaving(ask: () => boolean | Promise<boolean>): () => void {
  keepers.add(ask);
  return () => void keepers.delete(ask);
}

/** What to remember with an entry of the history when it is left, as long as the returned function has not been called. */
export function noteOnLeaving(note: () => object): () => void {
  notes.add(note);
  return () => void notes.delete(note);
}

/** Where to sign in, and to come back from. */
export function signInAddress(from: URL): string {
  return `/auth/login?continue=${encodeURIComponent(from.pathname + from.search)}`;
}

/** The `continue` of this address, if it leads to ourselves. */
export function continuation(fallback = "/photos"): string {
  const to = state.url.searchParams.get("continue");
  if (!to) return fallback;
  const url = new URL(to, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : fallback;
}

async function show(url: URL, how: "first" | "push" | "replace" | "back") {
  const mine = ++visit;
  const found = match(url.pathname);
  const instead = rules.forward(url) ?? (found && rules.guard(found.route, url));
  if (instead !== undefined) return show(new URL(instead, location.href), how === "push" ? "push" : "replace");
  if (how === "back" && !samePage(url) && !(await mayLeave())) return history.pushState(null, "", state.url);

  const stays = place !== undefined && found?.route === place.route;
  let page = place?.page;
  if (!stays && found) {
    const late = setTimeout(() => (state.loading = true), 100);
    try {
      page = (await found.route.load()).default;
    } finally {
      clearTimeout(late);
      if (mine === visit) state.loading = false;
    }
    if (mine !== visit) return;
  }

  if (how === "push") rememberPlace();
  if (how === "push") history.pushState({}, "", url);
  else if (how === "replace" || url.href !== location.href) history.replaceState({ scroll: stays ? scrollY : 0 }, "", url);
  state.url = url;
  if (!stays) state.subtitle = undefined;
  place = found && { route: found.route, params: found.params, page: page! };
  entitle();
  if (stays) return;
  await tick();
  if (mine !== visit) return;
  scrollTo(0, how === "back" || how === "first" ? router.scroll : 0);
  if (how !== "first") document.querySelector<HTMLElement>("main h1[tabindex], main")?.focus({ preventScroll: true });
}

function match(path: string) {
  const clean = path.length > 1 ? path.replace(/\/+$/, "") : path;
  for (const { route, pattern } of matchers) {
    const found = pattern.exec(clean);
    if (found) return { route, params: { ...found.groups } };
  }
  return undefined;
}

function compile(path: string): RegExp {
  const body = path.replace(/:(\w+)/g, (_, name: string) => `(?<${name}>${name === "assetId" ? "[0-9a-fA-F-]{36}" : "[^/]+"})`);
  return new RegExp(`^${body}$`);
}

const samePage = (url: URL) => place !== undefined && match(url.pathname)?.route === place.route;

async function mayLeave(): Promise<boolean> {
  for (const ask of [...keepers]) if (!(await ask())) return false;
  return true;
}

const notedPlace = (): object => Object.assign({}, history.state, { scroll: scrollY }, ...[...notes].map((note) => note()));

function rememberPlace() {
  history.replaceState(notedPlace(), "");
}

// When the page goes, it is too late for the history of some browsers. Before that there is only an event whose listeners cost the page its place
// in the back/forward cache. So what is left there is brought back by the next page in this tab.
const LEFT = "calotype.left";

function takePlaceAlong() {
  sessionStorage.setItem(LEFT, JSON.stringify({ href: location.href, entry: notedPlace() }));
}

function recallPlace() {
  const left = JSON.parse(sessionStorage.getItem(LEFT) ?? "null") as { href: string; entry: object } | null;
  sessionStorage.removeItem(LEFT);
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (left?.href === location.href && navigation?.type !== "navigate") history.replaceState(left.entry, "");
}

/** Again when the language changes. */
export function entitle() {
  const name = state.subtitle ?? (place ? t(place.route.title) : t("notFound.title"));
  document.title = `${name} - Calotype`;
}

/** Plain links within the app become visits. */
function follow(event: MouseEvent) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest?.("a");
  if (!link?.href || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  const url = new URL(link.href);
  if (url.pathname.startsWith("/api/") || (url.hash && url.pathname === location.pathname)) return;
  event.preventDefault();
  void go(url);
}
