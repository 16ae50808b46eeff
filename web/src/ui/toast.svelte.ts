// Short messages at the edge of the screen that go by themselves. <Toasts> shows them.
import { ApiError, Unreachable } from "../lib/api";
import { t } from "../messages/index.svelte";

export type Toast = {
  id: number;
  kind: "info" | "success" | "problem";
  text: string;
  detail?: string;
  action?: { label: string; run: () => void };
};

export const toasts = $state<Toast[]>([]);
const timers = new Map<number, ReturnType<typeof setTimeout>>();
let last = 0;

/** Three seconds; five with something to press; ten for what went wrong. */
export function toast(text: string, facts: Partial<Omit<Toast, "id" | "text">> = {}): () => void {
  const made: Toast = { id: ++last, kind: "info", text, ...facts };
  toasts.push(made);
  if (toasts.length > 4) dismiss(toasts[0]!.id);
  start(made);
  return () => dismiss(made.id);
}

/** What could not be done, and what the server says of it. Aborted requests and lost sessions are silent. */
export function failed(text: string, error: unknown) {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (error instanceof ApiError && error.status === 401) return;
  toast(text, { kind: "problem", detail: reason(error) });
}

/** What to tell a person about an error. */
export function reason(error: unknown): string {
  if (error instanceof Unreachable) return t("problem.unreachable");
  if (error instanceof ApiError && error.status === 501) return t("problem.missing");
  const words = error instanceof Error ? error.message : String(error);
  return words.length > 200 ? `${words.slice(0, 199)}…` : words;
}

export function dismiss(id: number) {
  hold(id);
  const at = toasts.findIndex((one) => one.id === id);
  if (at >= 0) toasts.splice(at, 1);
}

/** Nobody wants a message to go while they are about to press its button. */
export function hold(id: number) {
  clearTimeout(timers.get(id));
  timers.delete(id);
}

export function start(one: Toast) {
  hold(one.id);
  const seconds = one.kind === "problem" ? 10 : one.action ? 5 : 3;
  timers.set(
    one.id,
    setTimeout(() => dismiss(one.id), seconds * 1000),
  );
}
