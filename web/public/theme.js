// Runs before the first paint, so that nobody sees a flash of the wrong theme or direction. The app takes over from here (src/app/theme.svelte.ts).
(function () {
  var root = document.documentElement;
  var wish = "";
  var language = "";
  try {
    wish = localStorage.getItem("immich-ui-theme") || "";
    language = localStorage.getItem("lang") || "";
  } catch (e) {
    // A browser that keeps nothing follows the system.
  }
  var dark = /dark/.test(wish) || (!/light/.test(wish) && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  if (/^(ar|fa|he|ur)\b/.test(language)) root.dir = "rtl";
  document.querySelector('meta[name="theme-color"]').content = dark ? "#15110d" : "#faf6ef";
})();
