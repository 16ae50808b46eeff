// Compiles a library that goes between the program under test and the system.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { program } from "../support/paths.ts";

/** The path of the library; undefined where it cannot be made, or the program is a sanitised one, whose own library must be the first to be loaded. */
export function shim(source: string, folder: string): string | undefined {
  try {
    if (/lib[at]san/.test(execFileSync("ldd", [program], { encoding: "utf8" }))) return undefined;
    const library = join(folder, source.replace(/\.c$/, ".so"));
    execFileSync("cc", ["-O1", "-shared", "-fPIC", "-o", library, join(import.meta.dirname, source), "-I/usr/include/postgresql", "-ldl"], { stdio: "ignore" });
    return library;
  } catch {
    return undefined;
  }
}
