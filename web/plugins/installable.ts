// What makes the app installable: icons drawn from the one logo, the manifest, and the service worker with the list of the shell's files.
import { Resvg, initWasm } from "@resvg/resvg-wasm";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Plugin } from "vite";
import { chunkOf, frameOf, withImports } from "./chunks.ts";

const here = new URL(".", import.meta.url).pathname;
const logo = () => readFileSync(join(here, "../public/favicon.svg"), "utf8");

export function installable(): Plugin {
  return {
    name: "calotype-installable",
    apply: "build",
    async generateBundle(_, bundle) {
      await initWasm(readFileSync(createRequire(import.meta.url).resolve("@resvg/resvg-wasm/index_bg.wasm"))).catch(() => {});
      const emit = (fileName: string, source: string | Uint8Array) => this.emitFile({ type: "asset", fileName, source });
      for (const size of [192, 512]) emit(`icons/${size}.png`, draw(logo(), size));
      // Systems that cut icons into their own shape get one without corners and with air around.
      emit("icons/maskable-512.png", draw(fullBleed(logo(), 0.72), 512));
      emit("icons/apple-touch-icon.png", draw(fullBleed(logo(), 0.86), 180));
      emit("manifest.webmanifest", JSON.stringify(manifest, null, 2));

      // The shell: the frame, the first page, and the languages. Other pages are fetched, and kept by the browser, when they are visited.
      const chunks = [...frameOf(bundle), ...["timeline/Timeline.svelte", "messages/de.json"].map((file) => chunkOf(bundle, file))];
      const styles = Object.keys(bundle).filter((file) => file.endsWith(".css"));
      const files = [...withImports(bundle, chunks), ...styles].map((file) => `/${file}`);
      const shell = ["/", "/theme.js", "/favicon.svg", "/manifest.webmanifest", ...files.sort()];
      const unnamed = ["index.html", "public/theme.js", "public/favicon.svg"].map((file) => readFileSync(join(here, "..", file), "utf8"));
      const version = createHash("sha256")
        .update([...shell, ...unnamed].join("\n"))
        .digest("hex")
        .slice(0, 12);
      const worker = readFileSync(join(here, "service-worker.js"), "utf8");
      emit("service-worker.js", worker.replace("__VERSION__", version).replace("[/* __SHELL__ */]", JSON.stringify(shell)));
    },
  };
}

const manifest = {
  id: "/",
  name: "Calotype",
  short_name: "Calotype",
  description: "Your photos, on your own server.",
  start_url: "/",
  scope: "/",
  display: "standalone",
  background_color: "#faf6ef",
  theme_color: "#faf6ef",
  icons: [
    { src: "/favicon.svg", sizes: "any", type: "image/svg+xml" },
    { src: "/icons/192.png", sizes: "192x192", type: "image/png" },
    { src: "/icons/512.png", sizes: "512x512", type: "image/png" },
    { src: "/icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
  ],
  shortcuts: [
    { name: "Photos", url: "/photos" },
    { name: "Favorites", url: "/favorites" },
  ],
};

function draw(svg: string, width: number): Uint8Array {
  return new Resvg(svg, { fitTo: { mode: "width", value: width } }).render().asPng();
}

/** The same picture to the edges of the square, its content at `scale`. */
function fullBleed(svg: string, scale: number): string {
  const shift = 32 * (1 - scale);
  return svg
    .replace(/<rect x="2" y="2" width="60" height="60" rx="14" \/>/, '<rect width="64" height="64" />')
    .replace(
      /(<path[^>]*d="M0 0h32v64H0z" \/>\s*<path[^>]*d="M32 0h32v64H32z" \/>)/,
      `$1<g transform="translate(${shift} ${shift}) scale(${scale})">`,
    )
    .replace(/<\/g>\s*<\/svg>/, "</g></g></svg>");
}
