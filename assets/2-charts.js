// Paints charts: the server names each trace's role, the colours of roles are CSS tokens of the theme.
(function () {
  "use strict";
  const plotly = window.Plotly;
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function template() {
    const axis = { gridcolor: css("--line"), linecolor: css("--line"), zerolinecolor: css("--line"), automargin: true };
    return {
      layout: {
        font: { family: css("--font"), size: 12, color: css("--ink-2") },
        paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
        margin: { l: 48, r: 12, t: 36, b: 32 },
        legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", traceorder: "normal" },
        hoverlabel: { bgcolor: css("--card"), bordercolor: css("--line-strong"), font: { color: css("--ink") } },
        modebar: { bgcolor: "rgba(0,0,0,0)", color: css("--ink-2"), activecolor: css("--accent") },
        xaxis: axis, yaxis: axis,
      },
    };
  }

  // A bar too short to be seen is drawn so long: the data stays what it is, `meta.whole` is the length of the axis.
  const LEAST = 5;
  function seen(trace, gd) {
    const whole = trace.meta && trace.meta.whole;
    if (!whole) return {};
    const least = (LEAST * whole) / Math.max(100, (gd.clientWidth || 600) - 120);
    return { x: trace.x.map((length) => Math.max(length, least)) };
  }

  function painted(trace, gd) {
    const colour = css("--chart-" + ((trace.meta && trace.meta.role) || "nodata"));
    const marker = Object.assign({}, trace.marker, { color: colour });
    if (trace.type === "bar") {
      const hollow = trace.meta && trace.meta.hollow;
      if (hollow) marker.color = "rgba(0,0,0,0)";
      marker.line = hollow ? { color: colour, width: 1.5 } : { color: css("--card"), width: trace.orientation === "h" ? 0 : 1 };
      marker.pattern = Object.assign({ fgcolor: css("--card"), fgopacity: 0.5, size: 6 }, marker.pattern);
      return Object.assign({}, trace, { marker }, seen(trace, gd));
    }
    return Object.assign({}, trace, { marker, line: Object.assign({}, trace.line, { color: colour }) });
  }

  // The reader's zoom outlives new data: axes they moved keep their range.
  function kept(gd, layout) {
    for (const name of ["xaxis", "yaxis"]) {
      const now = gd.layout && gd.layout[name];
      if (now && now.autorange === false && now.range && layout[name]) {
        layout[name] = Object.assign({}, layout[name], { autorange: false, range: now.range.slice() });
      }
    }
    return layout;
  }

  // The hover names every series of a day, and so does the click: which bar of the stack was it?
  function barUnder(gd, points, pointer) {
    const plot = gd.querySelector(".nsewdrag").getBoundingClientRect();
    const height = gd._fullLayout.yaxis.p2d(pointer.clientY - plot.top);
    let top = 0;
    return points.find((point) => { top += point.y; return point.y > 0 && height <= top; });
  }

  function open(gd, event) {
    const points = (event.points || []).filter((point) => point.customdata);
    if (!points.length) return;
    const bars = points[0].data.type === "bar" && points[0].data.orientation !== "h";
    const point = bars ? barUnder(gd, points, event.event) : points[0];
    const url = new URL((point || points[0]).customdata, location.href);
    if (!point) url.searchParams.delete("status");  // above the bars: the whole day
    document.dispatchEvent(new CustomEvent("open-page", { detail: url.href }));
  }

  function drawing(method) {
    return function (gd, figure, layout, config) {
      const given = Array.isArray(figure) ? { data: figure, layout, config } : Object.assign({}, figure);
      given.data = (given.data || []).map((trace) => painted(trace, gd));
      given.layout = kept(gd, Object.assign({}, given.layout, { template: template() }));
      return plotly[method](gd, given).then((drawn) => {
        drawn.removeAllListeners("plotly_click");
        drawn.on("plotly_click", (event) => open(drawn, event));
        return drawn;
      });
    };
  }

  window.Plotly = Object.assign({}, plotly, { react: drawing("react"), newPlot: drawing("newPlot") });

  document.addEventListener("theme", () => {
    for (const gd of document.querySelectorAll(".js-plotly-plot")) {
      if (gd.data) window.Plotly.react(gd, { data: gd.data, layout: gd.layout });
    }
  });
})();
