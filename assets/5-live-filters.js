// Filters that apply while one types: the address follows, and the page redraws what follows from it. The router of the
// pages, which would draw everything anew and take the focus, is not told; where it then misses a way back, we draw.
window.dqdLive = (function () {
  "use strict";
  const PATIENCE = 2000;  // before an answer counts as lost
  const here = () => location.pathname + location.search;
  let routed = here();  // where the router thinks we are
  let shown = here();
  let asked = -Infinity;

  // Path variables stay, the rest is the query.
  function argumentsOf(address) {
    const before = new URLSearchParams(new URL(routed, location.origin).search);
    const args = Object.fromEntries(Object.entries(address.args).filter(([name]) => !before.has(name)));
    return Object.assign(args, Object.fromEntries(new URLSearchParams(location.search)));
  }

  function redraw(whole) {
    const mark = document.getElementById("page-mark");
    if (!mark) return;
    const address = JSON.parse(mark.dataset.address);
    const set = window.dash_clientside.set_props;
    set("page-address", { data: { page: address.page, args: argumentsOf(address) } });
    if (whole) set("page-digests", { data: {} });  // the browser is said to show nothing of it
    // Nothing drawn of this address is shown yet: an answer from a process that is a moment behind is better than none,
    // and where none comes, what asks for news asks again.
    set("page-mark", { children: "0" });
    set("live", { data: { beat: Date.now() } });
    shown = here();
    asked = performance.now();
  }

  // `step`: one that Back leads back from, else the address of this step changes.
  function show(address, step) {
    const url = new URL(address, location.href);
    window.dqdKiosk.keep(url);
    if (url.pathname + url.search === here()) return;
    history[step ? "pushState" : "replaceState"]({}, "", url.pathname + url.search + url.hash);
    redraw(false);
  }

  function moved() {
    if (here() !== routed) { routed = here(); shown = routed; } else if (here() !== shown) redraw(true);
  }
  window.addEventListener("popstate", moved);
  window.addEventListener("_dashprivate_pushstate", moved);
  return { show, waits: () => performance.now() - asked < PATIENCE };
})();
