// A button beside each value that is to be copied, and the time that is left. Without clipboard access a tap still selects the whole
// value; without a script the page tells when the offer ends.
"use strict";
(() => {
  const loaded = Date.now();
  let ticking;

  function copyButton(row) {
    const button = document.createElement("button");
    const what = row.dataset.copy;
    const say = (text, label) => { button.textContent = text; button.setAttribute("aria-label", label); };
    button.type = "button";
    say("Copy", "Copy " + what);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(row.querySelector("code").textContent);
        say("Copied", "Copied " + what);
      } catch {
        getSelection().selectAllChildren(row.querySelector("code"));
        say("Selected", "Selected " + what);
      }
      setTimeout(() => say("Copy", "Copy " + what), 2000);
    });
    row.append(button);
  }

  function words(seconds) {
    const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
    if (days > 0) {
      return days + " d " + hours + " h left";
    }
    if (hours > 0) {
      return hours + " h " + minutes + " min left";
    }
    return seconds > 0 ? minutes + " min " + (seconds % 60) + " s left" : "the time is over";
  }

  /** By what the server said was left, since a buyer's clock may be wrong. */
  function countDown(left, shownAt) {
    clearInterval(ticking);
    const show = () => {
      const seconds = Math.max(0, Number(left.dataset.left) - Math.floor((Date.now() - shownAt) / 1000));
      left.textContent = " (" + words(seconds) + ")";
      left.hidden = false;
    };
    show();
    ticking = setInterval(show, 1000);
  }

  function furnish(shownAt) {
    document.querySelectorAll("[data-copy]").forEach((row) => row.querySelector("button") || copyButton(row));
    const left = document.querySelector("[data-left]");
    if (left) {
      countDown(left, shownAt);
    } else {
      clearInterval(ticking);
    }
  }

  document.addEventListener("offer", () => furnish(Date.now()));
  furnish(loaded);
})();
