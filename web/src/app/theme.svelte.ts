// Light, dark or as the system says. public/theme.js has set the first one before anything was painted.
const KEY = "immich-ui-theme";
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const system = matchMedia("(prefers-color-scheme: dark)");
let wish = $state<Theme>(read());
let systemDark = $state(system.matches);
system.addEventListener("change", () => {
  systemDark = system.matches;
  paint();
});

export const theme = {
  get wish() {
    return wish;
  },
  set wish(value: Theme) {
    wish = value;
    localStorage.setItem(KEY, value);
    paint();
  },
  get dark() {
    return wish === "dark" || (wish === "system" && systemDark);
  },
};

export function toggleTheme() {
  theme.wish = theme.dark ? "light" : "dark";
}

function paint() {
  document.documentElement.dataset.theme = theme.dark ? "dark" : "light";
  document.querySelector<HTMLMetaElement>('meta[name="theme-color"]')!.content = theme.dark ? "#15110d" : "#faf6ef";
}

/** The value may have been written by another web app that lived at this address, as bare text or as JSON. */
function read(): Theme {
  const kept = localStorage.getItem(KEY) ?? "";
  return kept.includes("dark") ? "dark" : kept.includes("light") ? "light" : "system";
}
