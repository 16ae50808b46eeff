// Every address of the app and the code behind it. A page's code is fetched when it is first visited.
import { signInAddress, type Route } from "./router.svelte";
import { session } from "./session.svelte";

const timeline = () => import("../timeline/Timeline.svelte");

/** The pages that show a timeline: `view` says which, `/photos/<id>` at the end of the address opens a photo over it. */
export type TimelineView = "photos" | "recently-added" | "favorites" | "archive" | "trash";

export const routes: Route[] = [
  { paths: ["/auth/login"], title: "login.page", access: "all", frame: "none", load: () => import("../account/Login.svelte") },
  { paths: ["/auth/register"], title: "signUp.page", access: "all", frame: "none", load: () => import("../account/SignUp.svelte") },
  { paths: ["/auth/logout"], title: "action.signOut", access: "user", frame: "none", load: () => import("../account/Logout.svelte") },
  { paths: ["/auth/change-password"], title: "newPassword.page", access: "user", frame: "none", load: () => import("../account/NewPassword.svelte") },
  { paths: ["/auth/onboarding"], title: "onboarding.page", access: "user", frame: "none", load: () => import("../account/Onboarding.svelte") },

  page("photos", ["/photos", "/photos/:assetId", "/photos/photos/:assetId"], "photos.title"),
  page("recently-added", ["/recently-added", "/recently-added/photos/:assetId"], "recentlyAdded.title"),
  page("favorites", ["/favorites", "/favorites/photos/:assetId"], "favorites.title"),
  page("archive", ["/archive", "/archive/photos/:assetId"], "archive.title"),
  page("trash", ["/trash", "/trash/photos/:assetId"], "trash.title"),

  { paths: ["/user-settings"], title: "account.title", access: "user", frame: "shell", load: () => import("../account/Account.svelte") },

  admin(["/admin/users", "/admin/users/new"], "users.title", () => import("../admin/Users.svelte")),
  admin(["/admin/users/:id", "/admin/users/:id/edit"], "users.one", () => import("../admin/User.svelte")),
  admin(["/admin/queues"], "queues.title", () => import("../admin/Queues.svelte")),
  admin(["/admin/queues/:name"], "queues.one", () => import("../admin/Queue.svelte")),
  admin(["/admin/system-settings"], "settings.title", () => import("../admin/Settings.svelte")),
  admin(["/admin/server-status"], "server.title", () => import("../admin/ServerStatus.svelte")),
];

function admin(paths: string[], title: Route["title"], load: Route["load"]): Route {
  return { paths, title, access: "admin", frame: "shell", load };
}

function page(view: TimelineView, paths: string[], title: Route["title"]): Route {
  return { paths, title, access: "user", frame: "shell", load: timeline, props: { view } };
}

/** Old addresses, and those that lead on. */
const moved: Record<string, string> = {
  "/": "/photos",
  "/admin": "/admin/system-settings",
  "/admin/jobs-status": "/admin/queues",
  "/admin/user-management": "/admin/users",
};

/** Where an address leads on to before any page is looked for. */
export function forward(url: URL): string | undefined {
  const to = moved[url.pathname];
  if (to) return to + url.search;
  if (url.pathname === "/link") return linkTarget(url.searchParams);
  return undefined;
}

/** The stable addresses in mails and apps. */
function linkTarget(query: URLSearchParams): string {
  const id = query.get("id");
  if (query.get("target") === "view_asset" && id) return `/photos/${encodeURIComponent(id)}`;
  if (query.get("target") === "unsubscribe") return "/user-settings?isOpen=notifications";
  return "/photos";
}

/** Keeps strangers, people without the right, and people who are already in, out of where they do not belong. */
export function guard(route: Route, url: URL): string | undefined {
  const [path, user] = [url.pathname, session.user];
  if (!session.server?.isInitialized) return path === "/auth/register" ? undefined : "/auth/register";
  if (path === "/auth/register") return user ? "/photos" : "/auth/login";
  if (path === "/auth/login" && user) return "/photos";
  if (route.access === "all") return undefined;
  if (!user) return signInAddress(url);
  if (route.access === "admin" && !user.isAdmin) return "/photos";
  return undefined;
}
