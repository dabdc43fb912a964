/* An open post offers the comments that were written meanwhile; taken up, they come to their places, and nothing
   that somebody is writing here is touched. */
(() => {
  "use strict";
  const button = document.querySelector("#comments-news button");
  if (!button) return;
  const missing = new Set();

  function draw() {
    missing.forEach((id) => { if (document.getElementById(id)) missing.delete(id); });
    button.hidden = !missing.size;
    if (missing.size) button.querySelector("span").textContent = belltower.counted("comments", missing.size);
  }

  document.body.addEventListener("belltower:frame", ({ detail: { event, data } }) => {
    if (event !== "notification" || !data.target_url) return;
    const url = new URL(data.target_url, location.href), id = url.hash.slice(1);
    if (url.pathname !== location.pathname || !id.startsWith("comment-")) return;
    missing.add(id);
    draw();
  });
  document.body.addEventListener("htmx:afterSwap", draw);

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      // As a visit: who reads the comments has read what told of them.
      const answer = await fetch(location.pathname, { credentials: "same-origin", cache: "no-store" });
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
    const added = fresh.filter(({ id }) => !document.getElementById(id)).map(place).filter(Boolean);
    document.getElementById("comments-title").textContent = page.getElementById("comments-title").textContent;
    missing.clear();
    draw();
    if (!added.length) return;
    added[0].tabIndex = -1;
    added[0].focus();
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
