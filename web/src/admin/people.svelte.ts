// Everybody who has an account: the list lives longer than the page that shows it, so that an undo from elsewhere can bring it up to date.
import type { UserAdminResponseDto } from "../contract";
import { call } from "../lib/api";
import { reason } from "../ui/toast.svelte";

export const people = $state<{ users?: UserAdminResponseDto[]; problem: string }>({ problem: "" });

/** Those who are deleted come last. */
export async function loadPeople() {
  try {
    const all = await call("searchUsersAdmin", { withDeleted: true });
    people.users = all.sort((a, b) => Number(!!a.deletedAt) - Number(!!b.deletedAt) || a.name.localeCompare(b.name));
    people.problem = "";
  } catch (error) {
    people.problem = reason(error);
  }
}
