// Before the first paint: the remembered theme, else the system's.
(function () {
  "use strict";
  var kept = null;
  try { kept = localStorage.getItem("theme"); } catch (refused) { /* storage is switched off: follow the system */ }
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function show() { document.documentElement.dataset.bsTheme = kept || (dark.matches ? "dark" : "light"); }
  dark.addEventListener("change", function () { if (!kept) { show(); document.dispatchEvent(new Event("theme")); } });
  window.toggleTheme = function () {
    kept = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", kept); } catch (refused) { /* this page only */ }
    show();
    document.dispatchEvent(new Event("theme"));
  };
  show();
})();
