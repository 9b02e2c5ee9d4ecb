// The framework's templates hold styles and small handlers within their tags, which our policy forbids.
// They come as data-sa-style, data-sa-onclick, data-sa-onchange, and get their meaning here.
"use strict";
(() => {
  const style = (root) => {
    for (const each of root.querySelectorAll("[data-sa-style]")) {
      each.style.cssText = each.dataset.saStyle;
      each.removeAttribute("data-sa-style");
    }
    for (const each of root.querySelectorAll("template")) style(each.content);
  };
  style(document);
  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-sa-onclick="applyColumnVisibility()"]')) window.applyColumnVisibility();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches('[data-sa-onchange="window.location = this.value"]')) window.location = event.target.value;
  });
})();
