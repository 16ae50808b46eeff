// The checksum of one file after the other, from a worker that ends when there is nothing to do.
import type { News, Order } from "./hash.worker";
import HashWorker from "./hash.worker?worker";

const IDLE = 10_000;

let worker: Worker | undefined;
let idle: ReturnType<typeof setTimeout> | undefined;

/** The file cannot be read: gone, changed, or locked since it was chosen. */
export class Unreadable extends Error {}

/** One call at a time. progress: bytes read so far. */
export async function sha1(file: File, signal: AbortSignal, progress: (bytes: number) => void): Promise<string> {
  clearTimeout(idle);
  signal.throwIfAborted();
  const hands = (worker ??= new HashWorker());
  try {
    return await new Promise<string>((resolve, reject) => {
      const stop = () => {
        // There is no other way to stop it.
        end();
        reject(signal.reason);
      };
      signal.addEventListener("abort", stop, { once: true });
      hands.onmessage = ({ data }: MessageEvent<News>) => {
        if ("done" in data) return progress(data.done);
        signal.removeEventListener("abort", stop);
        if ("checksum" in data) resolve(data.checksum);
        else reject(new Unreadable(data.problem));
      };
      hands.onerror = ({ message }) => reject(new Error(message));
      hands.postMessage({ file } satisfies Order);
    });
  } finally {
    idle = setTimeout(end, IDLE);
  }
}

function end() {
  worker?.terminate();
  worker = undefined;
}
