/* An open post offers the comments that were written meanwhile; taken up, they come to their places, and nothing
   that somebody is writing here is touched. Of a long thread only a part is here: what belongs elsewhere is gone to. */
(() => {
  "use strict";
  const button = document.querySelector("#comments-news button");
  if (!button) return;
  const missing = new Map(); // id → address

  // Links in old mails do not say which part of a long thread they mean.
  const part = () => document.getElementById("thread").dataset.part;
  const named = /^#comment-(\d+)$/.exec(location.hash);
  if (named && part() && !location.search && !document.getElementById(named[0].slice(1))) {
    location.replace(`?comment=${named[1]}${location.hash}`);
  }

  function draw() {
    missing.forEach((_, id) => { if (document.getElementById(id)) missing.delete(id); });
    button.hidden = !missing.size;
    if (missing.size) button.querySelector("span").textContent = belltower.counted("comments", missing.size);
  }

  document.body.addEventListener("belltower:frame", ({ detail: { event, data } }) => {
    if (event !== "notification" || !data.target_url) return;
    const url = new URL(data.target_url, location.href), id = url.hash.slice(1);
    if (url.pathname !== location.pathname || !id.startsWith("comment-")) return;
    missing.set(id, url);
    draw();
  });
  document.body.addEventListener("htmx:afterSwap", draw);

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      // As a visit: who reads the comments has read what told of them.
      const answer = await fetch(part() ?? location.pathname, { credentials: "same-origin", cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      belltower.tell("toast", { message: document.body.dataset.unreachable, level: "error" });
    } finally {
      button.disabled = false;
    }
  });

  function take(page) {
    const fresh = [...page.querySelectorAll("#thread li")].map((item) => ({
      item, id: item.firstElementChild.id, above: item.parentElement.closest("li")?.firstElementChild.id,
    }));
    // In a part what stood before it may move in: only what is younger than all that is here is news.
    const newest = part() ? Math.max(...[...document.querySelectorAll("#thread .comment")].map(({ id }) => number(id))) : 0;
    const added = fresh.filter(({ id }) => number(id) > newest && !document.getElementById(id)).map(place).filter(Boolean);
    const [elsewhere] = added.length ? [] : missing.values();
    if (elsewhere && part()) return location.assign(elsewhere);
    document.getElementById("comments-title").textContent = page.getElementById("comments-title").textContent;
    missing.clear();
    draw();
    if (!added.length) return;
    added[0].tabIndex = -1;
    added[0].focus();
  }

  function number(id) {
    return Number(id.slice("comment-".length));
  }

  /* In the list of the thread, or of the comment that it stands under; made where there is none yet. */
  function place({ item, above }) {
    const home = above ? document.getElementById(above)?.parentElement : document.getElementById("thread");
    if (!home) return null;
    const list = home.querySelector(":scope > ol") ?? home.appendChild(document.createElement("ol"));
    if (!above) list.className = "thread";
    // Its own replies follow by themselves, in the order of the page.
    item.querySelectorAll("ol").forEach((replies) => replies.remove());
    list.append(document.adoptNode(item));
    htmx.process(item);
    const comment = item.firstElementChild;
    comment.classList.add("new");
    return comment;
  }
})();
