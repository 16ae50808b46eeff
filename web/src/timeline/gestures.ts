// Choosing photos with the pointer: a click on the mark, a click with Shift, dragging over photos, and on touch screens a long press and then dragging.
import type { Photo } from "./photo";
import type { Selection } from "./selection.svelte";
import type { Timeline } from "./timeline.svelte";

const LONG_PRESS = 350;
const SLACK = { mouse: 6, touch: 10 };
/** So near to an edge, in pixels, the page scrolls by itself while one drags. */
const EDGE = 80;

/** window: the scrolling element; canvas: what the photos lie on. The returned function takes all back. */
export function gestures(window: HTMLElement, canvas: HTMLElement, timeline: Timeline, selection: Selection): () => void {
  let press: { photo: Photo; x: number; y: number; touch: boolean; timer?: ReturnType<typeof setTimeout> } | undefined;
  let sweep: ReturnType<Selection["sweep"]> | undefined;
  let pointer = { x: 0, y: 0 };
  let clickFollows = false;

  const photoOf = (event: Event): Photo | undefined => {
    const id = (event.target as Element).closest<HTMLElement>("[data-asset]")?.dataset.asset;
    return id ? timeline.find(id) : undefined;
  };
  const onMark = (event: Event) => (event.target as Element).closest(".check") !== null;

  function photoUnderPointer(): Photo | undefined {
    const { left, right } = canvas.getBoundingClientRect();
    const x = getComputedStyle(canvas).direction === "rtl" ? right - pointer.x : pointer.x - left;
    return timeline.photoAt(x, pointer.y - window.getBoundingClientRect().top + timeline.view.top);
  }

  function begin() {
    if (!press) return;
    sweep = selection.sweep(press.photo);
    if (press.touch) navigator.vibrate?.(10);
    requestAnimationFrame(scrollAtEdges);
  }

  function follow() {
    const photo = sweep && photoUnderPointer();
    if (photo) sweep!.to(photo);
  }

  function scrollAtEdges() {
    if (!sweep) return;
    const { top, bottom } = window.getBoundingClientRect();
    const beyond = Math.max(0, pointer.y - (bottom - EDGE)) - Math.max(0, top + EDGE - pointer.y);
    if (beyond) {
      window.scrollTop += Math.max(-1, Math.min(1, beyond / EDGE)) * 24;
      follow();
    }
    requestAnimationFrame(scrollAtEdges);
  }

  function end() {
    clearTimeout(press?.timer);
    press = undefined;
    if (!sweep) return;
    void sweep.end();
    sweep = undefined;
    clickFollows = true;
    setTimeout(() => (clickFollows = false), 300);
  }

  const handlers = {
    pointerdown(event: PointerEvent) {
      const photo = photoOf(event);
      if (!photo || event.button !== 0 || !event.isPrimary) return;
      const touch = event.pointerType === "touch";
      pointer = { x: event.clientX, y: event.clientY };
      if (touch || onMark(event) || selection.size) press = { photo, touch, ...pointer, timer: touch ? setTimeout(begin, LONG_PRESS) : undefined };
    },
    pointermove(event: PointerEvent) {
      if (!press || !event.isPrimary) return;
      pointer = { x: event.clientX, y: event.clientY };
      if (sweep) return follow();
      const far = Math.hypot(pointer.x - press.x, pointer.y - press.y) > (press.touch ? SLACK.touch : SLACK.mouse);
      if (!far) return;
      if (press.touch) end();
      else if (event.buttons & 1) {
        window.setPointerCapture(event.pointerId);
        begin();
      } else end();
    },
    pointerup: end,
    pointercancel: end,
    // A finger that chooses does not scroll.
    touchmove(event: TouchEvent) {
      if (sweep) event.preventDefault();
    },
    contextmenu(event: Event) {
      if (press?.touch) event.preventDefault();
    },
    dragstart(event: Event) {
      event.preventDefault();
    },
    pointerover(event: PointerEvent) {
      if (event.pointerType === "mouse" && selection.size && !sweep) selection.suggest(event.shiftKey ? photoOf(event) : undefined);
    },
    click(event: MouseEvent) {
      const photo = photoOf(event);
      if (clickFollows) return event.preventDefault();
      if (!photo || event.metaKey || event.ctrlKey || !(selection.size || onMark(event))) return;
      event.preventDefault();
      if (event.shiftKey) void selection.extend(photo);
      else selection.toggle(photo);
    },
  };
  for (const [name, handler] of Object.entries(handlers)) window.addEventListener(name, handler as EventListener, { passive: false });
  return () => {
    end();
    for (const [name, handler] of Object.entries(handlers)) window.removeEventListener(name, handler as EventListener);
  };
}
