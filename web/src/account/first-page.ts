// What the server wants of somebody who has just signed in comes before the photos.
import { session } from "../app/session.svelte";
import type { LoginResponseDto } from "../contract";

export function firstPage(login: LoginResponseDto, wish: string): string {
  if (login.isAdmin && !session.server?.isOnboarded) return "/auth/onboarding";
  if (login.shouldChangePassword && !login.isAdmin) return `/auth/change-password?continue=${encodeURIComponent(wish)}`;
  return wish;
}
