// A warning before the tab is closed or reloaded.
import { on } from "svelte/events";

/** Until the returned function is called. Only while there is something to lose: some browsers keep no page with such a listener for the way back. */
export const warnBeforeUnload = (): (() => void) => on(window, "beforeunload", (event) => event.preventDefault());
