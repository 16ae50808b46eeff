// Which files of a build belong together.
import type { Rolldown } from "vite";

type Bundle = Rolldown.OutputBundle;

/** The chunk of a source file: of a page, or of anything else that is loaded by import(). */
export function chunkOf(bundle: Bundle, source: string): Rolldown.OutputChunk {
  const found = chunksOf(bundle).find((one) => one.facadeModuleId?.endsWith(source));
  if (!found) throw new Error(`${source} is no chunk of its own any more`);
  return found;
}

export function chunksOf(bundle: Bundle): Rolldown.OutputChunk[] {
  return Object.values(bundle).filter((one) => one.type === "chunk");
}

/** These chunks, and all that they import before they can run. */
export function withImports(bundle: Bundle, starts: Rolldown.OutputChunk[]): string[] {
  const files = new Set<string>();
  const visit = (chunk: Rolldown.OutputChunk) => {
    if (files.has(chunk.fileName)) return;
    files.add(chunk.fileName);
    for (const file of chunk.imports) visit(bundle[file] as Rolldown.OutputChunk);
  };
  starts.forEach(visit);
  return [...files];
}

/** What every page of a signed-in person needs. */
export function frameOf(bundle: Bundle): Rolldown.OutputChunk[] {
  const entry = chunksOf(bundle).find((one) => one.isEntry)!;
  return [entry, ...["app/Shell.svelte", "messages/en.json", "socket.io-client/build/esm/index.js"].map((file) => chunkOf(bundle, file))];
}
