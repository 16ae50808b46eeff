// SHA-1 of a file, piece by piece, beside the page: no file is ever in memory as a whole. Not crypto.subtle, which takes only whole buffers, and
// only on pages with https: a server in the living room has none.
import { createSHA1 } from "hash-wasm";

const PIECE = 4 << 20;

export type Order = { file: File };
export type News = { done: number } | { checksum: string } | { problem: string };

const tell = (news: News) => postMessage(news);

addEventListener("message", async ({ data: { file } }: MessageEvent<Order>) => {
  try {
    const hash = await createSHA1();
    for (let at = 0; at < file.size; at += PIECE) {
      hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
      tell({ done: Math.min(file.size, at + PIECE) });
    }
    tell({ checksum: hash.digest("hex") });
  } catch (error) {
    tell({ problem: error instanceof Error ? error.message : String(error) });
  }
});
