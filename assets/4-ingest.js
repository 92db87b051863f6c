// The ingest page: opening files, and the admin's actions, whose key stays in this page's memory.
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);
  let admin = null; // {key, who}: gone with the page
  let shownFor = null; // the place in which the audit was put

  // A file becomes the text of a field.
  function offerFiles() {
    for (const place of document.querySelectorAll("[data-file-into]")) {
      if (place.firstChild) continue;
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.type = "file";
      input.className = "form-control";
      label.append(place.dataset.label + " ", input);
      input.addEventListener("change", async () => {
        if (input.files[0]) window.dash_clientside.set_props(place.dataset.fileInto, { value: await input.files[0].text() });
      });
      place.append(label);
    }
  }

  // The admin's actions.
  const WORDS = {
    replay: "Replayed.", "replay-edited": "Replayed as edited.", discard: "Discarded.", "replay-all": "Replayed",
    "alert-test": "Fired; the list shows whether it arrives.",
  };
  const ASK_AGAIN = { discard: " Really give it up?", "replay-all": " Really replay every open one?" };
  function say(words, failed) {
    const place = byId("admin-said");
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("tone-failed", Boolean(failed));
  }
  async function ask(path, body) {
    const headers = { "X-Admin-Key": admin.key };
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(path.startsWith("/") ? path : "/api/ingest/" + path, {
      method: body ? "POST" : "GET", headers, cache: "no-store", body: body && JSON.stringify(body),
    });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(said.detail || "HTTP " + answer.status);
    return said;
  }
  function isSure(button, question) { // what cannot be undone takes a second click
    if (button.dataset.sure) return true;
    const words = button.lastChild;
    const before = words.nodeValue;
    words.nodeValue = question;
    button.dataset.sure = "asked";
    setTimeout(() => { words.nodeValue = before; delete button.dataset.sure; }, 5000);
    return false;
  }
  async function act(button) {
    const name = button.dataset.action;
    if (!byId("admin-form")) { byId("admin-closed").scrollIntoView({ block: "center" }); return; }
    if (!admin) { say("Type your name and the admin key first.", true); byId("admin-who").focus(); return; }
    if (ASK_AGAIN[name] && !isSure(button, ASK_AGAIN[name])) return;
    const body = { by: admin.who };
    if (name === "replay-edited") body.body = byId("quarantine-body").value;
    const verb = name === "discard" ? "/discard" : "/replay";
    const record = encodeURIComponent(button.dataset.record || "");
    const path = name === "alert-test" ? "/api/alerts/" + record + "/test" : name === "replay-all" ? "quarantine/replay-all" : "quarantine/" + record + verb;
    button.disabled = true;
    try {
      const said = await ask(path, body);
      const many = name === "replay-all" ? ` ${said.sent}, refused ${said.refused.length}.` : "";
      say(WORDS[name] + many);
      await audit();
    } catch (refused) {
      say(refused.message, true);
    } finally {
      button.disabled = false;
      window.dash_clientside.set_props("live", { data: { beat: Date.now() } });
    }
  }
  async function enter() {
    const who = byId("admin-who").value.trim();
    const key = byId("admin-key").value;
    if (!who || !key) { say("Type your name and the admin key.", true); return; }
    admin = { who, key };
    try {
      await audit();
      window.dash_clientside.set_props("admin-key", { value: "" });
      say(`The key is right. You act as ${who}; leaving or reloading the page forgets it.`);
    } catch (refused) {
      admin = null;
      say(refused.message, true);
    }
  }

  // Who did what, shown to whoever has the key.
  const el = (type, children, more) => ({ namespace: "dash_html_components", type, props: { children, ...more } });
  async function audit() {
    const { actions } = await ask("audit?limit=25");
    if (!byId("audit")) return;
    shownFor = byId("audit");
    const rows = actions.map((one) => el("Tr", [
      el("Th", one.by, { scope: "row" }), el("Td", one.action),
      el("Td", el("Time", one.at.slice(0, 16).replace("T", " ") + " UTC", { dateTime: one.at, title: one.at.slice(0, 19).replace("T", " ") + " UTC" })),
      el("Td", el("A", one.reason.slice(0, 160), { href: "/ingest?view=dead-letters&record=" + encodeURIComponent(one.recordId) })),
    ]));
    const head = el("Tr", ["Who", "What", "When", "Why it had been set aside"].map((name) => el("Th", name, { scope: "col" })));
    const table = el("Table", [el("Caption", "Actions, the latest first", { className: "visually-hidden" }), el("Thead", head), el("Tbody", rows)], { className: "grid" });
    const shown = rows.length ? el("Div", table, { className: "scroller", role: "region", tabIndex: "0", "aria-label": "Actions" }) : el("P", "Nobody has done anything yet.", { className: "ink-2" });
    window.dash_clientside.set_props("audit", { children: shown });
  }

  document.addEventListener("click", (event) => {
    const action = event.target.closest("button[data-action]");
    if (action) act(action);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id === "admin-form") { event.preventDefault(); enter(); }
  }, true);
  function arrived() {
    offerFiles();
    if (!byId("admin-form")) return;
    if (admin && byId("audit") && byId("audit") !== shownFor) { shownFor = byId("audit"); audit().catch(() => {}); }
    if (admin && byId("admin-said") && !byId("admin-said").textContent) say(`You act as ${admin.who}.`);
  }
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(arrived).observe(document.body, { childList: true, subtree: true });
  });
})();
