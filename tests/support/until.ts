// Waiting for something that happens soon, without assuming how soon.
import { setTimeout as sleep } from "node:timers/promises";

/** Asks again until the answer is neither false nor undefined nor null nor an exception. Fails with `what` after `seconds`. */
export async function until<T>(what: string, ask: () => Promise<T> | T, seconds = 240): Promise<NonNullable<T>> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  for (let pause = 10; Date.now() < deadline; pause = Math.min(pause * 1.5, 300)) {
    try {
      const answer = await ask();
      if (answer !== false && answer !== undefined && answer !== null) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await sleep(pause);
  }
  throw new Error(`Waited ${seconds} s for: ${what} (last: ${last})`);
}
