/* Whether this browser rings for whoever is signed in: after a click, never by itself. Where it can, its push service is
   asked to ring also while no page of the site is open; else desktop.js shows what comes while one is. */
(() => {
  "use strict";
  /* Only Safari on iPhone and iPad knows `standalone`; it has notices for what is on the home screen alone. */
  if (!window.Notification && navigator.standalone === false) {
    for (const hint of document.querySelectorAll("[data-device-home]")) hint.hidden = false;
  }
  const buttons = [...document.querySelectorAll("[data-device]")];
  if (!buttons.length || !belltower.tabs || !window.Notification || !navigator.serviceWorker) return;

  const { user } = document.body.dataset;
  const WANTED = `belltower:${user}:desktop`;  // "on" or "off"
  const PUSH = `belltower:${user}:push`;  // {id, at}: as which device the site knows it, and when that was looked at
  const API = "/api/notifications/devices", DAY_MS = 24 * 60 * 60 * 1000;

  const recall = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* it is forbidden: it stays off */ } };
  const isWanted = () => { try { return localStorage.getItem(WANTED) === "on"; } catch { return false; } };
  const isOn = () => isWanted() && Notification.permission === "granted";
  const worker = () => navigator.serviceWorker.register("/service-worker.js");

  belltower.device = { isOn, worker, icon: buttons[0].dataset.icon, rings: () => Boolean(recall(PUSH)?.id) };

  /* ---- the switch ---- */
  function draw() {
    const isDenied = Notification.permission === "denied";
    for (const button of buttons) {
      button.hidden = false;
      button.setAttribute("aria-checked", String(isOn()));
      button.disabled = isDenied;
      document.getElementById(button.getAttribute("aria-describedby")).hidden = !isDenied;
    }
  }
  function want(on) {
    try { localStorage.setItem(WANTED, on ? "on" : "off"); } catch { /* storage is forbidden: it stays off */ }
    draw();
    if (!on) belltower.tell("belltower:silent");
  }
  async function turn({ currentTarget }) {
    const on = !isOn() && (await Notification.requestPermission()) === "granted";
    want(on);
    if (!on) return silence();
    const rings = await ring().catch(() => false);
    belltower.tell("toast", { message: rings ? currentTarget.dataset.rings : currentTarget.dataset.shows, level: "success" });
  }

  /* ---- its push service ---- */
  async function call(method, path = "", body) {
    const headers = { Accept: "application/json", "Content-Type": "application/json", ...JSON.parse(document.body.getAttribute("hx-headers")) };
    const answer = await fetch(API + path, { method, headers, body: body && JSON.stringify(body), credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  }
  const text = (key) => btoa(String.fromCharCode(...new Uint8Array(key))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  /* Answers whether it will. */
  async function ring() {
    const { pushManager } = await worker();
    if (!pushManager) return false;
    const { server_key: key } = await call("GET");
    let subscription = await pushManager.getSubscription();
    if (subscription && text(subscription.options.applicationServerKey) !== key) {
      await subscription.unsubscribe();  // the site has another key than it had
      subscription = null;
    }
    subscription ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { id } = await call("POST", "", subscription.toJSON());
    keep(PUSH, { id, at: Date.now() });
    return true;
  }
  async function silence() {
    const { id } = recall(PUSH) ?? {};
    keep(PUSH, null);
    await (await (await worker()).pushManager?.getSubscription())?.unsubscribe();
    if (id) await call("DELETE", `/${id}`);
  }
  /* Once a day: a browser may lose its subscription, and the list of devices may be changed in another one. */
  async function look() {
    const known = recall(PUSH);
    if (!known || Date.now() - known.at < DAY_MS) return;
    const isListed = known.id && (await call("GET")).devices.some(({ id }) => id === known.id);
    const subscription = await (await worker()).pushManager.getSubscription();
    if (!known.id || isListed || !subscription) return ring();
    await silence().catch(() => { /* it is gone there */ });
    want(false);
  }
  document.body.addEventListener("submit", ({ target }) => {
    // The site forgets a device that somebody signs out in; it comes back with them.
    if (target.matches("[data-signs-out]") && recall(PUSH)) keep(PUSH, { at: 0 });
  });

  buttons.forEach((button) => button.addEventListener("click", turn));
  addEventListener("storage", ({ key }) => { if (key === WANTED) draw(); });
  navigator.permissions?.query({ name: "notifications" }).then((status) => { status.onchange = draw; }, () => {});
  draw();
  if (isOn()) look().catch(() => { /* tomorrow, or with the next page */ });
})();
