// How a picture lies in its frame: 1 fits it, more is nearer. The point under the pointer or between the fingers stays where it is.
export const NEAREST = 10;
const STEP = 2.5;

export type Size = { width: number; height: number };

/** The largest size with this ratio inside a frame. */
export function fitInto(frame: Size, ratio: number): Size {
  const wide = frame.width / Math.max(1, frame.height) < ratio;
  return wide ? { width: frame.width, height: frame.width / ratio } : { width: frame.height * ratio, height: frame.height };
}

export class Zoom {
  scale = $state(1);
  x = $state(0);
  y = $state(0);
  /** Moves smoothly there (a double click), not with a finger. */
  gliding = $state(false);

  /** frame: what it is seen through; picture: its size at scale 1. */
  constructor(
    private frame: () => Size,
    private picture: () => Size,
  ) {}

  get near() {
    return this.scale > 1.001;
  }

  /** x and y from the middle of the frame. */
  at(x: number, y: number, scale: number, gliding = false) {
    const to = Math.min(NEAREST, Math.max(1, scale));
    const growth = to / this.scale;
    this.gliding = gliding;
    this.scale = to;
    this.place(x - (x - this.x) * growth, y - (y - this.y) * growth);
  }

  by(dx: number, dy: number) {
    this.gliding = false;
    this.place(this.x + dx, this.y + dy);
  }

  /** Fits, or is near. */
  toggle(x = 0, y = 0) {
    this.at(x, y, this.near ? 1 : STEP, true);
  }

  reset() {
    this.gliding = false;
    this.scale = 1;
    this.x = this.y = 0;
  }

  /** The picture's edges do not come further in than the frame's. */
  private place(x: number, y: number) {
    const { width, height } = this.frame();
    const picture = this.picture();
    const spareX = Math.max(0, (picture.width * this.scale - width) / 2);
    const spareY = Math.max(0, (picture.height * this.scale - height) / 2);
    this.x = Math.min(spareX, Math.max(-spareX, x));
    this.y = Math.min(spareY, Math.max(-spareY, y));
  }

  get transform() {
    return `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
  }
}
