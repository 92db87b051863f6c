// What every page's bar offers beside live updates: times in UTC or local, the link to exactly this view, kiosk mode,
// and the menu that holds these on small screens.
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const times = window.dqdTimes;
  const root = document.documentElement;

  function say(element, words) { if (element && element.textContent !== words) element.textContent = words; }

  // Which zone is on.
  function tellZone() {
    const button = byId("zone-button");
    if (!button) return;
    const now = times.isLocal() ? times.here() : "UTC";
    const offer = `: show ${times.isLocal() ? "times in UTC" : "local times"}`;
    say(byId("zone-short"), now);
    say(byId("zone-words"), times.isLocal()
      ? `Times are local (${times.place()}, ${now}); days are UTC days.` : "Times are UTC, days are UTC days.");
    say(button.querySelector(".button-words"), offer);
    const label = `${now}${offer} (z)`;
    if (button.title === label) return;
    button.title = label;
    button.setAttribute("aria-label", label);
  }
  function tellClock() {
    if (root.hasAttribute("data-kiosk")) say(byId("clock"), times.absolute(new Date().toISOString()));
  }

  // The address of exactly this view: days counted back from today become those days.
  window.dqdAddress = function () {
    const url = new URL(location.href);
    const shown = document.querySelector("main [data-from][data-to]");
    if (shown) {
      url.searchParams.delete("range");
      url.searchParams.set("from", shown.dataset.from);
      url.searchParams.set("to", shown.dataset.to);
    }
    return url.href;
  };

  // Kiosk: the address says so; the screen stays awake where the browser can do that.
  let lock = null;
  async function stayAwake() {
    const wanted = root.hasAttribute("data-kiosk") && !document.hidden;
    if (!wanted) { if (lock) lock.release(); lock = null; return; }
    if (lock || !navigator.wakeLock) return;
    try {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => { lock = null; });  // the browser's own doing, when the tab is hidden
    } catch (refused) { /* low battery, or a policy: then the screen's own timer holds */ }
  }
  function kiosk(on) {
    const url = new URL(location.href);
    if (on) url.searchParams.set("kiosk", "1"); else url.searchParams.delete("kiosk");
    history.pushState(history.state, "", url);
    window.dqdKiosk.show();
    byId(on ? "content" : "kiosk-button").focus({ preventScroll: true });
  }
  document.addEventListener("kiosk", () => { tellClock(); stayAwake(); });
  document.addEventListener("visibilitychange", stayAwake);

  // The menu of small screens.
  const menuOpen = () => byId("more-button") && byId("more-button").getAttribute("aria-expanded") === "true";
  function menu(open) { byId("more-button").setAttribute("aria-expanded", String(open)); }

  document.addEventListener("click", (event) => {
    if (event.target.closest("#zone-button")) times.toggle();
    if (event.target.closest("#kiosk-button")) kiosk(true);
    if (event.target.closest("#kiosk-leave")) kiosk(false);
    if (event.target.closest("#more-button")) menu(!menuOpen());
    else if (menuOpen() && !event.target.closest("#link-button")) menu(false);  // that one says "Copied" first
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (menuOpen()) { menu(false); byId("more-button").focus(); return; }
    if (root.hasAttribute("data-kiosk")) kiosk(false);
  });
  document.addEventListener("focusin", (event) => { if (menuOpen() && !event.target.closest(".more")) menu(false); });

  document.addEventListener("zone", () => { tellZone(); tellClock(); });
  document.addEventListener("drawn", () => { tellZone(); tellClock(); });
  document.addEventListener("DOMContentLoaded", () => { setInterval(tellClock, 1000); stayAwake(); });
})();
