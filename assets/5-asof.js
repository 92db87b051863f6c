// The point in time: links and forms carry it on, the slider moves it, the fields follow it.
window.dqdAsOf = (function () {
  "use strict";
  const MINUTE = 60000;
  const WAIT = 250;  // while the slider moves: so long after it last did, the page follows
  const looksBack = /^\/($|clusters\/.|services\/.)/;
  const byId = (id) => document.getElementById(id);
  const banner = () => document.querySelector(".asof-banner");
  const sliding = { timer: null, held: false, pushed: false };

  // Addresses: what is shown of the past stays in the past, unless a link says otherwise.
  function carried() {
    const shown = banner();
    return shown ? new URLSearchParams(shown.dataset.asof) : null;
  }
  function keepIn(query, path) {
    const carry = carried();
    if (!carry || !looksBack.test(path)) return;
    for (const [name, value] of carry) if (!query.has(name)) query.set(name, value);
    const diff = new URLSearchParams(location.search).get("diff");
    if (diff && path === location.pathname && !query.has("diff")) query.set("diff", diff);
  }
  let leaving = false;  // "Back to now" and the like lead out of the past
  function keep(url) {
    if (leaving) { leaving = false; return; }
    const past = url.searchParams.has("asof");
    const carry = carried();
    if (past || !carry || !looksBack.test(url.pathname)) return;
    for (const [name, value] of carry) url.searchParams.set(name, value);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    leaving = Boolean(link && link.closest(".asof-free, .asof-back, .asof-banner, .menu, .brand"));
    setTimeout(() => { leaving = false; });
  }, true);

  // What a link shows and copies is what it opens.
  function tellLinks() {
    const carry = carried();
    for (const link of document.querySelectorAll("main a[data-past]")) {
      if (!carry || link.getAttribute("href") !== link.dataset.past) link.removeAttribute("data-past");
      if (!carry) link.setAttribute("href", link.dataset.now);
    }
    if (!carry) return;
    for (const link of document.querySelectorAll("main a[href^='/']:not([data-past])")) {
      const url = new URL(link.href);
      if (link.closest(".asof-banner, .asof-free, .asof-back") || url.searchParams.has("asof") || !looksBack.test(url.pathname)) continue;
      link.dataset.now = link.getAttribute("href");
      keep(url);
      link.setAttribute("href", url.pathname + url.search + url.hash);
      link.dataset.past = link.getAttribute("href");
    }
  }

  // The address with other instants; an empty one is left out.
  function addressWith(changes) {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(changes)) {
      if (value) url.searchParams.set(name, value); else url.searchParams.delete(name);
    }
    if (!url.searchParams.has("asof")) { url.searchParams.delete("known"); url.searchParams.delete("diff"); }
    return url.pathname + url.search.replaceAll("%3A", ":") + url.hash;
  }
  const word = (milliseconds) => new Date(milliseconds).toISOString().slice(0, 16) + "Z";
  const spoken = (milliseconds) => word(milliseconds).replace("T", " ").replace("Z", " UTC");
  function go(changes, step) {
    const address = addressWith(changes);
    if (banner() && changes.asof !== "") window.dqdLive.show(address, step);
    else document.dispatchEvent(new CustomEvent("open-page", { detail: address }));
  }

  // The slider: one step of the history for each time it is taken up, however far it goes.
  function slide(slider) {
    clearTimeout(sliding.timer);
    slider.setAttribute("aria-valuetext", spoken(slider.value * MINUTE));
    const shown = document.querySelector(".asof-words time");
    if (shown) shown.firstChild.nodeValue = spoken(slider.value * MINUTE);
    sliding.timer = setTimeout(() => arrive(slider), WAIT);
  }
  function arrive(slider) {
    clearTimeout(sliding.timer);
    sliding.timer = null;
    go({ asof: word(slider.value * MINUTE) }, !sliding.pushed);
    sliding.pushed = sliding.held;
  }
  document.addEventListener("pointerdown", (event) => {
    if (event.target.id === "asof-slider") Object.assign(sliding, { held: true, pushed: false });
  });
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => {
      if (!sliding.held) return;
      sliding.held = false;
      const slider = byId("asof-slider");
      if (sliding.timer && slider) setTimeout(() => { arrive(slider); sliding.pushed = false; }); else sliding.pushed = false;
    });
  }
  document.addEventListener("input", (event) => {
    if (event.target.id === "asof-slider") slide(event.target);
  });

  const fields = { "asof-at": "asof", "asof-other": "diff", "asof-known": "known" };
  document.addEventListener("change", (event) => {
    const name = fields[event.target.id];
    if (!name) return;
    const typed = event.target.value;
    if (!typed && event.target.validity.badInput) return;  // half an instant
    go({ [name]: typed && typed.slice(0, 16) + "Z" }, true);
  });
  document.addEventListener("click", (event) => {
    const to = event.target.closest(".asof-step, .asof-way");
    if (to && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.button) {
      event.preventDefault();
      window.dqdLive.show(to.href, true);
    }
    if (event.target.closest("#asof-open")) go({ asof: word(Date.now()) }, true);
  }, true);

  // The page was drawn as of another instant: slider and fields say the same.
  function follow() {
    tellLinks();
    const shown = banner(), slider = byId("asof-slider");
    if (!shown || !slider || sliding.timer || sliding.held) return;
    const at = Date.parse(shown.dataset.at);
    const minute = String(Math.floor(at / MINUTE));
    if (slider.value !== minute) slider.value = minute;
    if (slider.getAttribute("aria-valuetext") !== spoken(at)) slider.setAttribute("aria-valuetext", spoken(at));
    const values = { "asof-at": shown.dataset.at, "asof-other": shown.dataset.other, "asof-known": shown.dataset.known };
    for (const [id, instant] of Object.entries(values)) {
      const field = byId(id);
      if (field && document.activeElement !== field && field.value !== instant.slice(0, 16)) field.value = instant.slice(0, 16);
    }
  }
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(follow).observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-at", "data-asof"] });
    follow();
  });
  return { keep, keepIn };
})();
