/* What the scripts of a page share; the first of them. */
(() => {
  "use strict";
  const root = document.documentElement, { body } = document;
  const plural = new Intl.PluralRules(root.lang || "en");
  const SAMPLES = ["1", "2", "5"];  // one, two, a few, many: enough for the languages of Europe

  /* Whose page this is: tabs of whoever was signed in here before fall silent (tabs.js). */
  try { if ("user" in body.dataset) localStorage.setItem("belltower:who", body.dataset.user); } catch { /* storage is forbidden */ }

  window.belltower = {
    /* counted("news", 12): from <template id="words-news" data-1="1 new" data-2="2 new" data-5="5 new">. */
    counted(what, count) {
      const words = document.getElementById(`words-${what}`).dataset;
      const sample = SAMPLES.find((number) => plural.select(number) === plural.select(count)) ?? "5";
      return words[sample].replace(sample, count.toLocaleString(root.lang || "en"));
    },

    tell(what, detail) {
      body.dispatchEvent(new CustomEvent(what, { detail }));
    },

    /* An address on this site, or "": what a notification leads to comes from outside. */
    own(address) {
      const url = new URL(address || "", location.href);
      return address && url.origin === location.origin ? url.href : "";
    },

    /* Also while the page is being left. */
    markRead(id) {
      const headers = { Accept: "application/json", ...JSON.parse(body.getAttribute("hx-headers")) };
      fetch(`/api/notifications/${id}/read`, { method: "PATCH", headers, credentials: "same-origin", keepalive: true })
        .catch(() => { /* it stays unread, and the bell says so */ });
    },
  };
})();
