// Charts need two files that no other page does. Pages with charts fetch them while the page itself is on its way;
// elsewhere the small one is fetched when there is time, so that going on to a chart is a question and one file.
(function () {
  "use strict";
  const LIBRARY = "/_dash-component-suites/plotly/package_data/plotly.min.js";
  const GRAPH = "/_dash-component-suites/dash/dcc/async-graph.js";
  const withCharts = /^\/(analytics|promotions|clusters\/|services\/)/;

  function ahead(rel, href) {
    const link = document.createElement("link");
    Object.assign(link, { rel, href, as: "script" });
    document.head.appendChild(link);
  }

  if (withCharts.test(location.pathname)) for (const file of [LIBRARY, GRAPH]) ahead("preload", file);
  else window.addEventListener("load", () => setTimeout(() => { if (!document.hidden) ahead("prefetch", GRAPH); }, 2000));
})();
