// Writes a .gz beside every text file of the build, so that the server never compresses the same file twice.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const out = new URL("../build/web", import.meta.url).pathname;
for (const file of readdirSync(out, { recursive: true })) {
  if (!/\.(js|css|html|svg|json|webmanifest|txt)$/.test(file)) continue;
  const path = join(out, file);
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
}
