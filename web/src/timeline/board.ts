// What the parts of one timeline page share.
import { createContext } from "svelte";
import type { Selection } from "./selection.svelte";
import type { Timeline } from "./timeline.svelte";

export type Board = { timeline: Timeline; selection: Selection };

export const [board, setBoard] = createContext<Board>();
