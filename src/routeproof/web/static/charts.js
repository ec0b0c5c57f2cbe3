"use strict";
/* Charts: Vega-Lite drawn on a canvas, in the colours of the page. The table beside each chart has its numbers too.

How a page embeds one (see templates/charts.html):
  {% from "charts.html" import chart, chart_scripts with context %}
  {% block head %}{{ chart_scripts() }}{% endblock %}       loads vega, its interpreter, vega-lite and this file
  {{ chart("share", spec, "Share of executed shares by venue") }}
`spec` is a Vega-Lite specification as a plain dict with its data inside ("data": {"values": [...]}), "width":
"container", and no colours: they come from the page, so light, dark and print follow by themselves. It travels as a
block of JSON, which a browser never runs; the interpreter evaluates expressions without eval, as the policy asks.
A datum with a member `href` that begins with "/" is a link. What htmx swaps in is drawn as well. */
(function () {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function config() {
    const ink = colour("--ink"), quiet = colour("--quiet"), rule = colour("--rule"), accent = colour("--accent");
    const font = getComputedStyle(document.body).fontFamily;
    const text = { labelColor: quiet, titleColor: quiet, labelFont: font, titleFont: font, titleFontWeight: "normal" };
    return {
      background: null,
      view: { stroke: null },
      axis: { ...text, domainColor: rule, tickColor: rule, gridColor: rule, gridOpacity: 0.6, tickCount: 7, labelLimit: 160 },
      legend: { ...text, symbolBaseFillColor: quiet, symbolBaseStrokeColor: quiet },
      header: text,
      title: { color: ink, font },
      header: { labelColor: ink, titleColor: quiet, labelFont: font, titleFont: font, titleFontWeight: "normal" },
      range: { category: [accent, colour("--warn"), colour("--good"), quiet, ink, "#8b6fb3", "#b08a2e", "#4f9aa8"] },
      mark: { color: accent },
      bar: { color: accent },
      line: { color: accent, strokeWidth: 1.5 },
      point: { color: accent, filled: true, size: 40 },
      rule: { color: quiet },
      text: { color: ink, font },
    };
  }

  /* Charts made for paper name the inks of the pack; on a page they are those of the page. */
  const PAPER = {
    "#1a1a1a": "--ink", "#1f4e79": "--accent", "#9c3d1b": "--warn", "#3b4a5a": "--quiet", "#9aa5b1": "--quiet", "#9aa7b4": "--quiet",
    "#9aa3ab": "--quiet", "#c9d1da": "--rule", "#dfe4ea": "--rule", "#e3e8ed": "--rule", "#eceff2": "--tint",
  };
  function inked(part) {
    if (typeof part === "string") return PAPER[part] ? colour(PAPER[part]) : part;
    if (Array.isArray(part)) return part.map(inked);
    if (!part || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, name === "data" ? value : inked(value)]));
  }

  async function draw(figure) {
    const place = figure.querySelector("[data-chart]");
    const spec = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    try {
      if (place.chartView) place.chartView.finalize();
      const compiled = vegaLite.compile({ ...inked(spec), config: config() }, { logger: vega.logger(vega.Error) });
      const view = new vega.View(vega.parse(compiled.spec, null, { ast: true }), {
        expr: vega.expressionInterpreter || vegaInterpreter.expressionInterpreter,
        renderer: "canvas", container: place, hover: false,
      });
      place.chartView = view;
      view.addEventListener("click", (_, item) => {
        const to = item && item.datum && item.datum.href;
        if (typeof to === "string" && to.startsWith("/") && !to.startsWith("//")) location.assign(to);
      });
      await view.runAsync();
      figure.dataset.state = "drawn";
    } catch (error) {
      figure.dataset.state = "failed";
      place.textContent = "The chart could not be drawn; the table has its numbers.";
      console.error(error);
    }
  }

  function drawAll(within) {
    within.querySelectorAll("figure.chart").forEach((figure) => { if (figure.dataset.state !== "drawn") draw(figure); });
  }
  function again() {
    document.querySelectorAll("figure.chart").forEach(draw);
  }

  document.addEventListener("DOMContentLoaded", () => drawAll(document));
  document.addEventListener("htmx:afterSettle", () => drawAll(document));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
})();
