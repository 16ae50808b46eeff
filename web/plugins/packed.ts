// The end of a build: a .gz beside every text file, so that the server never compresses the same file twice; and what the pages weigh.
//
// The timeline's JavaScript and the whole first load have a budget. A build that exceeds it fails.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { chunksOf, frameOf, withImports } from "./chunks.ts";

const TIMELINE_JS = 150_000;
const FIRST_LOAD = 300_000;

export function packed(): Plugin {
  const routes = new Map<string, string[]>();
  let out = "";
  return {
    name: "calotype-packed",
    apply: "build",
    configResolved(config) {
      out = resolve(config.root, config.build.outDir);
    },
    generateBundle(_, bundle) {
      for (const page of chunksOf(bundle).filter((one) => /\/(timeline|account|admin)\/\w+\.svelte$/.test(one.facadeModuleId ?? ""))) {
        routes.set(basename(page.facadeModuleId!, ".svelte"), withImports(bundle, [...frameOf(bundle), page]));
      }
    },
    closeBundle() {
      const weight = new Map<string, number>();
      for (const file of readdirSync(out, { recursive: true, encoding: "utf8" })) {
        const path = join(out, file);
        if (!statSync(path).isFile()) continue;
        const plain = readFileSync(path);
        if (!/\.(js|css|html|svg|json|webmanifest|txt)$/.test(file)) continue;
        const gz = gzipSync(plain, { level: 9 });
        writeFileSync(`${path}.gz`, gz);
        weight.set(file, gz.length);
      }
      const sum = (files: string[]) => files.reduce((all, file) => all + (weight.get(file) ?? 0), 0);
      const around = sum([...weight.keys()].filter((file) => /^(index\.html|theme\.js|favicon\.svg|manifest\.webmanifest)$|\.css$/.test(file)));
      const kb = (n: number) => `${(n / 1000).toFixed(1)} kB`.padStart(9);
      console.log("\nJavaScript per page, compressed (the frame and its live connection included), and with all else that a first visit loads:");
      for (const [page, files] of [...routes].sort()) console.log(`  ${page.padEnd(14)}${kb(sum(files))}${kb(sum(files) + around)}`);
      const timeline = sum(routes.get("Timeline") ?? []);
      if (timeline > TIMELINE_JS || timeline + around > FIRST_LOAD) {
        throw new Error(`The timeline is over its budget of ${kb(TIMELINE_JS).trim()} JavaScript or ${kb(FIRST_LOAD).trim()} in all.`);
      }
    },
  };
}
