// Without this a picture opens in a tab of its own. With it, it comes into its card, blurred until it is pressed.
"use strict";

function say(frame, text) {
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  said.textContent = text;
  frame.replaceChildren(said);
}

function show(link) {
  const frame = link.parentElement;
  const picture = document.createElement("img");
  picture.alt = link.dataset.picture;
  picture.referrerPolicy = "no-referrer";
  const button = document.createElement("button");
  button.className = "blurred";
  button.setAttribute("aria-label", "See it clearly");
  button.append(picture);
  button.addEventListener("click", () => {
    const isBlurred = button.classList.toggle("blurred");
    button.setAttribute("aria-label", isBlurred ? "See it clearly" : "Blur it again");
  });
  picture.addEventListener("error", () => say(frame, "The picture could not be loaded."));
  picture.src = link.href;
  frame.replaceChildren(button);
  button.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.show");
  // Whoever asks for a tab of its own gets one.
  if (link && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
    event.preventDefault();
    show(link);
  }
});
