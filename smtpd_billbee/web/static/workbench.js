// The workbench: reads a mail without leaving the page, marks where a value stood, takes selected words as a label.
(() => {
  "use strict";
  const bench = document.getElementById("workbench");
  const byId = (id) => document.getElementById(id);
  const address = bench.dataset.address.replace(/\/$/, "");
  const token = bench.querySelector("input[name=csrftoken]").value;
  let mail = null; // the mail that was pasted or dropped; a kept one is named by its number

  const say = (text, kind = "info") => {
    const box = byId("said");
    box.textContent = text;
    box.className = text ? `alert alert-${kind}` : "";
  };

  const ask = async (path, options = {}) => {
    const headers = { "X-CSRFToken": token, ...(options.headers || {}) };
    const answer = await fetch(address + path, { ...options, headers, credentials: "same-origin" });
    if ((answer.headers.get("content-type") || "").startsWith("application/json")) {
      const told = await answer.json();
      if (!answer.ok) throw Object.assign(new Error(told.problem || bench.dataset.failed), told);
      return told;
    }
    if (!answer.ok) throw new Error(bench.dataset.failed);
    return answer.text();
  };

  const source = () => {
    if (bench.dataset.mail) return [`?mail=${bench.dataset.mail}`, null];
    const shop = byId("shop").value;
    return [shop ? `?shop=${shop}` : "", mail];
  };

  // Reading

  const read = async () => {
    const place = byId("reading");
    const [query, body] = source();
    if (body && body.size > Number(bench.dataset.largest)) return say(bench.dataset.tooLarge, "danger");
    place.setAttribute("aria-busy", "true");
    try {
      place.innerHTML = await ask(`/reading${query}`, { method: "POST", body });
      byId("teach").hidden = byId("case-card").hidden = false;
      byId("case-link").hidden = true;
      byId("case-doubts").replaceChildren();
      return true;
    } catch (problem) {
      say(problem.message, "danger");
      return false;
    } finally {
      place.setAttribute("aria-busy", "false");
    }
  };

  const readNew = async (blob) => {
    mail = blob;
    say(bench.dataset.reading);
    if (await read()) say("");
  };

  if (byId("read")) {
    byId("read").addEventListener("click", () => {
      const file = byId("file").files[0];
      readNew(file || new Blob([byId("pasted").value]));
    });
    byId("file").addEventListener("change", () => byId("file").files[0] && readNew(byId("file").files[0]));
    byId("pasted").addEventListener("input", () => { byId("file").value = ""; });
    byId("shop").addEventListener("change", () => {
      if ([...byId("for").options].some((each) => each.value === byId("shop").value)) byId("for").value = byId("shop").value;
      if (mail) readNew(mail);
    });
    const drop = byId("drop");
    for (const name of ["dragenter", "dragover"]) {
      drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("is-over"); });
    }
    drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("is-over");
      const file = event.dataTransfer.files[0];
      if (file) readNew(file);
    });
  }
  if (byId("again")) byId("again").addEventListener("click", () => readNew(null));

  // Marks: a value and its place

  const mean = (path) => {
    const has = (element) => (element.dataset.fields || "").split(" ").includes(path);
    for (const each of bench.querySelectorAll(".workbench-line, .workbench-line mark")) each.classList.toggle("is-meant", has(each));
    for (const each of bench.querySelectorAll("tr[data-path]")) each.classList.toggle("is-meant", each.dataset.path === path);
  };
  const scrollTo = (row) => {
    const line = row.dataset.line && byId(row.dataset.line);
    if (line) byId("lines").scrollTop = line.offsetTop - byId("lines").clientHeight / 3;
  };
  const rowOf = (event) => event.target.closest && event.target.closest("tr[data-path]");
  byId("reading").addEventListener("mouseover", (event) => {
    const row = rowOf(event);
    if (row) { mean(row.dataset.path); scrollTo(row); return; }
    const mark = event.target.closest("mark, .workbench-line");
    if (mark && mark.dataset.fields) mean(mark.dataset.fields.split(" ")[0]);
  });
  byId("reading").addEventListener("focusin", (event) => {
    const row = rowOf(event);
    if (row) { mean(row.dataset.path); scrollTo(row); }
  });

  // Selecting words

  const take = (text) => { byId("words").value = text.replace(/\s+/g, " ").trim().slice(0, 100); };
  const lineOf = (node) => node && (node.nodeType === 1 ? node : node.parentElement).closest(".workbench-text");

  document.addEventListener("selectionchange", () => {
    const selected = document.getSelection();
    if (!selected || selected.isCollapsed || !byId("lines")) return;
    const line = lineOf(selected.anchorNode);
    if (!line || !byId("lines").contains(line)) return;
    // A label stands in one line: what was selected beyond it does not count.
    if (lineOf(selected.focusNode) === line) take(selected.toString());
    else take(line.textContent);
  });

  // By keyboard: words are numbered through all lines; `from` and `to` are the first and the last selected one.
  let words = [], from = -1, to = -1;
  const spans = (line) => {
    const found = [];
    for (const match of line.textContent.matchAll(/\S+/g)) found.push({ line, start: match.index, end: match.index + match[0].length });
    return found;
  };
  const point = (line, offset) => {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    let node = walker.nextNode();
    while (node && offset > node.length) { offset -= node.length; node = walker.nextNode(); }
    return [node, offset];
  };
  const select = () => {
    const [first, last] = from <= to ? [words[from], words[to]] : [words[to], words[from]];
    const range = document.createRange();
    range.setStart(...point(first.line, first.start));
    range.setEnd(...point(last.line, last.end));
    const selected = document.getSelection();
    selected.removeAllRanges();
    selected.addRange(range);
    words[to].line.scrollIntoView({ block: "nearest" });
    byId("said").className = "visually-hidden"; // a screen reader says what is selected
    byId("said").textContent = byId("words").value = first.line.textContent.slice(first.start, last.end).replace(/\s+/g, " ").slice(0, 100);
  };
  const step = (key) => {
    if (to < 0) return 0;
    if (key === "ArrowRight") return Math.min(to + 1, words.length - 1);
    if (key === "ArrowLeft") return Math.max(to - 1, 0);
    const other = (each) => words[each].line !== words[to].line;
    if (key === "ArrowDown") {
      for (let each = to; each < words.length; each += 1) if (other(each)) return each;
      return to;
    }
    let each = to;
    while (each > 0 && !other(each)) each -= 1;
    while (each > 0 && words[each - 1].line === words[each].line) each -= 1;
    return each;
  };
  byId("reading").addEventListener("keydown", (event) => {
    if (event.target.id !== "lines") return;
    if (event.key === "Enter" && to >= 0) { event.preventDefault(); byId("field").focus(); return; }
    if (!event.key.startsWith("Arrow") || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (!words.length || !words[0].line.isConnected) {
      words = [...byId("lines").querySelectorAll(".workbench-text")].flatMap(spans);
      from = to = -1;
    }
    if (!words.length) return;
    const next = step(event.key);
    if (event.shiftKey && from >= 0) { if (words[next].line === words[from].line) to = next; }
    else from = to = next;
    select();
  });

  // Teaching

  byId("teach").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const told = await ask("/teach", { method: "POST", body: new FormData(event.target) });
      byId("sure").value = told.sure || ""; // the words mean another field already: once more, if that is meant
      if (!told.sure) await read();
      say(told.doubt || told.said, told.sure ? "warning" : "success");
    } catch (problem) {
      say(problem.message, "danger");
    }
  });

  // A case for a bug report

  byId("case").addEventListener("click", async () => {
    const link = byId("case-link"), doubts = byId("case-doubts");
    const [query, body] = source();
    link.hidden = true;
    const list = (texts) => doubts.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    byId("case").disabled = true;
    try {
      const told = await ask(`/case${query}`, { method: "POST", body });
      const bytes = Uint8Array.from(atob(told.mail), (letter) => letter.charCodeAt(0));
      URL.revokeObjectURL(link.href);
      link.href = URL.createObjectURL(new Blob([bytes], { type: "message/rfc822" }));
      link.download = told.name;
      link.hidden = false;
      list(told.doubts);
    } catch (problem) {
      list([problem.message, ...(problem.doubts || [])]);
    } finally {
      byId("case").disabled = false;
    }
  });

  // Which kept mails would now read differently

  byId("compare").addEventListener("click", async () => {
    const rows = byId("change-rows"), progress = byId("progress");
    let seen = 0, found = 0, before = "";
    rows.replaceChildren();
    byId("compare").disabled = true;
    byId("changes").hidden = byId("apply-bar").hidden = true;
    byId("choice-head").hidden = false;
    progress.hidden = false;
    progress.removeAttribute("value");
    try {
      for (let most = 1; seen < most && before !== null; ) {
        const told = await ask(`/compare${before ? `?before=${before}` : ""}`);
        [seen, found, before, most] = [seen + told.read, found + told.found, told.before, told.most];
        rows.insertAdjacentHTML("beforeend", told.rows);
        progress.max = most;
        progress.value = seen;
        byId("changes").hidden = byId("apply-bar").hidden = !found;
        byId("progress-said").textContent = bench.dataset.progress.replace("{read}", seen).replace("{found}", found);
      }
      if (!found) byId("progress-said").textContent += ` ${bench.dataset.same}`;
    } catch (problem) {
      byId("progress-said").textContent = problem.message;
    } finally {
      progress.hidden = true;
      byId("compare").disabled = false;
    }
  });

  byId("compare-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    byId("apply-bar").hidden = true;
    try {
      byId("change-rows").innerHTML = await ask("/apply", { method: "POST", body: new FormData(event.target) });
      byId("choice-head").hidden = true;
      byId("progress-said").textContent = bench.dataset.done;
    } catch (problem) {
      byId("apply-bar").hidden = false;
      byId("progress-said").textContent = problem.message;
    }
  });
})();
