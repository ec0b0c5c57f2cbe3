"use strict";
/* The replay of an order: bid and ask as steps, fills as dots, routes as lanes below, on one time axis.

A page embeds it as <section class="replay"> with .bar (buttons, hidden until this runs), .plot, .readout and a block of
JSON as `app/orders/drawing.py` makes it. Every x is a whole number of nanoseconds after receipt. Such numbers are exact
in a double up to 2^53 ns, a hundred days, so that zooming in to single nanoseconds loses none; an instant since 1970
would lose hundreds. Labels are made from the digits of the whole number, never by dividing. */
(function () {
  const UNITS = [[1e3, "ns", 0], [1e6, "µs", 3], [1e9, "ms", 6], [Infinity, "s", 9]];
  const STEPS = Array.from({ length: 17 }, (_, k) => [1, 2, 5].map((n) => n * 10 ** k)).flat();
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /* A whole number of ns in a unit, with so many decimals. */
  function written(ns, digits, decimals) {
    const sign = ns < 0 ? "−" : "", text = String(Math.abs(Math.round(ns))).padStart(digits + 1, "0");
    const whole = digits ? text.slice(0, -digits) : text, part = digits ? text.slice(-digits).slice(0, decimals) : "";
    return sign + whole + (part ? "." + part : "");
  }
  function exact(ns) {
    const [, unit, digits] = UNITS.find(([below]) => Math.abs(ns) < below);
    const text = written(ns, digits, digits);
    return (digits ? text.replace(/0+$/, "").replace(/\.$/, "") : text) + " " + unit;
  }
  /* Prices of an axis with as many decimals as its step needs, so that they stand under each other. */
  function dollars(_, values, __, ___, step) {
    const digits = Math.max(2, step.toFixed(8).replace(/0+$/, "").split(".")[1].length);
    return values.map((one) => one === null ? "" : one.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  }

  function ticks(_, values, __, ___, step) {
    const most = Math.max(...values.map(Math.abs));
    const [, unit, digits] = UNITS.find(([below]) => most < below);
    const decimals = Math.max(0, digits - Math.floor(Math.log10(step) + 1e-9));
    return values.map((ns) => written(ns, digits, decimals) + " " + unit);
  }

  function start(section) {
    const data = JSON.parse(section.querySelector('script[type="application/json"]').textContent);
    const plot = section.querySelector(".plot"), readout = section.querySelector(".readout");
    const xs = data.path.at, lanes = data.lanes;
    const events = [
      ...data.marks.map((m) => ({ x: m.x, text: m.what })),
      ...lanes.flatMap((l) => [
        { x: l.from, text: `sent to ${l.party}, ${l.quantity} (hop ${l.hop})` },
        ...(l.acknowledged === null ? [] : [{ x: l.acknowledged, text: `acknowledged by ${l.party}` }]),
      ]),
      ...data.fills.map((f) => ({ x: f.x, text: `executed ${f.quantity} at ${f.price} on ${f.venue}` })),
    ];
    if (!xs.length && !events.length) return;
    if (xs.length) { /* the last quote stays in force to the end of what is drawn */
      const end = Math.max(xs[xs.length - 1], ...events.map((e) => e.x)) + 2e9;
      if (end > xs[xs.length - 1]) { xs.push(end); data.path.bid.push(data.path.bid.at(-1)); data.path.ask.push(data.path.ask.at(-1)); }
    }
    const every = [...events.map((e) => e.x)];
    const low = Math.min(...every, 0), high = Math.max(...every, 1), pad = Math.max((high - low) * 0.04, 500);
    const whole = [Math.floor(low - pad), Math.ceil(high + pad)];
    const known = [...data.path.bid, ...data.path.ask, ...data.fills.map((f) => f.price)].filter((v) => v !== null);
    const share = Math.min(0.45, 0.04 * lanes.length + 0.06);
    let fill = -1, chart = null, view = whole;

    /* Prices in view, with room below for the lanes. */
    function prices() {
      const [min, max] = view;
      let lowest = Infinity, highest = -Infinity;
      const see = (v) => { if (v !== null && v !== undefined) { lowest = Math.min(lowest, v); highest = Math.max(highest, v); } };
      xs.forEach((x, i) => { if ((x >= min || (xs[i + 1] ?? Infinity) > min) && x <= max) { see(data.path.bid[i]); see(data.path.ask[i]); } });
      data.fills.forEach((f) => { if (f.x >= min && f.x <= max) see(f.price); });
      if (lowest === Infinity) known.forEach(see);
      if (lowest === Infinity) [lowest, highest] = [0, 1];
      const room = Math.max(highest - lowest, 0.01);
      return [lowest - room * 0.12 - (room * 1.24 * share) / (1 - share), highest + room * 0.12];
    }

    function over(u) {
      const { ctx, bbox } = u, ratio = devicePixelRatio || 1;
      const at = (x) => u.valToPos(x, "x", true);
      const line = (x, style, dash) => {
        const px = at(x);
        if (px < bbox.left || px > bbox.left + bbox.width) return;
        ctx.strokeStyle = style; ctx.lineWidth = ratio; ctx.setLineDash(dash);
        ctx.beginPath(); ctx.moveTo(px, bbox.top); ctx.lineTo(px, bbox.top + bbox.height); ctx.stroke(); ctx.setLineDash([]);
      };
      ctx.save();
      ctx.beginPath(); ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height); ctx.clip();
      data.marks.forEach((m) => line(m.x, colour("--quiet"), [4 * ratio, 3 * ratio]));
      const tall = (bbox.height * share) / Math.max(lanes.length, 1), bottom = bbox.top + bbox.height;
      ctx.font = `${10.5 * ratio}px ${getComputedStyle(document.body).fontFamily}`; ctx.textBaseline = "middle"; ctx.textAlign = "left";
      lanes.forEach((l, place) => {
        const y = bottom - bbox.height * share + tall * (place + 0.5), thick = Math.min(tall * 0.5, 6 * ratio);
        const from = at(l.from), to = Math.max(at(l.to), from + 2 * ratio);
        ctx.fillStyle = l.depth ? colour("--accent") : colour("--quiet");
        ctx.globalAlpha = 0.55; ctx.fillRect(from, y - thick / 2, to - from, thick); ctx.globalAlpha = 1;
        if (l.acknowledged !== null) { ctx.fillStyle = colour("--ink"); ctx.fillRect(at(l.acknowledged) - ratio, y - thick, 2 * ratio, 2 * thick); }
        if (tall > 9 * ratio) {
          const right = to < bbox.left + bbox.width - 60 * ratio;
          ctx.fillStyle = colour("--quiet"); ctx.textAlign = right ? "left" : "right";
          ctx.fillText(l.party, right ? Math.max(to, bbox.left) + 5 * ratio : from - 5 * ratio, y);
        }
      });
      const largest = Math.max(...data.fills.map((f) => f.quantity), 1);
      data.fills.forEach((f) => {
        ctx.beginPath();
        ctx.arc(at(f.x), u.valToPos(f.price, "y", true), (3 + 5 * Math.sqrt(f.quantity / largest)) * ratio, 0, 2 * Math.PI);
        ctx.fillStyle = colour("--warn"); ctx.globalAlpha = 0.8; ctx.fill(); ctx.globalAlpha = 1;
        ctx.strokeStyle = colour("--ground"); ctx.lineWidth = ratio; ctx.stroke();
      });
      ctx.restore();
    }

    function hover(u) {
      if (u.cursor.left === null || u.cursor.left < 0) { readout.textContent = ""; return; }
      const x = u.posToVal(u.cursor.left, "x");
      const near = events.filter((e) => Math.abs(u.valToPos(e.x, "x") - u.cursor.left) < 7).slice(0, 4);
      const place = u.cursor.idx;
      const quote = place === null || place === undefined ? "" : `bid ${data.path.bid[place] ?? "–"}, ask ${data.path.ask[place] ?? "–"}`;
      readout.textContent = [exact(x), quote, ...near.map((e) => `${exact(e.x)}: ${e.text}`)].filter(Boolean).join(" · ");
    }

    function look(from, to) {
      const width = Math.max(to - from, 20);
      view = [Math.round(from), Math.round(from + width)];
      chart.setScale("x", { min: view[0], max: view[1] });
    }
    function by(factor, shift) {
      const [min, max] = view, middle = (min + max) / 2, half = ((max - min) / 2) * factor;
      look(middle - half + shift * (max - min), middle + half + shift * (max - min));
    }
    function to(next) {
      if (!data.fills.length) return;
      fill = Math.max(0, Math.min(data.fills.length - 1, fill + next));
      const x = data.fills[fill].x;
      look(x - 5e5, x + 5e5);
      readout.textContent = `fill ${fill + 1} of ${data.fills.length}: ${exact(x)}, ${data.fills[fill].quantity} at ${data.fills[fill].price} on ${data.fills[fill].venue}`;
    }
    const acts = {
      all: () => look(...whole), receipt: () => look(-1e6, 1e7), before: () => to(-1), after: () => to(1),
      in: () => by(0.5, 0), out: () => by(2, 0),
    };

    function dragged(u) {
      const { left, width } = u.select;
      if (width > 2) look(u.posToVal(left, "x"), u.posToVal(left + width, "x"));
      u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    }

    function draw() {
      const held = view;
      if (chart) chart.destroy();
      const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--rule"), width: 1 }, ticks: { stroke: colour("--rule"), width: 1 } };
      const steps = uPlot.paths.stepped({ align: 1 }), points = { show: false };
      chart = new uPlot({
        width: plot.clientWidth, height: 300 + Math.min(lanes.length, 14) * 10,
        legend: { show: false }, cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false } },
        scales: { x: { time: false, min: held[0], max: held[1] }, y: { range: prices } },
        axes: [{ ...axis, incrs: STEPS, space: 110, values: ticks }, { ...axis, size: 64, label: "USD", labelSize: 20, values: dollars, filter: (u, v) => v.map((one) => one < u.scales.y.min + (u.scales.y.max - u.scales.y.min) * share ? null : one) }],
        series: [{}, { label: "bid", stroke: colour("--accent"), width: 1.4, paths: steps, points }, { label: "ask", stroke: colour("--good"), width: 1.4, paths: steps, points }],
        hooks: { draw: [over], setCursor: [hover], setSelect: [dragged] },
      }, [xs.length ? xs : [low, high], xs.length ? data.path.bid : [null, null], xs.length ? data.path.ask : [null, null]], plot);
      look(...held);
    }

    section.querySelector(".bar").hidden = false;
    section.querySelectorAll("[data-do]").forEach((button) => button.addEventListener("click", () => acts[button.dataset.do]()));
    plot.addEventListener("dblclick", () => acts.all());
    plot.addEventListener("keydown", (event) => {
      const act = { "+": acts.in, "=": acts.in, "-": acts.out, 0: acts.all, ArrowLeft: () => by(1, -0.25), ArrowRight: () => by(1, 0.25) }[event.key];
      if (act) { act(); event.preventDefault(); }
    });
    draw();
    new ResizeObserver(() => { if (plot.clientWidth && plot.clientWidth !== chart.width) draw(); }).observe(plot);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    section.dataset.state = "drawn";
    window.routeproofReplay = { exact, written, ticks, dollars };
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("section.replay").forEach(start));
})();
