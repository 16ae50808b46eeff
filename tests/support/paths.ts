// Where things are, seen from the source tree, so that the tests run from any folder.
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");
export const program = resolve(process.env.CALOTYPE_BIN ?? join(root, "build/calotype"));

/** The folder with the specification's material (photos, golden data) beside the project, if it is there. */
export const shared = [process.env.CALOTYPE_SHARED, join(root, "../shared")].find((path) => path && existsSync(path));

/** The real photos beside the project; undefined when that folder is missing. */
export const realPhotos = shared && existsSync(join(shared, "photos")) ? join(shared, "photos") : undefined;

export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
