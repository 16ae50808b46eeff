// One function for all operations; names, inputs and answers come from the contract.
import { operations, type Operations } from "../contract";

export type FieldProblem = { path: (string | number)[]; message: string };

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** What the server says of single fields, when it refuses a form. */
    readonly fields: FieldProblem[] = [],
  ) {
    super(message);
  }
}

/** The server cannot be reached: no network, or it is not running. */
export class Unreachable extends Error {}

/** Set by the session: called when the server no longer knows who we are. */
export const hooks: { unauthorized?: () => void } = {};

type Input = Record<string, unknown> & { body?: unknown };

/** Path and query of an operation, for links and images. */
export function urlOf<K extends keyof Operations>(name: K, input: Operations[K]["in"]): string {
  const { path, query } = operations[name];
  const values = input as Input;
  const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(values[key])));
  const pairs = new URLSearchParams();
  for (const key of query as readonly string[]) {
    const value = values[key];
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) pairs.append(key, String(one));
  }
  return `/api${filled}${pairs.size ? `?${pairs}` : ""}`;
}

export async function call<K extends keyof Operations>(name: K, input: Operations[K]["in"], signal?: AbortSignal): Promise<Operations[K]["out"]> {
  const { body } = input as Input;
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(urlOf(name, input), {
      method: operations[name].method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable();
  }
  if (answer.ok) return (text ? JSON.parse(text) : undefined) as Operations[K]["out"];
  if (answer.status === 401) hooks.unauthorized?.();
  throw problemOf(answer, text);
}

function problemOf(answer: Response, text: string): ApiError {
  try {
    const { message, errors } = JSON.parse(text) as { message?: string; errors?: FieldProblem[] };
    const words = errors?.length ? errors.map((e) => `${e.path.join(".")}: ${e.message}`).join("\n") : message;
    return new ApiError(answer.status, words ?? answer.statusText, errors);
  } catch {
    return new ApiError(answer.status, answer.statusText);
  }
}
