// Buttons that copy what they carry in data-copy, and say so for a moment.
(() => {
  const SAID_FOR = 2000;

  // Without TLS a browser has no clipboard for us: then the old way by a selection.
  const copy = async (words) => {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(words);
      return;
    }
    const field = document.createElement("textarea");
    field.value = words;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    try {
      await copy(button.dataset.copy);
    } catch {
      return; // the visitor refused it; the words stand beside the button
    }
    const label = button.querySelector("span");
    const before = label.textContent;
    if (before === button.dataset.copied) return;
    label.textContent = button.dataset.copied;
    setTimeout(() => {
      label.textContent = before;
    }, SAID_FOR);
  });
})();
