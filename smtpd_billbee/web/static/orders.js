// New orders appear by themselves: asked for every few seconds, put into the list when nobody works in it.
"use strict";
(() => {
  const notice = document.getElementById("new-orders");
  if (!notice) return;
  const words = notice.querySelector("[data-words]");
  const button = notice.querySelector("button");
  const every = Number(notice.dataset.every);
  const table = () => document.querySelector("table tbody");
  const busy = () =>
    notice.dataset.follows !== "yes" ||
    document.querySelector('[data-sa-hook="row-checkbox"]:checked, .modal.show, .page-wrapper .dropdown-menu.show');

  const say = (count) => {
    words.textContent = (count === 1 ? notice.dataset.one : notice.dataset.many).replace("#", String(count));
    notice.classList.remove("d-none");
  };

  const fetchRows = async () => {
    const answer = await fetch(window.location.href, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const text = await answer.text();
    const after = /id="new-orders"[^>]*data-after="(\d+)"/.exec(text);
    const start = text.indexOf("<tbody>");
    if (!after || start < 0 || busy()) return;
    // Only the rows are parsed: the page's own styles carry the nonce of another answer.
    const part = new DOMParser().parseFromString(`<table>${text.slice(start, text.indexOf("</tbody>"))}</table>`, "text/html");
    const rows = part.querySelector("tbody");
    const known = new Set([...table().querySelectorAll("tr[data-sa-pk]")].map((row) => row.dataset.saPk));
    for (const row of rows.querySelectorAll("tr[data-sa-pk]")) {
      if (!known.has(row.dataset.saPk)) row.classList.add("order-is-new");
    }
    table().replaceWith(document.importNode(rows, true));
    notice.dataset.after = after[1];
    button.classList.add("d-none");
  };

  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(`${notice.dataset.url}?after=${notice.dataset.after}`);
    if (!answer.ok || answer.redirected) return;
    const { count } = await answer.json();
    if (count === 0) return;
    say(count);
    button.classList.toggle("d-none", !busy());
    if (!busy()) await fetchRows();
  };

  const again = async () => {
    try {
      await look();
    } catch {
      // The server is away for a while: the next look tells.
    }
    window.setTimeout(again, every);
  };
  button.addEventListener("click", () => window.location.assign(notice.dataset.list));
  window.setTimeout(again, every);
})();
