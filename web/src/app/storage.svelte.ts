// The room that is left, asked for when somebody looks, and again a while after uploads and deletions.
import { call } from "../lib/api";
import { listen } from "../lib/live.svelte";
import { session } from "./session.svelte";

export const storage = $state<{ room?: { used: number; size: number } }>({});

let watchers = 0;
let stop: (() => void) | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** For an effect: while anybody watches, the figures are kept fresh. */
export function watchStorage(): () => void {
  if (watchers++ === 0) {
    void ask();
    stop = listen({ on_upload_success: soon, on_asset_delete: soon });
  }
  return () => {
    if (--watchers > 0) return;
    stop?.();
    clearTimeout(timer);
    timer = undefined;
  };
}

function soon() {
  timer ??= setTimeout(() => {
    timer = undefined;
    void ask();
  }, 5000);
}

async function ask() {
  try {
    if (session.user?.quotaSizeInBytes != null) {
      const { quotaSizeInBytes: size, quotaUsageInBytes: used } = await call("getMyUser", {});
      storage.room = { used: used ?? 0, size: size ?? 0 };
    } else {
      const { diskUseRaw, diskSizeRaw } = await call("getStorage", {});
      storage.room = { used: diskUseRaw, size: diskSizeRaw };
    }
  } catch {
    // The meter shows what it knew; the notice at the top says that the server is away.
  }
}
