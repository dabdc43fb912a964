/* One stream for all tabs of a person in this browser: HTTP/1.1 allows six connections to a site.
   The tab that holds a lock has the stream and tells the others through a channel. When it closes, crashes or
   freezes, the next one goes on from the last event: no gap, and repeats are dropped.
   Tells its page: belltower:frame {event, data}, belltower:live {live, count}, belltower:elsewhere, belltower:over. */
(() => {
  "use strict";
  const { user, stream: url } = document.body.dataset;
  const name = `belltower:${user}`, WHO = "belltower:who";
  const WATCH_MS = 5000, LEADER_SPEAKS_MS = 25000, LEADER_LOST_MS = 90000, LOOKING_MS = 1000, LOADING_MS = 3000;
  const RESUME_MS = 300000;  // what happened before that, the bell tells by its number
  const REMEMBERED = 500;
  if (!user || !navigator.locks || !window.BroadcastChannel || !window.TextDecoderStream) return;

  let channel, waiting, stream, letGo, state = "", count, over = false;
  let heardAt = 0, spokeAt = 0, tickAt = Date.now();
  const told = new Map(), questions = new Map();

  const tell = (what, detail) => document.body.dispatchEvent(new CustomEvent(`belltower:${what}`, { detail }));
  const live = () => state === "live" && Date.now() - heardAt < LEADER_LOST_MS;
  const looking = () => document.visibilityState === "visible";
  const report = () => say({ kind: "state", state, count });

  function say(message) {
    if (!channel) return;
    if (stream) spokeAt = Date.now();
    channel.postMessage(message);
    hear(message);
  }

  function hear(message) {
    const { kind } = message;
    if (kind === "frame") { heardAt = Date.now(); take(message.frame); }
    if (kind === "state") { heardAt = Date.now(); follow(message); }
    if (kind === "hello" && stream) report();
    if (kind === "changed") tell("elsewhere");
    if (kind === "wake") stream?.wake();
    if (kind === "looking?" && looking()) say({ kind: "looking", of: message.of });
    if (kind === "looking") questions.get(message.of)?.(true);
  }

  function follow(told) {
    if (told.state === "over") return end();
    [state, count] = [told.state, told.count];
    tell("live", { live: live(), count });
  }

  function take(frame) {
    const { event, data } = frame;
    if (event === "connected" && String(data.user_id) !== user) return end();  // somebody else has signed in here
    if (event === "notification") {
      const words = JSON.stringify(data);
      if (told.get(data.id) === words) return;
      told.delete(data.id);
      told.set(data.id, words);
      if (told.size > REMEMBERED) told.delete(told.keys().next().value);
    }
    if (data.unread_count !== undefined) count = data.unread_count;
    tell("frame", frame);
  }

  /* ---- the tab that has the lock ---- */
  function stand(steal = false) {
    const place = (waiting = new AbortController());
    navigator.locks.request(name, steal ? { steal } : { signal: place.signal }, () => new Promise(lead)).catch(() => {
      if (waiting !== place) return;
      stream?.close();  // another tab thought that this one was lost
      stream = undefined;
      if (channel) stand();
    });
  }

  function lead(release) {
    if (!channel) return release();
    letGo = release;
    stream = belltower.openStream({ url, lastId: recall(), onFrame: share, onState(now) { state = now; report(); } });
  }

  function share({ event, id, data: text }) {
    let data;
    try { data = JSON.parse(text); } catch { return; }
    say({ kind: "frame", frame: { event, data } });
    // After telling: whoever dies in between leaves a repeat, which is dropped, not a gap.
    remember(id);
  }

  let last = "";
  function remember(id) {
    last = id ?? last;
    try { localStorage.setItem(`${name}:last`, JSON.stringify({ id: last, at: Date.now() })); } catch { /* storage is full or forbidden */ }
  }
  function recall() {
    try {
      const { id, at } = JSON.parse(localStorage.getItem(`${name}:last`));
      last = Date.now() - at < RESUME_MS ? id : "";
    } catch { /* nothing there */ }
    return last;
  }

  /* ---- coming and going ---- */
  function join() {
    if (over || channel) return;
    let who = user;
    try { who = localStorage.getItem(WHO) ?? user; } catch { /* storage is forbidden */ }
    if (who !== user) return end();
    heardAt = Date.now();
    channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => hear(data);
    channel.postMessage({ kind: "hello" });
    stand();
  }

  function leave() {
    if (!channel) return;
    stream?.close();
    channel.close();
    channel = stream = undefined;
    waiting.abort();
    letGo?.();
  }

  function end() {
    if (over) return;
    over = true;
    if (stream) channel.postMessage({ kind: "state", state: "over" });
    leave();
    tell("over");
  }

  /* What was done here may show in other tabs, also where the count stays. */
  document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && detail.requestConfig.verb !== "get") channel?.postMessage({ kind: "changed" });
  });
  /* Nobody asks for a stream in the name of somebody who is going. */
  document.addEventListener("submit", ({ target, defaultPrevented }) => {
    if (!target.matches("[data-signs-out]") || defaultPrevented) return;
    try { localStorage.setItem(WHO, ""); } catch { /* the server ends it, too */ }
    end();
  });
  addEventListener("storage", ({ key, newValue }) => { if (key === WHO && newValue !== user) end(); });
  addEventListener("pagehide", leave);
  document.addEventListener("freeze", leave);
  document.addEventListener("resume", join);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) join(); });
  addEventListener("online", () => say({ kind: "wake" }));
  addEventListener("offline", () => stream?.cut());
  document.addEventListener("visibilitychange", () => { if (looking()) say({ kind: "wake" }); });

  setInterval(() => {
    const now = Date.now(), slept = now - tickAt > 3 * WATCH_MS;
    tickAt = now;
    if (slept) { say({ kind: "wake" }); heardAt = Math.max(heardAt, now - LEADER_SPEAKS_MS); }
    if (!channel) return;
    if (stream) { if (now - spokeAt > LEADER_SPEAKS_MS) report(); return; }
    if (now - heardAt < LEADER_LOST_MS) return;
    heardAt = now + Math.random() * LEADER_SPEAKS_MS;  // the others may try as well
    follow({ state: "broken", count });
    waiting.abort();
    stand(true);
  }, WATCH_MS);

  /* After the page: its files need the few connections first. */
  if (document.readyState === "complete") join();
  else { addEventListener("load", join); setTimeout(join, LOADING_MS); }

  belltower.tabs = {
    live,
    leads: () => Boolean(stream),
    /* Whether any tab of this person is in front of somebody's eyes. */
    async looking() {
      if (looking()) return true;
      const of = Math.random();
      const answer = await new Promise((resolve) => {
        questions.set(of, resolve);
        setTimeout(resolve, LOOKING_MS, false);
        say({ kind: "looking?", of });
      });
      questions.delete(of);
      return answer;
    },
  };
})();
