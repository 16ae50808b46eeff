import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";

// After an update of the server the code of a page may be gone under its old name: the page is fetched anew, once.
addEventListener("vite:preloadError", (event) => {
  const last = Number(sessionStorage.getItem("reloaded") ?? 0);
  if (Date.now() - last < 10_000) return;
  sessionStorage.setItem("reloaded", String(Date.now()));
  event.preventDefault();
  location.reload();
});

// The splash stays until the app is there to replace it.
const target = document.getElementById("app")!;
target.replaceChildren();
mount(App, { target });

if (import.meta.env.PROD && isSecureContext) void navigator.serviceWorker?.register("/service-worker.js");
