// Search and keys: `/` finds, single letters act, `?` lists them. Off while somebody types; can be switched off.
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const WAIT = 120;
  const KEYS_OFF = "dqd-keys-off";
  const paths = { service: "/services/", cluster: "/clusters/", attempt: "/builds/" };
  const kinds = { service: "Services", cluster: "Cluster-regions", attempt: "Build attempts" };
  const pages = { o: "/", c: "/clusters", s: "/services", p: "/promotions", a: "/analytics", b: "/scorecard", i: "/ingest" };
  const KEYS = [
    ["/", "Search"], ["?", "This list"], ["r", "Refresh now"], ["p", "Pause or resume live updates"], ["t", "Light or dark"],
    ["z", "Times in UTC or local"], ["c", "Copy the link to this view"], ["f", "Kiosk mode, and out of it (as Esc)"],
    ["[", "Previous attempt, on a build's page"], ["]", "Next attempt, on a build's page"],
    ["g o", "Overview"], ["g c", "Clusters"], ["g s", "Services"], ["g p", "Promotions"], ["g a", "Analytics"], ["g b", "Score card"], ["g i", "Ingest"],
  ];
  let timer = null, asked = 0, chosen = -1, leading = 0, before = null;

  const open = (href) => document.dispatchEvent(new CustomEvent("open-page", { detail: href }));
  function make(tag, text, cls) {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (cls) element.className = cls;
    return element;
  }

  // The dialogs, made at their first use.
  function overlay(id, title) {
    const dialog = make("dialog", "", "overlay");
    dialog.id = id;
    dialog.setAttribute("aria-label", title);
    const close = make("button", "", "icon-button dialog-close");
    close.type = "button";
    close.setAttribute("aria-label", "Close");
    close.append(make("i", "", "bi bi-x-lg"));
    dialog.append(close);
    document.body.append(dialog);
    return dialog;
  }
  function searchDialog() {
    if (byId("search-dialog")) return byId("search-dialog");
    const dialog = overlay("search-dialog", "Search");
    const field = make("input", "", "form-control");
    const given = {
      id: "search-text", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", maxlength: "330",
      placeholder: "Service, cluster-region, version, commit or attempt", "aria-label": "Search",
      "aria-controls": "search-results", "aria-expanded": "false", "aria-autocomplete": "list",
    };
    for (const [name, value] of Object.entries(given)) field.setAttribute(name, value);
    const state = make("div", "", "ink-2 small");
    state.id = "search-state";
    state.setAttribute("role", "status");
    const list = make("div", "", "search-results");
    list.id = "search-results";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Results");
    dialog.prepend(field);
    dialog.append(state, list);
    return dialog;
  }
  function keysDialog() {
    if (byId("keys-dialog")) return byId("keys-dialog");
    const dialog = overlay("keys-dialog", "Keyboard");
    dialog.prepend(make("h2", "Keyboard", "panel-title"));
    const list = make("dl", "", "keys");
    for (const [keys, words] of KEYS) {
      const term = make("dt");
      keys.split(" ").forEach((key, n) => { if (n) term.append(" then "); term.append(make("kbd", key)); });
      const line = make("div");
      line.append(term, make("dd", words));
      list.append(line);
    }
    const label = make("label", "", "keys-off");
    const box = make("input");
    box.type = "checkbox";
    box.id = "keys-switch";
    label.append(box, " Keys act (never while you type)");
    dialog.append(list, label);
    return dialog;
  }

  function show(dialog) {
    before = document.activeElement;
    dialog.showModal();
  }
  function closed() {
    if (before && before.isConnected) before.focus();
    before = null;
  }

  function showSearch() {
    const dialog = searchDialog();
    if (dialog.open) return;
    show(dialog);
    byId("search-text").select();
  }

  function say(words) { byId("search-state").textContent = words; }

  function options() { return [...byId("search-results").querySelectorAll("[role=option]")]; }

  function choose(place) {
    const all = options();
    chosen = all.length ? (place + all.length) % all.length : -1;
    all.forEach((one, n) => one.setAttribute("aria-selected", String(n === chosen)));
    const field = byId("search-text");
    if (chosen < 0) { field.removeAttribute("aria-activedescendant"); return; }
    field.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  function draw(said) {
    const list = byId("search-results");
    list.replaceChildren();
    let kind = null, group = null;
    said.results.forEach((hit, n) => {
      if (hit.kind !== kind) {
        kind = hit.kind;
        group = make("div");
        group.setAttribute("role", "group");
        group.setAttribute("aria-label", kinds[kind]);
        const title = make("div", kinds[kind], "search-kind");
        title.setAttribute("aria-hidden", "true");
        group.append(title);
        list.append(group);
      }
      const option = make("a", "", "search-hit");
      option.href = paths[hit.kind] + encodeURIComponent(hit.id);
      option.id = "search-hit-" + n;
      option.tabIndex = -1;
      option.setAttribute("role", "option");
      option.append(make("span", hit.title, hit.kind === "attempt" ? "mono strong" : "strong"));
      const status = hit.status ? hit.status.toLowerCase().replace("_", " ") + " · " : "";
      option.append(make("span", status + hit.detail, "ink-2 small"));
      group.append(option);
    });
    const found = said.results.length;
    const partly = said.complete ? "" : " The database does not answer: only what is in memory was searched.";
    say((found ? found + (found === 1 ? " result." : " results.") : "Nothing matches.") + partly);
    byId("search-text").setAttribute("aria-expanded", String(found > 0));
    choose(found ? 0 : -1);
  }

  async function ask(text) {
    const mine = ++asked;
    try {
      const answer = await fetch("/api/search?q=" + encodeURIComponent(text), { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const said = await answer.json();
      if (mine === asked) draw(said);
    } catch (away) {
      if (mine === asked) { byId("search-results").replaceChildren(); say("The search does not answer at the moment."); choose(-1); }
    }
  }

  function typed(field) {
    clearTimeout(timer);
    const text = field.value.trim();
    if (!text) {
      asked += 1;
      byId("search-results").replaceChildren();
      field.setAttribute("aria-expanded", "false");
      say("");
      choose(-1);
      return;
    }
    timer = setTimeout(() => { if (!document.hidden) ask(text); }, WAIT);
  }

  function follow() {
    const target = options()[chosen];
    if (!target) return;
    const href = target.getAttribute("href");
    before = null;  // the new page's heading takes the focus
    byId("search-dialog").close();
    open(href);
  }

  const keysOff = () => { try { return localStorage.getItem(KEYS_OFF) === "1"; } catch (denied) { return false; } };
  function setKeys(off) {
    try { localStorage.setItem(KEYS_OFF, off ? "1" : "0"); } catch (denied) { /* kept for this page only */ }
  }

  function showKeys() {
    const dialog = keysDialog();
    if (dialog.open) return;
    byId("keys-switch").checked = !keysOff();
    show(dialog);
  }

  function step(direction) {
    const link = document.querySelector(`main a[data-step="${direction}"]`);
    if (link) open(link.getAttribute("href"));
  }

  const acts = {
    "/": showSearch,
    "?": showKeys,
    r: () => byId("refresh-button").click(),
    p: () => byId("pause-button").click(),
    t: () => byId("theme-button").click(),
    z: () => byId("zone-button").click(),
    c: () => byId("link-button").click(),
    f: () => byId(document.documentElement.hasAttribute("data-kiosk") ? "kiosk-leave" : "kiosk-button").click(),
    "[": () => step("previous"),
    "]": () => step("next"),
    g: () => { leading = Date.now(); },
  };

  document.addEventListener("keydown", (event) => {
    const over = document.querySelector("dialog.overlay[open]");
    if (over && event.key === "Escape") { event.preventDefault(); over.close(); return; }  // at once: the next key counts
    const dialog = byId("search-dialog");
    if (dialog && dialog.open) {
      if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
      if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen - 1); }
      if (event.key === "Enter") { event.preventDefault(); follow(); }
      return;
    }
    const composed = event.getModifierState && event.getModifierState("AltGraph");  // brackets, on many keyboards
    if (((event.ctrlKey || event.altKey) && !composed) || event.metaKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.target.closest && event.target.closest("input, select, textarea, [contenteditable=true]")) return;
    if (keysOff()) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (Date.now() - leading < 1500 && pages[key]) { leading = 0; event.preventDefault(); open(pages[key]); return; }
    leading = 0;
    if (acts[key]) { event.preventDefault(); acts[key](); }
  });
  document.addEventListener("input", (event) => { if (event.target.id === "search-text") typed(event.target); });
  document.addEventListener("change", (event) => { if (event.target.id === "keys-switch") setKeys(!event.target.checked); });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#search-button")) showSearch();
    if (event.target.closest("#keys-button")) showKeys();
    if (event.target.closest(".dialog-close")) event.target.closest("dialog").close();
    if (event.target.closest(".search-hit")) { before = null; byId("search-dialog").close(); }
    if (event.target.matches("dialog.overlay")) event.target.close();
  });
  document.addEventListener("visibilitychange", () => {  // what was typed just before the tab was hidden
    const dialog = byId("search-dialog");
    if (!document.hidden && dialog && dialog.open) typed(byId("search-text"));
  });
  document.addEventListener("close", (event) => { if (event.target.matches("dialog.overlay")) closed(); }, true);
})();
