// The import dialog: a file can be dropped, its size is told before it is sent, and a bar shows how far it is.
(() => {
    const form = document.getElementById("import-form");
    if (!form) {
        return;
    }
    const input = document.getElementById("import-file");
    const area = document.getElementById("import-drop");
    const chosen = document.getElementById("import-chosen");
    const problem = document.getElementById("import-problem");
    const progress = document.getElementById("import-progress");
    const state = document.getElementById("import-state");
    const button = form.querySelector("button[type=submit]");
    const words = JSON.parse(document.getElementById("import-words").textContent);

    const shop = document.getElementById("import-shop");
    const vat = document.getElementById("import-vat");

    // The shop's own way of treating VAT is chosen with it; what was chosen by hand for this file comes after.
    shop.addEventListener("change", () => {
        vat.value = shop.selectedOptions[0].dataset.vatMode ?? "";
    });
    const complain = (text) => {
        problem.textContent = text;
        problem.hidden = !text;
    };
    const fits = () => {
        const file = input.files[0];
        const tooLarge = file && file.size > Number(form.dataset.most) * 1024 * 1024;
        chosen.textContent = file ? file.name : "";
        complain(tooLarge ? words.tooLarge : "");
        return file && !tooLarge;
    };
    const busy = (is) => {
        button.disabled = is;
        progress.hidden = !is;
        state.textContent = is ? words.sending : "";
    };
    input.addEventListener("change", fits);
    area.addEventListener("dragover", (event) => {
        event.preventDefault();
        area.classList.add("is-over");
    });
    area.addEventListener("dragleave", () => area.classList.remove("is-over"));
    area.addEventListener("drop", (event) => {
        event.preventDefault();
        area.classList.remove("is-over");
        if (event.dataTransfer.files.length) {
            input.files = event.dataTransfer.files;
            fits();
        }
    });
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (!fits()) {
            return;
        }
        const request = new XMLHttpRequest();
        request.upload.addEventListener("progress", (sent) => {
            if (sent.lengthComputable) {
                progress.value = sent.loaded / sent.total;
            }
        });
        request.upload.addEventListener("load", () => { state.textContent = words.reading; });
        request.addEventListener("load", () => {
            const {path, problem: said} = request.response || {};
            if (path) {
                location.assign(path);
                return;
            }
            busy(false);
            complain(said || words.failed);
        });
        request.addEventListener("error", () => {
            busy(false);
            complain(words.failed);
        });
        busy(true);
        request.open("POST", form.action);
        request.responseType = "json";
        request.setRequestHeader("Accept", "application/json");
        request.send(new FormData(form));
    });
})();
