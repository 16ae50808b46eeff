// Keeps the Tab key inside, messages at the edge of the screen included: their "Undo" must stay in reach.
const focusable = "a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), video[controls], [tabindex='0']";

export function trap(element: HTMLElement): () => void {
  const inside = () =>
    [...element.querySelectorAll<HTMLElement>(focusable), ...document.querySelectorAll<HTMLElement>("[role=region][aria-live] button")].filter(
      (one) => one.tabIndex >= 0 && !one.closest("[inert]") && one.checkVisibility(),
    );
  function key(event: KeyboardEvent) {
    if (event.key !== "Tab") return;
    // A dialog above this one has a trap of its own.
    const active = document.activeElement;
    const elsewhere = active?.closest("[role=dialog], [role=alertdialog], [role=menu]");
    if (elsewhere && elsewhere !== element) return;
    const all = inside();
    const at = all.indexOf(active as HTMLElement);
    const next = all[(at + (event.shiftKey ? -1 : 1) + all.length) % all.length];
    if (at >= 0 && all[at + (event.shiftKey ? -1 : 1)] && element.contains(active) && element.contains(next!)) return;
    event.preventDefault();
    next?.focus();
  }
  addEventListener("keydown", key);
  return () => removeEventListener("keydown", key);
}
