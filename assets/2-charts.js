// Paints charts: the server names each trace's role, the colours of roles are CSS tokens of the theme.
(function () {
  "use strict";
  const plotly = window.Plotly;
  const touch = window.matchMedia("(pointer: coarse)");
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function template() {
    const axis = { gridcolor: css("--line"), linecolor: css("--line"), zerolinecolor: css("--line"), automargin: true };
    return {
      layout: {
        font: { family: css("--font"), size: 12, color: css("--ink-2") },
        paper_bgcolor: css("--card"), plot_bgcolor: css("--card"),
        margin: { l: 44, r: 8, t: 28, b: 28 },
        legend: { orientation: "h", x: 0, xref: "container", y: 1, yref: "container", yanchor: "top", traceorder: "normal" },
        hoverlabel: { bgcolor: css("--card"), bordercolor: css("--line-strong"), font: { color: css("--ink") } },
        modebar: { bgcolor: "rgba(0,0,0,0)", color: css("--ink-2"), activecolor: css("--accent") },
        xaxis: axis, yaxis: axis,
      },
    };
  }

  // A bar too short to be seen is drawn so long: the data stays what it is, `meta.whole` is the length of the axis.
  const LEAST = 5, LEAST_NARROW = 3;
  function seen(trace, gd) {
    const whole = trace.meta && trace.meta.whole;
    if (!whole) return {};
    const width = gd.clientWidth || 600;
    const least = ((width < 600 ? LEAST_NARROW : LEAST) * whole) / Math.max(100, width - 120);
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

  // A drag along a chart of time narrows the page's range to the days, hours or weeks it covers; a click does not.
  const STEP = { day: 864e5, hour: 36e5, week: 7 * 864e5 };
  const stamp = (text) => Date.parse(text.replace(" ", "T").slice(0, 23) + "Z");
  const named = (time, hourly) => new Date(time).toISOString().slice(0, hourly ? 16 : 10) + (hourly ? "Z" : "");
  function narrow(gd, moved) {
    const step = gd.layout.meta && gd.layout.meta.narrow;
    const range = moved["xaxis.range"] || [moved["xaxis.range[0]"], moved["xaxis.range[1]"]];
    if (!step || typeof range[0] !== "string" || typeof range[1] !== "string") return;
    const [first, last] = covered(gd, ...range.map(stamp), STEP[step]);
    plotly.relayout(gd, { "xaxis.autorange": true });
    const url = new URL(location.href);
    for (const name of ["range", "day", "hour", "week", "page", "cursor"]) url.searchParams.delete(name);
    url.searchParams.set("from", named(first, step === "hour"));
    url.searchParams.set("to", named(step === "hour" ? last : last - STEP.day, step === "hour"));
    url.hash = "";
    document.dispatchEvent(new CustomEvent("open-page", { detail: { href: url.href, stay: true } }));
  }

  // The whole steps under a drag: those that have a label, the nearest where none; of lying bars every one.
  function covered(gd, from, until, step) {
    if (gd.data[0].orientation === "h") {
      const [start] = gd.data[0].base.map((text) => Date.parse(text)), end = start + gd.data[0].x[0];
      const first = Math.floor(Math.min(Math.max(from, start), end - 1) / step) * step;
      return [first, Math.max(first + step, Math.ceil(Math.min(until, end) / step) * step)];
    }
    const labels = [...new Set(gd.data.flatMap((trace) => trace.x || []))].map(label => Date.parse(label)).sort((a, b) => a - b);
    const middle = (from + until) / 2;
    const nearest = labels.reduce((best, one) => Math.abs(one - middle) < Math.abs(best - middle) ? one : best, labels[0]);
    const within = labels.filter((label) => from <= label && label <= until);
    return within.length ? [within[0], within[within.length - 1] + step] : [nearest, nearest + step];
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
      if (touch.matches) given.layout.dragmode = false;  // there a drag scrolls the page
      return plotly[method](gd, given).then((drawn) => {
        drawn.removeAllListeners("plotly_click");
        drawn.on("plotly_click", (event) => open(drawn, event));
        drawn.removeAllListeners("plotly_relayout");
        drawn.on("plotly_relayout", (moved) => narrow(drawn, moved));
        return drawn;
      });
    };
  }

  window.Plotly = Object.assign({}, plotly, { react: drawing("react"), newPlot: drawing("newPlot") });

  // The image says what stands outside the chart on the page: its heading and its time. Our font is not in it.
  function save(button) {
    const gd = button.closest(".panel").querySelector(".js-plotly-plot");
    const time = document.querySelector("main [data-from]");
    const words = [button.dataset.title, time && time.textContent].filter(Boolean).join(", ");
    const layout = Object.assign({}, gd.layout, {
      font: { family: "sans-serif" },
      title: { text: words, x: 0.01, y: 0.98, yanchor: "top", font: { size: 15, color: css("--ink") } },
      margin: Object.assign({}, template().layout.margin, gd.layout.margin, { t: 64 }),
      legend: Object.assign({}, gd.layout.legend, { y: 0.9 }),
    });
    const { width, height } = gd.getBoundingClientRect();
    const figure = { data: gd.data, layout, config: { plotlyServerURL: "" } };
    return plotly.downloadImage(figure, { format: "png", scale: 2, width, height: height + 40, filename: button.dataset.png });
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-png]");
    if (button) save(button);
  });

  document.addEventListener("theme", () => {
    for (const gd of document.querySelectorAll(".js-plotly-plot")) {
      if (gd.data) window.Plotly.react(gd, { data: gd.data, layout: gd.layout });
    }
  });
})();
