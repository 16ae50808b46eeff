// One photo after the other, by itself. Films play to their end.
const SECONDS = 5;

export class Slideshow {
  running = $state(false);

  /** Call in an effect when a photo is shown: the next one follows when its time is over. */
  shown(isImage: boolean, next: (() => void) | undefined): (() => void) | undefined {
    if (!this.running || !isImage) return undefined;
    const timer = setTimeout(() => (next ? next() : this.stop()), SECONDS * 1000);
    return () => clearTimeout(timer);
  }

  start() {
    this.running = true;
    void document.documentElement.requestFullscreen?.().catch(() => {});
  }

  stop() {
    if (!this.running) return;
    this.running = false;
    if (document.fullscreenElement) void document.exitFullscreen();
  }
}
