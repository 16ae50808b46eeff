// One function for all operations; names, inputs and answers come from the contract.
import { operations, type Operations } from "../contract";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

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

export async function call<K extends keyof Operations>(
  name: K,
  input: Operations[K]["in"],
  signal?: AbortSignal,
): Promise<Operations[K]["out"]> {
  const { body } = input as Input;
  const answer = await fetch(urlOf(name, input), {
    method: operations[name].method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
  const text = await answer.text();
  if (!answer.ok) throw new ApiError(answer.status, messageOf(text) ?? answer.statusText);
  return (text ? JSON.parse(text) : undefined) as Operations[K]["out"];
}

function messageOf(text: string): string | undefined {
  try {
    const { message, errors } = JSON.parse(text) as { message?: string; errors?: { path: string[]; message: string }[] };
    return errors?.length ? errors.map((e) => `${e.path.join(".")}: ${e.message}`).join("\n") : message;
  } catch {
    return undefined;
  }
}
