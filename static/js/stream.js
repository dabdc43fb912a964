/* One stream of Server-Sent Events, kept open: broken, refused or silent, it is opened again, with patience.
   Read with fetch: EventSource does not tell why it was refused, nor for how long, and then gives up for good. */
(() => {
  "use strict";
  const SILENCE_MS = 75000;  // pings come every 30 s: two are missing
  const DOUBT_MS = 40000;  // after a sleep, one missing is enough to ask anew
  const OPENING_MS = 15000, STEADY_MS = 10000, WATCH_MS = 5000;
  const FIRST_WAIT_MS = 1000, LONGEST_WAIT_MS = 30000, LONGEST_ASKED_MS = 600000;

  async function* framesOf(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "", frame = {};
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const [, field, text] = line.match(/^([^:\r]*):? ?([^]*?)\r?$/);
        if (field) frame[field] = field === "data" && frame.data !== undefined ? `${frame.data}\n${text}` : text;
        else if (!line.startsWith(":")) {
          if (frame.data !== undefined) yield frame;
          frame = {};
        }
      }
    }
  }

  /* Retry-After: seconds or a date; a little more, so that not everybody comes back in the same moment. */
  function askedWait(answer) {
    const words = answer.headers.get("Retry-After");
    if (!words) return 0;
    const ms = /^\d+$/.test(words) ? Number(words) * 1000 : Date.parse(words) - Date.now();
    return ms > 0 ? Math.min(ms, LONGEST_ASKED_MS) * (1 + Math.random() / 4) : 0;
  }

  /* onFrame({event, id, data}), data as text; onState("live" | "broken" | "over"). */
  belltower.openStream = ({ url, lastId, onFrame, onState }) => {
    let attempt, failures = 0, timer = 0, heardAt = 0, openedAt = 0, patientUntil = 0, closed = false;

    async function connect() {
      clearTimeout(timer);
      timer = openedAt = 0;
      heardAt = Date.now();
      const { signal } = (attempt = new AbortController());
      let asked = 0;
      try {
        const headers = { Accept: "text/event-stream", ...(lastId && { "Last-Event-ID": lastId }) };
        const answer = await fetch(url, { headers, signal, credentials: "same-origin", cache: "no-store" });
        if (answer.status === 401 || answer.status === 403 || answer.redirected) return refuse();
        asked = askedWait(answer);
        if (!answer.headers.get("Content-Type")?.startsWith("text/event-stream")) throw new Error(String(answer.status));
        for await (const frame of framesOf(answer.body)) {
          heardAt = Date.now();
          if (!openedAt) { openedAt = heardAt; onState("live"); }
          if (frame.id) lastId = frame.id;
          onFrame(frame);
        }
      } catch {
        // What broke it does not matter: what follows is the same.
      }
      if (!signal.aborted) wait(asked);
    }

    function wait(asked = 0) {
      attempt.abort();
      if (openedAt && Date.now() - openedAt > STEADY_MS) failures = 0;
      const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (0.5 + Math.random() / 2);
      failures += 1;
      patientUntil = Date.now() + asked;
      timer = setTimeout(connect, asked || backoff);
      onState("broken");
    }

    function close() {
      closed = true;
      clearTimeout(timer);
      clearInterval(watch);
      attempt.abort();
    }

    function refuse() {
      close();
      onState("over");
    }

    const watch = setInterval(() => {
      if (!timer && Date.now() - heardAt > (openedAt ? SILENCE_MS : OPENING_MS)) wait();
    }, WATCH_MS);

    connect();
    return {
      close,
      /* The network is gone. */
      cut: () => { if (!closed && !timer) wait(); },
      /* The person or the network is back: truth at once, unless the server asked for patience. */
      wake() {
        if (closed || Date.now() < patientUntil) return;
        failures = 0;
        if (!timer && openedAt && Date.now() - heardAt > DOUBT_MS) wait();
        if (timer) connect();
      },
    };
  };
})();
