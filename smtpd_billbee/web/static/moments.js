// Moments stand in the page as UTC; they are shown in the visitor's own time and language.
(() => {
  const written = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  for (const moment of document.querySelectorAll("time[data-moment]")) {
    moment.title = moment.textContent;
    moment.textContent = written.format(new Date(moment.dateTime));
  }
})();
