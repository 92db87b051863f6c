// Charts need two files that no other page does: their library, and a small one. The index of a page with charts names
// both; elsewhere the small one is fetched when there is time, so that going on to a chart is a question and one file.
(function () {
  "use strict";
  const GRAPH = "/_dash-component-suites/dash/dcc/async-graph.js";
  if (window.Plotly) return;
  window.addEventListener("load", () => setTimeout(() => {
    if (document.hidden) return;  // a hidden tab asks for nothing
    const link = document.createElement("link");
    Object.assign(link, { rel: "prefetch", href: GRAPH, as: "script" });
    document.head.appendChild(link);
  }, 2000));
})();
