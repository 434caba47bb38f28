// Watches a purchase: asks the status API after 5, 10, 20, 40, 40 … seconds, at most 12 times, and stops when it is done. What
// the page shows always comes from the server: when the status says something new, the state part is fetched again.
"use strict";
(() => {
  const MOST_TRIES = 12;
  const page = document.getElementById("purchase");
  const again = document.getElementById("again");
  const watching = document.getElementById("watching");
  const pauses = page.dataset.schedule.split(" ").map(Number);
  const query = "?order_id=" + encodeURIComponent(page.dataset.order);
  let tries = 0;
  let timer;

  const state = () => document.getElementById("state");
  const isFinal = () => state().dataset.final === "true";

  function show(isWatching) {
    watching.hidden = !isWatching;
    again.hidden = isWatching || isFinal();
  }

  /** Seconds that a refused question has to wait, as milliseconds. */
  function askedToWait(response) {
    const seconds = Number(response.headers.get("Retry-After"));
    return response.status === 429 && seconds > 0 ? seconds * 1000 : 0;
  }

  async function refresh(status) {
    const shown = state().dataset;
    if (status.status === shown.status && status.access === shown.access && status.message === shown.message) {
      return;
    }
    const response = await fetch("/success/state" + query, { cache: "no-store" });
    if (!response.ok) {
      return; // the next try shows it
    }
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("state");
    if (fresh) {
      state().replaceWith(fresh);
    }
  }

  async function ask() {
    tries++;
    let wait = 0;
    try {
      const response = await fetch("/api/payment-status" + query, { headers: { Accept: "application/json" } });
      if (response.ok) {
        await refresh(await response.json());
      }
      wait = askedToWait(response);
    } catch {
      // no connection: the next try finds out
    }
    next(wait);
  }

  function next(atLeast) {
    if (isFinal() || tries >= MOST_TRIES) {
      show(false);
      return;
    }
    show(true);
    const pause = pauses[Math.min(tries, pauses.length - 1)];
    timer = setTimeout(ask, Math.max(pause, atLeast));
  }

  again.addEventListener("click", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    tries = 0;
    show(true);
    ask();
  });

  next(0);
})();
