// The page of one order: marks between fields and mail, copying, items that come and go in the form.
"use strict";
(() => {
  const fieldsOf = (element) => (element.dataset.fields || element.dataset.field || "").split(" ").filter(Boolean);
  const unmark = () => document.querySelectorAll(".order-marked").forEach((each) => each.classList.remove("order-marked"));

  const mark = (origin) => {
    unmark();
    const wanted = new Set(fieldsOf(origin));
    if (wanted.size === 0) return;
    const inMail = origin.hasAttribute("data-fields");
    for (const other of document.querySelectorAll(inMail ? "[data-field]" : "[data-fields]")) {
      if (fieldsOf(other).some((field) => wanted.has(field))) other.classList.add("order-marked");
    }
    origin.classList.add("order-marked");
    if (inMail) return;
    const box = document.querySelector(".order-mail-body");
    const row = box && box.querySelector(".order-marked");
    if (!row || box.scrollHeight <= box.clientHeight) return;
    const top = row.offsetTop - box.offsetTop;
    if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - row.offsetHeight) {
      box.scrollTop = top - box.clientHeight / 3;
    }
  };

  for (const name of ["mouseover", "focusin"]) {
    document.addEventListener(name, (event) => {
      const origin = event.target.closest("[data-field], [data-fields]");
      if (origin) mark(origin);
    });
  }
  for (const name of ["mouseout", "focusout"]) {
    document.addEventListener(name, (event) => {
      if (event.target.closest("[data-field], [data-fields]")) unmark();
    });
  }

  const copied = document.getElementById("copied");
  const copy = async (text) => {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return;
    }
    const field = document.createElement("textarea"); // without TLS there is no other way
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await copy(button.dataset.copy.trim());
    copied.textContent = copied.dataset.said;
    const icon = button.querySelector("i");
    icon.className = "fa fa-check";
    window.setTimeout(() => {
      icon.className = "fa fa-copy";
      copied.textContent = "";
    }, 2000);
  });

  const list = document.getElementById("item-list");
  if (!list) return;
  const add = document.getElementById("add-item");
  const form = document.getElementById("new-item");
  const showRemove = () => list.querySelectorAll("[data-remove-item]").forEach((each) => each.classList.remove("d-none"));
  showRemove();
  add.addEventListener("click", () => {
    const number = add.dataset.next;
    add.dataset.next = String(Number(number) + 1);
    const made = form.content.cloneNode(true);
    for (const each of made.querySelectorAll("[name], [for]")) {
      for (const name of ["name", "id", "for"]) {
        if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replace("items.0000.", `items.${number}.`));
      }
    }
    list.append(made);
    showRemove();
    list.lastElementChild.querySelector("input").focus();
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-item]");
    if (!button) return;
    button.closest("[data-item]").remove();
    add.focus();
  });
})();
