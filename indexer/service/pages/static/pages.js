// Everything works without this: it saves a click, and tells that a query runs.
"use strict";

document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && box.matches("[data-run]")) {
    event.preventDefault();
    box.form.requestSubmit(box.form.querySelector("button.main"));
  }
});

document.addEventListener("submit", (event) => {
  // A download leaves the page as it is, so nothing would ever end the waiting.
  if (event.submitter && event.submitter.matches("button.main")) {
    event.submitter.setAttribute("aria-busy", "true");
  }
});

window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-busy]")) {
    button.removeAttribute("aria-busy");
  }
});
