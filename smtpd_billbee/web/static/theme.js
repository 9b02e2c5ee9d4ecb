// Light or dark: what the user chose in the menu, else what the browser asks for.  It stands in the head and is waited
// for, so that no page is white before it is dark.
"use strict";
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => (/(?:^|; )theme=(light|dark)(?:;|$)/.exec(document.cookie) || [])[1] || "";
  const show = () => {
    document.documentElement.setAttribute("data-bs-theme", chosen() || (dark.matches ? "dark" : "light"));
    for (const each of document.querySelectorAll("[data-theme-choice]")) {
      each.setAttribute("aria-pressed", String(each.dataset.themeChoice === chosen()));
    }
  };
  show();
  dark.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-choice]");
    if (!choice) return;
    const lasts = choice.dataset.themeChoice ? 365 * 24 * 60 * 60 : 0;
    document.cookie = `theme=${choice.dataset.themeChoice}; path=/; max-age=${lasts}; samesite=lax`;
    show();
  });
})();
