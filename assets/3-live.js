// What the shell does without the server: in-page navigation, freshness, ages, pause, and when to draw again.
(function () {
  "use strict";
  const POLL = 5000;
  const REDRAWN_WITHIN = 3 * POLL;
  const byId = (id) => document.getElementById(id);
  const { age, tellAges } = window.dqdTimes;
  const state = {
    known: 0, age: null, at: 0, stale: false, missed: 0, paused: false, path: null, busy: false,
    due: null,  // the generation the page should have been drawn from, and since when
  };

  // Navigation: links and forms of ours change the address, the router draws the page.
  function go(href, jump) {
    const url = new URL(href, location.href);
    window.dqdKiosk.keep(url);
    window.dqdAsOf.keep(url);
    const changed = url.pathname + url.search !== location.pathname + location.search;
    history.pushState({}, "", url.pathname + url.search + url.hash);
    if (!changed) return arrive();
    if (jump && !url.hash) window.scrollTo(0, 0);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }

  const files = /^\/(api|assets|_dash)/;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || files.test(url.pathname) || link.target || link.hasAttribute("download")) return;
    if (link.classList.contains("skip-link")) { event.preventDefault(); byId("content").focus(); return; }
    event.preventDefault();
    go(link.href, !link.classList.contains("keep"));
  });
  document.addEventListener("open-page", (event) => go(event.detail.href || event.detail, !event.detail.stay));

  function addressOf(form) {
    const query = new URLSearchParams();
    for (const one of form.querySelectorAll("[data-keep]")) query.set(one.dataset.keep, one.dataset.value);
    for (const one of form.querySelectorAll("[name]")) {
      if (one.value && one.value !== "all") query.set(one.name, one.value); else query.delete(one.name);
    }
    window.dqdAsOf.keepIn(query, new URL(form.action).pathname);
    const text = query.toString();
    return new URL(form.action).pathname + (text ? "?" + text : "") + location.hash;
  }
  function submit(form) {
    if (form.dataset.live) window.dqdLive.show(addressOf(form), true); else go(addressOf(form), false);
  }
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form.filters[data-live]");
    if (form && event.target.matches("input[type=search]")) window.dqdLive.show(addressOf(form), false);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form.filters")) { event.preventDefault(); submit(event.target); }
  }, true);
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.filters");
    if (form && event.target.matches("select")) setTimeout(() => submit(form));
  });

  // After navigation: the menu shows where we are; the focus goes to the part the address names, else the heading.
  function arrive() {
    for (const link of document.querySelectorAll(".menu a")) {
      const path = new URL(link.href).pathname;
      const here = path === "/" ? location.pathname === "/" : location.pathname.startsWith(path);
      if (here) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    }
    const wanted = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    const first = state.path === null;
    const target = wanted || (first ? null : document.querySelector("main h1"));
    const samePage = state.path === location.pathname && !wanted;
    state.path = location.pathname;
    if (!target || samePage) return;
    target.focus({ preventScroll: !wanted });
    if (wanted) wanted.scrollIntoView({ block: "start" });
  }

  // Freshness.
  function tellFreshness() {
    const place = byId("freshness");
    if (!place || state.age === null) return;
    const old = age(state.age + (performance.now() - state.at) / 1000);
    const away = state.stale || state.missed >= 2;
    const undrawn = !away && !state.paused && overdue();
    const stale = away || undrawn;
    const now = state.paused ? "paused" : stale ? "stale" : "fresh";
    const late = undrawn ? `Not redrawn for ${age(undrawn / 1000)}, retrying` : `Data is ${old} old, retrying`;
    const words = { paused: `Paused, updated ${old} ago`, stale: late, fresh: `Updated ${old} ago` };
    if (state.known) place.dataset.asOf = new Date(Date.now() - state.age * 1000 - (performance.now() - state.at)).toISOString();
    byId("freshness-text").textContent = words[now];
    if (place.dataset.state === now) return;
    place.dataset.state = now;
    byId("freshness-state").textContent = { paused: "Updates are paused", stale: words.stale, fresh: "Data is up to date" }[now];
  }

  // For how long the page has waited to be drawn again, once that is too long: it shows older data than the server has.
  function overdue() {
    const mark = byId("page-mark");
    if (state.due && (!mark || Number(mark.textContent) >= state.due.generation)) state.due = null;
    const waits = state.due ? performance.now() - state.due.since : 0;
    return waits > REDRAWN_WITHIN ? waits : 0;
  }

  function drawAgain() {
    if (document.hidden) return;  // hidden while the answer was on its way: the poll on return sees it again
    if (window.dash_clientside) window.dash_clientside.set_props("live", { data: { beat: Date.now() } });
  }

  async function poll(asked) {
    if (state.busy || (!asked && (state.paused || document.hidden))) return;
    state.busy = true;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), POLL * 2);
    try {
      const answer = await fetch("/api/generation", { cache: "no-store", signal: limit.signal });
      if (!answer.ok) throw new Error(answer.status);
      const said = await answer.json();
      const recovered = !said.stale && (state.stale || state.missed >= 2);
      state.missed = 0;
      if (said.generation >= state.known) {  // another process may be a moment behind: its older word is ignored
        Object.assign(state, { known: said.generation, age: said.ageSec, at: performance.now(), stale: said.stale });
      }
      const mark = byId("page-mark");
      const behind = mark && Number(mark.textContent) < state.known && !window.dqdLive.waits();
      if (behind && !document.hidden && !state.due) state.due = { generation: state.known, since: performance.now() };
      // what was so then changes no more: no redraw unasked, once it is drawn
      const past = document.querySelector(".asof-banner") && mark && Number(mark.textContent);
      if (past && !asked) state.due = null; else if (behind || recovered || asked || document.querySelector(".could-not-load, .page-ingest, .is-over")) drawAgain();
    } catch (unreachable) {
      state.missed += 1;
      if (state.age === null) Object.assign(state, { age: 0, at: performance.now() });
    } finally {
      clearTimeout(timer);
      state.busy = false;
      tellFreshness();
    }
  }

  function pause() {
    state.paused = !state.paused;
    const button = byId("pause-button");
    button.setAttribute("aria-pressed", String(state.paused));
    const words = state.paused ? "Resume live updates" : "Pause live updates";
    button.setAttribute("aria-label", words);
    button.title = words;
    button.firstElementChild.className = "bi bi-" + (state.paused ? "play-fill" : "pause-fill");
    if (state.paused) tellFreshness(); else poll();
  }

  async function refresh() {
    const button = byId("refresh-button");
    button.classList.add("turning");
    await poll(true);
    button.classList.remove("turning");
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("#pause-button")) pause();
    if (event.target.closest("#refresh-button, .retry")) refresh();
    if (event.target.closest("#theme-button")) window.toggleTheme();
  });

  // A redrawn part is made of new elements: the focus, sideways scroll and open details of the old go over to them.
  const places = new Map();
  let focused = null;
  const region = (element) => element.closest(".region[id]");
  const nth = (element, kind) => [...region(element).querySelectorAll(kind)].indexOf(element);
  // by its key where it has one, because a list grows above it
  const sameDetails = (box) => box.dataset.key || nth(box, "details");
  function sign(element) {
    return [element.tagName, element.getAttribute("href"), element.id, element.textContent.slice(0, 80)].join("|");
  }
  document.addEventListener("focusin", (event) => {
    const part = region(event.target);
    focused = part && { part: part.id, element: event.target, sign: sign(event.target), n: nth(event.target, event.target.tagName) };
  });
  document.addEventListener("focusout", (event) => {
    setTimeout(() => { if (focused && focused.element === event.target && event.target.isConnected && document.activeElement !== event.target) focused = null; });
  });
  document.addEventListener("scroll", (event) => {
    const box = event.target;
    if (box.matches && box.matches(".scroller") && region(box)) places.set(region(box).id + nth(box, ".scroller") + "scroll", [box.scrollLeft, box.scrollTop]);
  }, true);
  document.addEventListener("toggle", (event) => {
    if (region(event.target)) places.set(region(event.target).id + sameDetails(event.target) + "open", event.target.open);
  }, true);
  function restore(part) {
    [...part.querySelectorAll(".scroller")].forEach((box, n) => {
      const place = places.get(part.id + n + "scroll");
      if (place) [box.scrollLeft, box.scrollTop] = place;
    });
    [...part.querySelectorAll("details")].forEach((box) => { if (places.get(part.id + sameDetails(box) + "open")) box.open = true; });
    if (!focused || focused.part !== part.id || focused.element.isConnected) return;
    const alike = [...part.querySelectorAll(focused.element.tagName)];
    const same = alike.find((one) => sign(one) === focused.sign) || alike[focused.n];
    if (same) same.focus({ preventScroll: true });
  }

  function withOrigin(text) {
    return text.replaceAll("{origin}", location.origin).replaceAll("{scheme}", location.protocol).replaceAll("{host}", location.host);
  }

  // What the router or a refresh put in.
  let heading = null;
  function settle(changes) {
    for (const change of changes) {
      if (change.type === "childList" && change.target.matches(".region[id], .region[id] [data-html]")) restore(region(change.target));
    }
    tellAges();
    for (const code of document.querySelectorAll("code.with-origin")) {
      const text = code.firstChild;
      if (text && /\{(origin|scheme|host)\}/.test(text.nodeValue)) text.nodeValue = withOrigin(text.nodeValue);
    }
    const h1 = document.querySelector("main h1");
    if (h1 && h1 !== heading) { heading = h1; arrive(); }
    const title = h1 && h1.dataset.title && h1.dataset.title + " - DQD";
    if (title && document.title !== title) document.title = title;
    document.dispatchEvent(new Event("drawn"));
  }
  const watch = new MutationObserver(settle);
  document.addEventListener("DOMContentLoaded", () => {
    watch.observe(document.body, { childList: true, subtree: true, characterData: true, attributeFilter: ["datetime", "data-title"] });
    watch.observe(document.head, { childList: true, subtree: true, characterData: true });
    setInterval(poll, POLL);
    setInterval(() => { tellFreshness(); tellAges(); }, 1000);
    document.addEventListener("visibilitychange", () => { if (document.hidden) state.due = null; else poll(); });
    poll();
  });
})();
