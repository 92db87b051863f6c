// On paper: a line says where this is from and of when, and charts are as wide as the paper.
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const WIDE = 960;  // then scaled to the paper by its view box, whatever paper that is
  const paper = window.matchMedia("print");
  let printing = false;

  function tell() {
    const { full } = window.dqdTimes;
    const asOf = byId("freshness") && byId("freshness").dataset.asOf;
    const data = asOf ? `Data as of ${full(asOf)}` : "Age of the data not known";
    const line = byId("print-line");
    if (line) line.textContent = `${location.href} · ${data} · printed ${full(new Date().toISOString())}`;
  }

  function fit(on) {
    for (const gd of document.querySelectorAll(".js-plotly-plot")) {
      if (!gd.layout) continue;
      window.Plotly.relayout(gd, on ? { width: WIDE, autosize: false } : { width: null, autosize: true });
      for (const svg of gd.querySelectorAll(".main-svg")) {
        if (on) svg.setAttribute("viewBox", `0 0 ${WIDE} ${gd._fullLayout.height}`); else svg.removeAttribute("viewBox");
      }
    }
  }

  function turn(on) {
    if (on) tell();
    if (on === printing) return;
    printing = on;
    fit(on);
  }
  paper.addEventListener("change", () => turn(paper.matches));
  window.addEventListener("beforeprint", () => turn(true));
  window.addEventListener("afterprint", () => turn(paper.matches));
})();
