// The page that waits for a shop's first mails: asks every three seconds, and shows what has come.
(() => {
  const EVERY = 3000;
  const place = document.querySelector("[data-news]");
  if (!place) return;
  const part = (name) => place.querySelector(`[data-part="${name}"]`);
  const show = (name, visible) => {
    part(name).hidden = !visible;
  };
  const put = (name, words) => {
    part(name).textContent = words;
  };
  let known = place.dataset.known;

  const tell = (question) => {
    known = String(question.id);
    put("subject", question.subject);
    put("sender", question.sender);
    put("code", question.code || "");
    part("copy-code").dataset.copy = question.code || "";
    put("host", question.host || "");
    const link = part("link");
    if (question.link) link.href = question.link;
    else link.removeAttribute("href");
    show("has-code", Boolean(question.code));
    show("has-link", Boolean(question.link));
    show("has-neither", !question.code && !question.link);
    show("by-jimdo", question.activates);
    show("by-mailbox", !question.activates);
  };

  const tellAll = (news) => {
    if (news.question) tell(news.question);
    if (news.order) {
      part("order").href = `/orders/${news.order.id}`;
      put("order-number", news.order.number);
    }
    if (news.held) part("held").href = `/mails/${news.held}`;
    show("has-held", Boolean(news.held) && !news.order);
    show("has-question", news.asks);
    show("has-order", Boolean(news.order));
    show("has-nothing", news.mails === 0);
    show("is-busy", news.busy && !news.asks && !news.order);
    show("has-other", news.mails > 0 && !news.busy && !news.asks && !news.order && !news.held);
    show("waits", !news.order);
  };

  const ask = async () => {
    try {
      const answer = await fetch(`${place.dataset.news}?known=${known}`);
      if (answer.redirected) {
        location.reload(); // signed out meanwhile
        return;
      }
      if (answer.ok) {
        const news = await answer.json();
        tellAll(news);
        if (news.order) return;
      }
    } catch {
      // the server is away for a moment
    }
    setTimeout(ask, EVERY);
  };

  if (!place.dataset.done) setTimeout(ask, EVERY);
})();
