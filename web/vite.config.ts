import { svelte } from "@sveltejs/vite-plugin-svelte";
import tailwind from "@tailwindcss/vite";
import { defineConfig } from "vite";

const server = process.env.CALOTYPE_SERVER ?? "http://127.0.0.1:2283";

export default defineConfig({
  plugins: [tailwind(), svelte()],
  build: { outDir: "../build/web", emptyOutDir: true, chunkSizeWarningLimit: 300 },
  server: {
    proxy: {
      "/api": { target: server, ws: true },
      "/custom.css": server,
    },
  },
});
