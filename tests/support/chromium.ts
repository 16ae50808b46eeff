// The browser of tests and benchmarks, and how to be somebody in it without the form.
//
//     CALOTYPE_CHROMIUM    the browser; the system's if unset
import { existsSync } from "node:fs";
import { chromium, type BrowserContext } from "playwright-core";
import type { Person } from "./person.ts";
import type { Server } from "./server.ts";

const known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** Undefined where there is none. */
export const executablePath = [process.env.CALOTYPE_CHROMIUM || known].flat().find((path) => existsSync(path));

export const launch = (...further: string[]) =>
  chromium.launch({
    executablePath,
    args: [
      ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
      ...["--disable-component-update", "--disable-sync", "--no-first-run", ...further],
    ],
  });

export async function signedIn(context: BrowserContext, server: Server, person: Person) {
  const cookie = { url: server.url, sameSite: "Lax" as const };
  await context.addCookies([
    { ...cookie, name: "immich_access_token", value: person.accessToken, httpOnly: true },
    { ...cookie, name: "immich_auth_type", value: "password", httpOnly: true },
    { ...cookie, name: "immich_is_authenticated", value: "true" },
  ]);
}
