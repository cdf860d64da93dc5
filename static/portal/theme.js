/* Loaded in <head> before the page is painted: only "auto" needs the browser to decide. */
(() => {
  "use strict";
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");
  const decide = () => { if (root.dataset.themePref === "auto") root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  decide();
  dark.addEventListener("change", decide);
})();
