// A button beside each value that is to be copied. Without clipboard access a tap still selects the whole value.
"use strict";
if (navigator.clipboard) {
  for (const row of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(row.querySelector("code").textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Select it";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    row.append(button);
  }
}
