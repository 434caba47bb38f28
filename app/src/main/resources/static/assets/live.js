// Watches a purchase until it is done: by a stream of events or, where none can be had, by asking the status API after 5, 10, 20,
// 40, 40 … seconds, at most 12 times. A page that had a stream opens one again as soon as it is answered. What the page shows always
// comes from the server: when the status says something new, its parts are fetched again: the state and, on the pay page, what is
// offered.
"use strict";
(() => {
  const MOST_TRIES = 12;
  const MOST_STREAMS = 12; // of ten minutes each
  const FIRST_EVENT_WITHIN = 10_000; // or something on the way holds events back
  const NEXT_BEAT_WITHIN = 40_000; // one comes every 15 s
  const STEADY = 60_000; // a stream that lasted so long was a good one
  const page = document.getElementById("purchase");
  const again = document.getElementById("again");
  const watching = document.getElementById("watching");
  const pauses = page.dataset.schedule.split(" ").map(Number);
  const query = "?order_id=" + encodeURIComponent(page.dataset.order);
  let tries = 0;
  let timer;
  let heard = false; // by a stream: nothing on the way holds events back
  let streams = 0; // since the page was last seen anew

  const state = () => document.getElementById("state");
  const isFinal = () => state().dataset.final === "true";

  /** The way in was sent: nothing more happens by itself, but whoever uses it is in, and comes back to this page. */
  const isSent = () => state().dataset.access === "delivered";

  function show(isWatching) {
    watching.hidden = !isWatching;
    again.hidden = isWatching || (isFinal() && !isSent());
  }

  /** Answers whether the page now shows what the status says. */
  async function refresh(status) {
    const shown = state().dataset;
    const mayHaveStarted = document.getElementById("start-bot") !== null; // which the status does not tell
    if (!mayHaveStarted && status.status === shown.status && status.access === shown.access && status.message === shown.message) {
      return true;
    }
    const response = await fetch(page.dataset.parts, { cache: "no-store" });
    if (!response.ok) {
      return false;
    }
    const parts = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = parts.getElementById("state");
    if (fresh) {
      state().replaceWith(fresh);
      offer(parts.getElementById("offer"));
    }
    return fresh !== null;
  }

  /** Only where it differs: somebody may be choosing a coin in it, or copying. */
  function offer(fresh) {
    const old = document.getElementById("offer");
    if (old && fresh && old.dataset.offers !== fresh.dataset.offers) {
      old.replaceWith(fresh);
      document.dispatchEvent(new Event("offer"));
    }
  }

  /** A browser keeps six connections to a host: pages that nobody looks at must not hold them all. */
  function listenWhenSeen() {
    show(!isFinal());
    if (isFinal()) {
      return;
    }
    if (document.hidden) {
      document.addEventListener("visibilitychange", listenWhenSeen, { once: true });
    } else {
      listen();
    }
  }

  function listen() {
    const events = new EventSource("/api/payment-status/events" + query);
    let breaks = 0;
    let openSince = Infinity;
    let shown = Promise.resolve();
    let isLeft = false;

    function stop() {
      clearTimeout(silence);
      events.close();
      document.removeEventListener("visibilitychange", rest);
    }

    function forgiveIfSteady() {
      if (Date.now() - openSince > STEADY) {
        breaks = 0;
        tries = 0;
      }
    }

    function askInstead() {
      if (!isLeft) { // or another stream is open by now
        isLeft = true;
        forgiveIfSteady();
        stop();
        next(0);
      }
    }

    function rest() {
      if (document.hidden) {
        isLeft = true;
        stop();
        listenWhenSeen();
      }
    }
    document.addEventListener("visibilitychange", rest);
    let silence = setTimeout(askInstead, FIRST_EVENT_WITHIN);

    function expectMore() {
      clearTimeout(silence);
      silence = setTimeout(askInstead, NEXT_BEAT_WITHIN);
    }
    events.addEventListener("beat", expectMore);

    async function tell(status) {
      try {
        if ((await refresh(status)) && !status.final) {
          return;
        }
      } catch {
        // no connection: asking finds out
      }
      askInstead(); // which ends at once where the page shows the final status
    }

    events.addEventListener("open", () => {
      openSince = Date.now();
      if (++streams > MOST_STREAMS) {
        askInstead();
      }
    });
    events.addEventListener("status", (event) => {
      expectMore();
      heard = true;
      const status = JSON.parse(event.data);
      if (status.final) {
        stop(); // the server closes too, and the browser would open another
      }
      shown = shown.then(() => tell(status)); // one after the other, or an older state could be shown last
    });
    events.addEventListener("error", () => {
      forgiveIfSteady();
      breaks++;
      openSince = Infinity;
      if (events.readyState === EventSource.CLOSED || breaks >= 2) {
        askInstead();
      }
    });
  }

  /** Seconds that a refused question has to wait, as milliseconds. */
  function askedToWait(response) {
    const seconds = Number(response.headers.get("Retry-After"));
    return response.status === 429 && seconds > 0 ? seconds * 1000 : 0;
  }

  async function ask() {
    tries++;
    let wait = 0;
    try {
      const response = await fetch("/api/payment-status" + query, { headers: { Accept: "application/json" } });
      if (response.ok && (await refresh(await response.json())) && heard && streams < MOST_STREAMS && !isFinal()) {
        listenWhenSeen();
        return;
      }
      wait = askedToWait(response);
    } catch {
      // no connection: the next try finds out
    }
    next(wait);
  }

  function next(atLeast) {
    clearTimeout(timer);
    if (isFinal() || tries >= MOST_TRIES) {
      show(false);
      return;
    }
    show(true);
    const pause = pauses[Math.min(tries, pauses.length - 1)];
    timer = setTimeout(ask, Math.max(pause, atLeast));
  }

  function lookAgain() {
    tries = 0;
    streams = 0;
    show(true);
    ask();
  }

  again.addEventListener("click", (event) => {
    event.preventDefault();
    lookAgain();
  });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      return;
    }
    streams = 0;
    if (!again.hidden) { // nothing watches any more
      lookAgain();
    }
  });

  if (isFinal() || !window.EventSource) {
    next(0);
  } else {
    listenWhenSeen();
  }
})();
