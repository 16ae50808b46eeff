// Fingers, mouse and wheel on the picture: two fingers or the wheel zoom, one moves what is near, and swipes what fits. A double tap zooms.
import type { Zoom } from "./zoom.svelte";

export type Swipe = {
  /** How far the finger has drawn the picture aside or down; zero when it lets go. */
  drag: (dx: number, dy: number) => void;
  /** A swipe has ended there: -1 back, 1 on. */
  aside: (step: 1 | -1) => void;
  down: () => void;
  /** One finger, once. */
  tap: () => void;
};

const SLACK = 8;
/** A swipe counts from here on, in pixels or pixels per millisecond. */
const FAR = 80;
const QUICK = 0.5;
const DOUBLE = 300;

type Point = { x: number; y: number };

export function touches(element: HTMLElement, zoom: () => Zoom | undefined, swipe: Swipe): () => void {
  const fingers = new Map<number, Point>();
  let begun: (Point & { at: number }) | undefined;
  let way: "aside" | "down" | "pan" | undefined;
  let tapping: ReturnType<typeof setTimeout> | undefined;
  let lastTap: (Point & { at: number }) | undefined;

  /** From the middle of the frame. */
  function middle({ x, y }: Point): Point {
    const box = element.getBoundingClientRect();
    return { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 };
  }
  const between = ([a, b]: Point[]): Point & { far: number } => ({ x: (a!.x + b!.x) / 2, y: (a!.y + b!.y) / 2, far: Math.hypot(a!.x - b!.x, a!.y - b!.y) });
  const onControl = (event: Event) => (event.target as Element).closest("button, a, input, video, [role=slider]") !== null;

  function pinch(before: Point[], after: Point[]) {
    const [from, to] = [between(before), between(after)];
    const { x, y } = middle(from);
    zoom()?.at(x, y, zoom()!.scale * (to.far / Math.max(1, from.far)));
    zoom()?.by(to.x - from.x, to.y - from.y);
  }

  function finish(event: PointerEvent) {
    fingers.delete(event.pointerId);
    if (fingers.size) return;
    const [start, ended] = [begun, way];
    begun = way = undefined;
    if (!start) return;
    const [dx, dy] = [event.clientX - start.x, event.clientY - start.y];
    const quick = Math.hypot(dx, dy) / Math.max(1, event.timeStamp - start.at) > QUICK;
    if (event.type === "pointercancel") return swipe.drag(0, 0);
    if (ended === "aside" && (Math.abs(dx) > FAR || quick)) return swipe.aside(dx < 0 ? 1 : -1);
    if (ended === "down" && dy > 0 && (dy > FAR || quick)) return swipe.down();
    if (ended === "aside" || ended === "down") return swipe.drag(0, 0);
    if (ended === undefined && Math.hypot(dx, dy) < SLACK) tap(event);
  }

  function tap(event: PointerEvent) {
    const now = { x: event.clientX, y: event.clientY, at: event.timeStamp };
    const twice = lastTap && now.at - lastTap.at < DOUBLE && Math.hypot(now.x - lastTap.x, now.y - lastTap.y) < 40;
    lastTap = twice ? undefined : now;
    clearTimeout(tapping);
    if (!twice) {
      // One finger's tap; a mouse has nothing to say by that.
      if (event.pointerType === "touch") tapping = setTimeout(swipe.tap, DOUBLE);
      return;
    }
    const { x, y } = middle(now);
    zoom()?.toggle(x, y);
  }

  const handlers = {
    pointerdown(event: PointerEvent) {
      if (event.button !== 0 || onControl(event)) return;
      element.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (fingers.size === 1) begun = { x: event.clientX, y: event.clientY, at: event.timeStamp };
      else {
        begun = undefined;
        way = "pan";
        swipe.drag(0, 0);
      }
    },
    pointermove(event: PointerEvent) {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const earlier = [...fingers.values()];
      const now = { x: event.clientX, y: event.clientY };
      fingers.set(event.pointerId, now);
      if (fingers.size === 2) return pinch(earlier, [...fingers.values()]);
      if (!begun) return;
      const [dx, dy] = [now.x - begun.x, now.y - begun.y];
      if (!way && Math.hypot(dx, dy) > SLACK) {
        if (zoom()?.near) way = "pan";
        else if (event.pointerType !== "mouse") way = Math.abs(dx) > Math.abs(dy) ? "aside" : "down";
      }
      if (way === "pan") zoom()?.by(now.x - before.x, now.y - before.y);
      else if (way === "aside") swipe.drag(dx, 0);
      else if (way === "down") swipe.drag(0, Math.max(0, dy));
    },
    pointerup: finish,
    pointercancel: finish,
    wheel(event: WheelEvent) {
      if (!zoom() || onControl(event)) return;
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      const { x, y } = middle({ x: event.clientX, y: event.clientY });
      zoom()!.at(x, y, zoom()!.scale * Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)));
    },
  };
  for (const [name, handler] of Object.entries(handlers)) element.addEventListener(name, handler as EventListener, { passive: false });
  return () => {
    clearTimeout(tapping);
    for (const [name, handler] of Object.entries(handlers)) element.removeEventListener(name, handler as EventListener);
  };
}
