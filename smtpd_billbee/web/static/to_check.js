// The number of things that need a person, beside the menu entry.
(() => {
    const entry = [...document.querySelectorAll("#sidebar-menu a.nav-link")]
        .find((link) => new URL(link.href).pathname.replace(/\/$/, "") === "/check");
    if (!entry) {
        return;
    }
    const badge = document.createElement("span");
    badge.className = "to-check-number bg-orange text-orange-fg rounded px-2 ms-2";
    badge.setAttribute("role", "status");
    const show = async () => {
        const answer = await fetch("/check/count", {headers: {accept: "application/json"}});
        if (!answer.ok || !(answer.headers.get("content-type") || "").includes("json")) {
            return;
        }
        const {count, words} = await answer.json();
        badge.textContent = count;
        badge.setAttribute("aria-label", words);
        badge.hidden = count === 0;
        entry.append(badge);
    };
    const later = () => show().catch(() => {});
    later();
    setInterval(later, 60000);
})();
