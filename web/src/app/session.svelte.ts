// Who is signed in, and what the server says of itself.
import type { ServerConfigDto, UserAdminResponseDto } from "../contract";
import { ApiError, call } from "../lib/api";

export const session = $state<{ user?: UserAdminResponseDto; server?: ServerConfigDto; ready: boolean; problem?: string }>({ ready: false });

export async function begin() {
  session.problem = undefined;
  try {
    session.server = await call("getServerConfig", {});
    if (session.server.isInitialized) session.user = await call("getMyUser", {});
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) session.problem = "Calotype does not answer. Is the server running?";
  }
  session.ready = true;
}

export async function signIn(email: string, password: string) {
  await call("login", { body: { email, password } });
  session.user = await call("getMyUser", {});
}

export async function signUp(name: string, email: string, password: string) {
  await call("signUpAdmin", { body: { name, email, password } });
  if (session.server) session.server.isInitialized = true;
  await signIn(email, password);
}

export async function signOut() {
  await call("logout", {});
  session.user = undefined;
}
