// A button beside each value that is to be copied, and the time that is left. Without clipboard access a tap still selects the whole
// value; without a script the page tells when the offer ends.
"use strict";
(() => {
  const loaded = Date.now();
  let ticking;

  function copyButton(row) {
    const button = document.createElement("button");
    const words = document.getElementById("offer").dataset;
    const say = (text) => { button.textContent = text; button.setAttribute("aria-label", text + " " + row.dataset.copy); };
    button.type = "button";
    say(words.copy);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(row.querySelector("code").textContent);
        say(words.copied);
      } catch {
        getSelection().selectAllChildren(row.querySelector("code"));
        say(words.selected);
      }
      setTimeout(() => say(words.copy), 2000);
    });
    row.append(button);
  }

  /** The page brings the words, in its language. */
  function inWords(words, left) {
    const parts = { days: Math.floor(left / 86400), hours: Math.floor(left / 3600) % 24, minutes: Math.floor(left / 60) % 60, seconds: left % 60 };
    const text = parts.days > 0 ? words.days : parts.hours > 0 ? words.hours : left > 0 ? words.minutes : words.over;
    return text.replace(/{(\w+)}/g, (_, part) => parts[part]);
  }

  /** By what the server said was left, since a buyer's clock may be wrong. */
  function countDown(left, shownAt) {
    clearInterval(ticking);
    const show = () => {
      const seconds = Math.max(0, Number(left.dataset.left) - Math.floor((Date.now() - shownAt) / 1000));
      left.textContent = " (" + inWords(left.dataset, seconds) + ")";
      left.hidden = false;
    };
    show();
    ticking = setInterval(show, 1000);
  }

  function furnish(shownAt) {
    document.querySelectorAll(".copy[data-copy]").forEach((row) => row.querySelector("button") || copyButton(row));
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
