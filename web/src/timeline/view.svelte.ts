// The window onto a timeline that may be taller than any page can be: a browser ends at some ten million pixels, a million photos need fifty.
//
// The page scrolls a canvas of bearable height; `shift` says by how much the timeline is moved against it. So a correction above what one looks
// at (a month turns out taller than guessed) changes only `shift`: nothing moves on the screen and a swing in progress goes on. When all is at
// rest, the canvas is brought back to where its ends agree with the ends of the timeline.

const CANVAS = 4_000_000;
/** Faster than this, in pixels per millisecond, nobody can see a photo. */
const FAST = 4;
const REST = 120;

export class View {
  /** Where the upper edge of the window is on the timeline, and how much it shows. */
  top = $state(0);
  height = $state(0);
  /** What lies at y on the timeline is drawn at y - shift on the canvas. */
  shift = $state(0);
  /** Too fast for anything to be worth loading. */
  fast = $state(false);
  /** The wheel or a finger has moved it less than a moment ago. */
  moving = $state(false);

  private total = 0;
  private window?: HTMLElement;
  private canvas?: HTMLElement;
  private written = 0;
  private last = { at: 0, top: 0 };
  private timer?: ReturnType<typeof setTimeout>;

  /** moved: the person scrolled (not the program); rested: it has come to a halt. */
  constructor(private tell: { moved: () => void; rested: () => void }) {}

  attach(window: HTMLElement, canvas: HTMLElement): () => void {
    this.window = window;
    this.canvas = canvas;
    this.height = window.clientHeight;
    const scrolled = () => this.scrolled();
    window.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      window.removeEventListener("scroll", scrolled);
      clearTimeout(this.timer);
      this.window = this.canvas = undefined;
    };
  }

  get bottom() {
    return this.top + this.height;
  }

  /** The furthest that one can scroll. */
  get end() {
    return Math.max(0, this.total - this.height);
  }

  /** The timeline has another height, and what is at the window's upper edge is now at `top`. Nothing moves on the screen. */
  correct(total: number, top: number) {
    this.total = total;
    this.shift += top - this.top;
    this.top = top;
    if (this.moving) this.stretch();
    else this.jump(top);
  }

  /** Shows another place at once. */
  jump(top: number) {
    const to = Math.min(Math.max(0, top), this.end);
    // Anywhere on the canvas from where both ends of the timeline can be reached; well inside it, and where it is now if that is well inside.
    const canvas = Math.min(CANVAS, this.total);
    const now = this.window?.scrollTop ?? 0;
    const inside = Math.min(Math.max(now, canvas / 4), (canvas * 3) / 4);
    const place = Math.max(0, Math.min(Math.max(inside, canvas - (this.total - to)), to));
    this.shift = to - place;
    this.top = to;
    this.stretch();
    if (!this.window) return;
    if (this.window.scrollTop !== place) this.window.scrollTop = place;
    this.written = this.window.scrollTop;
    this.shift = to - this.written;
    this.last = { at: performance.now(), top: to };
  }

  /** Shows another place while the person is still on the way: nothing is loaded before they stay. */
  rush(top: number) {
    this.jump(top);
    this.fast = true;
    this.restLater();
  }

  private stretch() {
    if (this.canvas) this.canvas.style.height = `${Math.min(CANVAS, Math.max(0, this.total - this.shift))}px`;
  }

  private scrolled() {
    const place = this.window!.scrollTop;
    if (place === this.written) return;
    this.written = NaN;
    const now = performance.now();
    this.top = place + this.shift;
    const way = Math.abs(this.top - this.last.top);
    this.fast = way / Math.max(1, now - this.last.at) > FAST || way > 1.5 * this.height;
    this.last = { at: now, top: this.top };
    this.moving = true;
    this.restLater();

    const cutAbove = place < this.height && this.shift !== 0;
    const cutBelow = place + 2 * this.height > CANVAS && this.bottom < this.total;
    if (this.top < 0 || cutAbove || cutBelow) this.jump(this.top);
    this.tell.moved();
  }

  private restLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rest(), REST);
  }

  private rest() {
    this.moving = this.fast = false;
    this.jump(this.top);
    this.tell.rested();
  }
}
