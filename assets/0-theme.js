// Before the first paint: the remembered theme, else the system's (paper is always light); and whether this is a kiosk.
(function () {
  "use strict";
  var root = document.documentElement;
  var kept = null;
  try { kept = localStorage.getItem("theme"); } catch (refused) { /* storage is switched off: follow the system */ }
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var paper = window.matchMedia("print");
  function show() {
    var wanted = paper.matches ? "light" : kept || (dark.matches ? "dark" : "light");
    if (root.dataset.bsTheme === wanted) return;
    root.dataset.bsTheme = wanted;
    document.dispatchEvent(new Event("theme"));
  }
  dark.addEventListener("change", show);
  paper.addEventListener("change", show);
  window.toggleTheme = function () {
    kept = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", kept); } catch (refused) { /* this page only */ }
    show();
  };
  show();

  // The address says whether this is a kiosk, so it can be shared and survives a reload.
  function isKiosk() { return new URLSearchParams(location.search).get("kiosk") === "1"; }
  function showKiosk() {
    if (root.hasAttribute("data-kiosk") === isKiosk()) return;
    root.toggleAttribute("data-kiosk", isKiosk());
    document.dispatchEvent(new Event("kiosk"));
  }
  window.dqdKiosk = {
    show: showKiosk,
    // in-app links say nothing of it: where they lead is a kiosk too
    keep: function (url) { if (root.hasAttribute("data-kiosk")) url.searchParams.set("kiosk", "1"); },
  };
  window.addEventListener("popstate", showKiosk);
  showKiosk();
})();
