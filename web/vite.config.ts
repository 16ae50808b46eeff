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
  build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 300, reportCompressedSize: false },
  server: {
    proxy: {
      "/api": { target: server, ws: true },
      "/custom.css": server,
    },
  },
});
