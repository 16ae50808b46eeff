import { svelte } from "@sveltejs/vite-plugin-svelte";
import tailwind from "@tailwindcss/vite";
import { defineConfig } from "vite";
import { contract } from "./plugins/contract.ts";
import { installable } from "./plugins/installable.ts";
import { packed } from "./plugins/packed.ts";

const server = process.env.CALOTYPE_SERVER ?? "http://127.0.0.1:2283";
const outDir = process.env.CALOTYPE_WEB_OUT ?? "../build/web";

export default defineConfig({
  plugins: [tailwind(), svelte(), contract(), installable(), packed()],
  build: {
    outDir,
    emptyOutDir: true,
    chunkSizeWarningLimit: 300,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What several pages share comes in a few files, not in one for each icon: each file is a question to the server.
        codeSplitting: { groups: [{ name: "shared", minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 30_000 }] },
        chunkFileNames: ({ name }) => `assets/${name.startsWith("shared") ? "shared" : "[name]"}-[hash].js`,
      },
    },
  },
  server: {
    proxy: {
      "/api": { target: server, ws: true },
      "/custom.css": server,
    },
  },
});
