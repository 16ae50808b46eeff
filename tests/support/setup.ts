// expect(ada.getAssetInfo({ id })).toFailWith(400, "Not found or no asset.read access")
import { isHttpError } from "@immich/sdk";
import { expect } from "vitest";

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** The promise is rejected with this HTTP status and, if given, this message (or the body contains this shape). */
    toFailWith(status: number, body?: string | RegExp | object): Promise<void>;
  }
}

expect.extend({
  async toFailWith(received: Promise<unknown>, status: number, body?: string | RegExp | object) {
    let answer: unknown;
    try {
      answer = await received;
    } catch (error) {
      if (!isHttpError(error)) throw error;
      // What was asked for as a file or a text comes so, also when it is an error.
      const raw: unknown = error.data;
      const text = raw instanceof Blob ? await raw.text() : raw;
      const data: any = typeof text === "string" ? parsed(text) : text;
      const wanted = typeof body === "string" || body instanceof RegExp ? { message: body instanceof RegExp ? expect.stringMatching(body) : body } : (body ?? {});
      const pass = error.status === status && this.equals(data ?? {}, expect.objectContaining(wanted));
      return {
        pass,
        message: () => `expected failure ${status} ${JSON.stringify(body ?? "")}, got ${error.status} ${JSON.stringify(data)}`,
        actual: { status: error.status, ...data },
        expected: { status, ...wanted },
      };
    }
    return { pass: false, message: () => `expected failure ${status}, but it succeeded with ${JSON.stringify(answer)}` };
  },
});

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
