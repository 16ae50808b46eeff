// Asks again and again while the page is looked at; rests while it is hidden, and never asks while the last answer is still on its way.
export function poll(ask: () => Promise<unknown>, ms: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let over = false;

  async function round() {
    clearTimeout(timer);
    if (running || over || document.hidden) return;
    running = true;
    await ask();
    running = false;
    if (!over) timer = setTimeout(round, ms);
  }
  document.addEventListener("visibilitychange", round);
  void round();
  return () => {
    over = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", round);
  };
}
