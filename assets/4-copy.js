// Copy buttons: the text they carry, or that of the snippet they stand over, goes to the clipboard; for two seconds
// they say so.
(function () {
  "use strict";
  const LASTS = 2000;
  let state = null;

  async function written(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (refused) { // over plain HTTP there is no clipboard
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "visually-hidden";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }

  function announce(words) {
    if (!state) {
      state = document.createElement("div");
      state.id = "copy-state";
      state.className = "visually-hidden";
      state.setAttribute("role", "status");
      document.body.append(state);
    }
    state.textContent = words;
  }

  async function copy(button) {
    const snippet = button.closest(".snippet");
    const text = button.id === "link-button" ? window.dqdAddress() : button.dataset.copy;
    const done = await written(snippet ? snippet.querySelector("code").textContent : text);
    button.dataset.said = done ? "Copied" : "Not copied";
    announce(button.dataset.said);
    clearTimeout(button.copyTimer);
    button.copyTimer = setTimeout(() => { delete button.dataset.said; announce(""); }, LASTS);
    button.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    event.preventDefault(); // in a summary the click is no unfolding
    copy(button);
  });
})();
