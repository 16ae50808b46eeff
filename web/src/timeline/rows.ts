// Justified rows: pictures of one height side by side, as many as fill the width.

export type Box = { index: number; x: number; y: number; width: number; height: number };
export type Layout = { boxes: Box[]; height: number };

/** ratios: width / height of each picture. The last row keeps the target height instead of growing to fill the line. */
export function layoutRows(ratios: readonly number[], width: number, target: number, gap: number): Layout {
  const boxes: Box[] = [];
  let y = 0;
  for (let start = 0; start < ratios.length; ) {
    let end = start;
    let sum = 0;
    while (end < ratios.length && sum * target + (end - start) * gap < width) sum += clamp(ratios[end++]!);
    const full = sum * target + (end - start - 1) * gap >= width;
    const height = full ? (width - (end - start - 1) * gap) / sum : target;
    let x = 0;
    for (let i = start; i < end; i++) {
      const w = clamp(ratios[i]!) * height;
      boxes.push({ index: i, x, y, width: w, height });
      x += w + gap;
    }
    y += height + gap;
    start = end;
  }
  return { boxes, height: Math.max(0, y - gap) };
}

// A panorama must not flatten its row, nor a receipt become a thread.
const clamp = (ratio: number) => Math.min(4, Math.max(0.3, ratio));
