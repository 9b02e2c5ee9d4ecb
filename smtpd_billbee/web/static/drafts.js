// What somebody wrote into the form of an order while his session ended: kept in this tab until he is signed in again.
"use strict";
(() => {
  const PREFIX = "draft ";
  const signedIn = document.querySelector('meta[name="signed-in"]');
  const user = signedIn ? signedIn.content : "";
  const keys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  const forget = (key) => sessionStorage.removeItem(key);
  const kept = (key) => {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  };

  // Nothing stays for whoever signs in next, nor after signing out.
  if (user) keys().filter((key) => (kept(key) || {}).user !== user).forEach(forget);
  document.addEventListener("submit", (event) => {
    const path = new URL(event.target.action, location.href).pathname;
    if (/\/(logout|sign-out-everywhere)$/.test(path)) keys().forEach(forget);
  });

  forget(`${PREFIX}${location.pathname}/edit`); // the order's own page: what was written is saved
  const form = document.getElementById("order-form");
  if (!form) return;
  const key = PREFIX + location.pathname;

  form.addEventListener("submit", () => {
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrftoken");
    try {
      sessionStorage.setItem(key, JSON.stringify({ user, fields }));
    } catch {
      forget(key); // there is no room
    }
  });

  const draft = kept(key);
  forget(key);
  if (!draft || !form.hasAttribute("data-fresh")) return; // what was refused stands in the form already
  document.addEventListener("DOMContentLoaded", () => { // order.js, which adds items, comes behind this file
    const words = new Map(draft.fields);
    const numbers = new Set([...words.keys()].map((name) => (/^items\.(\d+)\./.exec(name) || [])[1]).filter(Boolean));
    const list = document.getElementById("item-list");
    if (list) {
      for (const item of [...list.children]) {
        const name = item.querySelector("[name]").name;
        if (!numbers.has(name.split(".")[1])) item.remove();
      }
      const add = document.getElementById("add-item");
      for (const number of [...numbers].map(Number).sort((one, other) => one - other)) {
        if (form.elements[`items.${number}.title`]) continue;
        add.dataset.next = String(number);
        add.click();
      }
    }
    for (const [name, value] of words) {
      if (form.elements[name]) form.elements[name].value = value;
    }
    document.getElementById("draft").hidden = false;
    window.scrollTo(0, 0);
  });
})();
