// The chart of evidence: log10 of E over time, the line at 1/alpha, and the stage changes.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  if (!$("chart") || !window.uPlot) return;
  const place = $("chart");
  const zone = document.body.dataset.zone;
  const COUNTS = ["units:canary", "errors:canary", "units:control", "errors:control"];
  const data = [[], []];
  const counts = new Map(); // time -> the four numbers
  const GAP_SECONDS = 30;
  let marks = [];
  let limit = null;
  let plot = null;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const plain = (value) => (value >= 10 ? Math.floor(value).toLocaleString("en") : Number(value.toPrecision(2)).toString());

  function moment(at, step) {
    const style = step >= 86400 ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit" };
    if (step < 60) style.second = "2-digit";
    return new Intl.DateTimeFormat("en-GB", { ...style, timeZone: zone }).format(new Date(at * 1000));
  }

  function line(u, x0, y0, x1, y1, stroke, dash) {
    const c = u.ctx;
    c.save();
    c.strokeStyle = stroke;
    c.lineWidth = devicePixelRatio;
    c.setLineDash(dash.map((length) => length * devicePixelRatio));
    c.beginPath();
    c.moveTo(x0, y0);
    c.lineTo(x1, y1);
    c.stroke();
    c.restore();
  }

  function label(u, text, x, y, ink, align) {
    const c = u.ctx;
    c.save();
    c.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    c.fillStyle = ink;
    c.textAlign = align;
    c.fillText(text, x, y);
    c.restore();
  }

  function draw(u) {
    const { left, top, width, height } = u.bbox;
    const px = devicePixelRatio;
    if (limit !== null) {
      const y = u.valToPos(limit, "y", true);
      line(u, left, y, left + width, y, colour("--bad"), [5, 4]);
      label(u, `rolls back at ${plain(10 ** limit * 1.000001)}`, left + width - 4 * px, y - 5 * px, colour("--bad"), "right");
    }
    let free = -Infinity;
    for (const mark of marks) {
      const x = u.valToPos(mark.at, "x", true);
      if (x < left || x > left + width) continue;
      line(u, x, top, x, top + height, colour("--soft"), [2, 3]);
      if (mark.kind === "rollback") {
        const near = x - left < 75 * px; // where it would run into the numbers of the axis
        label(u, "rolled back", x + (near ? 4 : -4) * px, top + 12 * px, colour("--bad"), near ? "left" : "right");
        continue;
      }
      const share = /[\d.]+ %/.exec(mark.label);
      if (!share || x < free) continue;
      label(u, share[0], x + 4 * px, top + height - 5 * px, colour("--soft"), "left");
      free = x + 45 * px;
    }
  }

  function says(u) {
    const at = u.cursor.idx;
    if (at == null || data[1][at] == null) return void ($("chart-says").textContent = "Evidence E, on a log scale. 1 says nothing either way.");
    const time = new Date(data[0][at] * 1000).toLocaleTimeString("en-GB", { timeZone: zone });
    $("chart-says").textContent = `${time}: evidence of harm ${plain(10 ** data[1][at])}${counted(counts.get(data[0][at]))}`;
  }

  function counted(found) {
    if (!found || found.some((number) => number === undefined)) return "";
    const [units, errors, others, theirs] = found.map((number) => number.toLocaleString("en"));
    return ` · new ${errors} of ${units} failed, old ${theirs} of ${others}`;
  }

  function options() {
    const axis = { stroke: () => colour("--soft"), grid: { stroke: () => colour("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
    const span = (u, low, high) => {
      const top = Math.max(high ?? 0, limit ?? 2) + 0.45;
      return [Math.max(Math.min(low ?? 0, -1), -4), top];
    };
    return {
      width: place.clientWidth, height: 220, tzDate: (at) => window.uPlot.tzDate(new Date(at * 1000), zone), legend: { show: false }, padding: [8, 22, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: true }, y: { range: span } },
      axes: [
        { ...axis, size: 24, space: 76, grid: { show: false }, values: (u, ticks, i, space, step) => ticks.map((at) => moment(at, step)) },
        { ...axis, size: 46, splits: (u, i, low, high) => Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, n) => Math.ceil(low) + n), values: (u, ticks) => ticks.map((tick) => plain(10 ** tick)) },
      ],
      series: [{}, { stroke: () => colour("--accent"), width: 1.75, points: { show: false }, spanGaps: false }],
      hooks: { draw: [draw], setCursor: [says] },
    };
  }

  function add(news) {
    const points = (news.series && news.series.evidence) || [];
    for (const [at, value] of points) {
      const newest = data[0][data[0].length - 1];
      if (at <= newest) continue;
      // Nothing was measured here: a line across would claim to know. What is old is kept further apart.
      if (at - newest > Math.max(GAP_SECONDS, (news.now - at) / 10)) data.forEach((column, n) => column.push(n ? null : newest + 0.001));
      data[0].push(at);
      data[1].push(value / Math.LN10);
    }
    COUNTS.forEach((name, place) => {
      for (const [at, value] of (news.series && news.series[name]) || []) {
        if (!counts.has(at)) counts.set(at, []);
        counts.get(at)[place] = value;
      }
    });
    if (data[0].length > 4000) {
      data.forEach((column) => column.splice(0, 1000));
      for (const at of counts.keys()) if (at < data[0][0]) counts.delete(at);
    }
    marks = news.marks || marks;
    limit = news.log_threshold == null ? limit : news.log_threshold / Math.LN10;
    if (data[0].length < 2) return;
    if (plot) return void plot.setData(data);
    place.hidden = $("chart-says").hidden = false;
    place.parentElement.classList.add("charted");
    plot = new window.uPlot(options(), data, place);
    says(plot);
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: 220 })).observe(place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot.redraw());
  }
  window.tminusChart = { add };
  fetch(`/series?names=evidence,${COUNTS}&since=0`).then((answer) => answer.json()).then(add, () => {});
})();
