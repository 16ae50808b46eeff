// Justified rows: pictures of one height side by side, as many as fill the width.

export type Box = { x: number; y: number; width: number; height: number };

/**
 * Boxes for pictures with these ratios (width / height), from the top left corner. A row breaks where its height comes closest to the target. The last row
 * fills the width only if that takes little. Returns the height of all rows without a gap below.
 */
export function layoutRows(ratios: readonly number[], width: number, target: number, gap: number): { boxes: Box[]; height: number } {
  const boxes: Box[] = [];
  let y = 0;
  for (let start = 0; start < ratios.length; ) {
    const { end, height } = nextRow(ratios, start, width, target, gap);
    let x = 0;
    for (let i = start; i < end; i++) {
      const box = { x, y, width: shown(ratios[i]!) * height, height };
      boxes.push(box);
      x += box.width + gap;
    }
    y += height + gap;
    start = end;
  }
  return { boxes, height: Math.max(0, y - gap) };
}

/** The width of all pictures in one row of the target height. */
export const naturalWidth = (ratios: readonly number[], target: number, gap: number) =>
  ratios.reduce((sum, ratio) => sum + shown(ratio) * target, 0) + Math.max(0, ratios.length - 1) * gap;

function nextRow(ratios: readonly number[], start: number, width: number, target: number, gap: number) {
  let sum = 0;
  let before = Infinity;
  for (let end = start; end < ratios.length; ) {
    sum += shown(ratios[end++]!);
    const height = (width - (end - start - 1) * gap) / sum;
    if (height <= target) {
      // One picture fewer makes a taller row: take it if it is the better fit, and not too tall.
      return before / target < target / height && before <= target * TALLEST ? { end: end - 1, height: before } : { end, height };
    }
    before = height;
  }
  return { end: ratios.length, height: before <= target * STRETCHED ? before : target };
}

const TALLEST = 1.5;
const STRETCHED = 1.2;

// A panorama must not flatten its row, nor a receipt become a thread.
const shown = (ratio: number) => Math.min(4, Math.max(0.4, ratio));
