// Who is signed in, and what the server says of itself and offers.
import type { ServerConfigDto, ServerFeaturesDto, UserAdminResponseDto, UserPreferencesResponseDto } from "../contract";
import { call, hooks } from "../lib/api";
import { connect, disconnect, listen } from "../lib/live.svelte";
import { go, router, signInAddress } from "./router.svelte";

type Session = {
  server?: ServerConfigDto;
  features?: ServerFeaturesDto;
  user?: UserAdminResponseDto;
  preferences?: UserPreferencesResponseDto;
};
export const session = $state<Session>({});

export const loginCookie = () => /(^|; )immich_is_authenticated=true/.test(document.cookie);

/** Once, before anything is shown. Throws when the server does not answer. */
export async function boot() {
  await Promise.all([knowServer(), loginCookie() && knowMe().catch(() => {})]);
}

export async function knowFeatures() {
  session.features = await call("getServerFeatures", {});
}

/** What an administrator changes is felt at once. */
export async function knowServer() {
  [session.server] = await Promise.all([call("getServerConfig", {}), knowFeatures()]);
}

async function knowMe() {
  const [user, preferences] = await Promise.all([call("getMyUser", {}), call("getMyPreferences", {})]);
  session.preferences = preferences;
  session.user = user;
  void connect();
}

/** Answers what the server wants of the person next. */
export async function signIn(email: string, password: string) {
  const answer = await call("login", { body: { email, password } });
  await knowMe();
  return answer;
}

export async function signUp(name: string, email: string, password: string) {
  await call("signUpAdmin", { body: { name, email, password } });
  if (session.server) session.server.isInitialized = true;
  return signIn(email, password);
}

export async function signOut() {
  const { redirectUri } = await call("logout", {});
  forget();
  if (redirectUri.startsWith("/")) await go(redirectUri);
  else location.assign(redirectUri);
}

/** The session was ended elsewhere. */
async function lost() {
  if (!session.user) return;
  forget();
  await go(signInAddress(router.url), { replace: true });
}

function forget() {
  disconnect();
  session.user = undefined;
  session.preferences = undefined;
}

hooks.unauthorized = () => void lost();
listen({
  on_session_delete: () => void lost(),
  on_config_update: () => void knowServer().catch(() => {}),
});
