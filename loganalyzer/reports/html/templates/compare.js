// Two to twelve runs on one axis: curves with their best points, values under the pointer, a table of how they ended, and
// the settings in which they differ; in the order of the setting that varies.
const compared = (() => {
  const { make, html, short, steps, linear, ticks, labels, tip } = draw, $ = s => document.querySelector(s);
  const colours = ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6"].map(c => `var(${c})`), dashes = ["", "7 3", "2 3", "10 3 2 3", "4 2", "12 4"];
  const W = 960, H = 380, L = 62, R = 24, T = 14, B = 46;
  const colour = i => colours[i % 6], dash = i => dashes[(i + Math.floor(i / 6)) % 6]; // twelve pairs, each once
  const stroke = i => ({ fill: "none", style: `stroke:${colour(i)}`, "stroke-width": 2, "stroke-dasharray": dash(i) });
  const swatch = i => { const s = make("svg", { viewBox: "0 0 34 8", width: 34, height: 8, "aria-hidden": "true" }); s.append(make("path", { d: "M1 4H33", ...stroke(i) })); return s; };
  const same = v => v === undefined ? "" : { true: "1", false: "0" }[String(v).toLowerCase()] ?? String(v);
  const at = (sorted, share) => sorted[Math.max(0, Math.min(sorted.length - 1, Math.floor(sorted.length * share)))];
  // where nearly all of a curve lies; a run that left the others' range by far does not set the axis
  const robust = lines => { const highs = lines.map(l => at(l.points.map(p => p[1]).sort((a, b) => a - b), .98)), lows = lines.map(l => Math.min(...l.points.map(p => p[1])));
    const ends = [...highs].sort((a, b) => a - b), middle = ends[Math.floor((ends.length - 1) / 2)], lo = Math.min(...lows), most = lo + 4 * Math.max(middle - lo, Math.abs(middle) * .05), kept = highs.filter(h => h <= most);
    return [lo, Math.max(...(kept.length ? kept : highs)), Math.max(...highs) > most]; };
  const varied = runs => { const names = [...new Set(runs.flatMap(r => Object.keys(r.hp)))].filter(n => runs.every(r => r.hp[n] !== undefined && Number.isFinite(Number(r.hp[n]))));
    return names.map(n => [n, new Set(runs.map(r => Number(r.hp[n]))).size]).filter(x => x[1] > 1).sort((a, b) => b[1] - a[1])[0]?.[0]; };
  return (given, text, options) => {
    const by = varied(given), runs = by ? given.map((r, i) => [r, i]).sort((a, b) => a[0].hp[by] - b[0].hp[by] || a[1] - b[1]).map(x => x[0]) : given;
    const picked = runs.map(r => r.curves[options.which] || r.curves.validation || r.curves.train);
    const lengths = picked.filter(Boolean).map(c => c[0][c[0].length - 1] - c[0][0]), uneven = Math.max(...lengths) > 3 * Math.min(...lengths) || new Set(runs.map(r => r.unit)).size > 1;
    const fraction = (options.align || (uneven ? "fraction" : "step")) === "fraction"; $("#align").value = fraction ? "fraction" : "step";
    let log = options.log;
    const lines = picked.flatMap((c, i) => { if (!c) return []; const from = c[0][0], span = (c[0][c[0].length - 1] - from) || 1;
      const place = s => fraction ? (s - from) / span : s, best = runs[i].at, kind = runs[i].curves[options.which] ? options.which : runs[i].curves.validation ? "validation" : "train";
      return [{ i, best: best && best[0] === kind && best[2] !== null ? [place(best[1]), best[2]] : null, points: c[0].map((s, k) => [place(s), c[1][k]]).filter(p => p[1] !== null && (!log || p[1] > 0)) }]; }).filter(l => l.points.length);
    const xs = lines.flatMap(l => l.points.map(p => p[0]));
    if (xs.length) {
      const x0 = Math.min(...xs), x1 = Math.max(...xs) > x0 ? Math.max(...xs) : x0 + 1;
      let [lo, hi, cut] = robust(lines); const least = .05 * Math.max(Math.abs(lo), Math.abs(hi)) || 1; if (log) hi = Math.max(hi, lo * 1.05); else { const air = Math.max(.05 * (hi - lo), (least - (hi - lo)) / 2); lo -= air; hi += air; }
      const fx = linear(x0, x1, false), fy = linear(lo, hi, log), X = v => L + fx.to01(v) * (W - L - R), Y = v => T + (1 - Math.max(-.02, Math.min(1.03, fy.to01(v)))) * (H - T - B);
      const told = lines.map(l => `${runs[l.i].name}: ${text.best} ${runs[l.i].best || "–"}, ${text.end} ${runs[l.i].end || "–"}`).join("; ");
      const svg = make("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": told });
      const up = ticks(lo, hi, log, 5), named = labels(up);
      up.forEach((v, k) => svg.append(make("path", { d: `M${L} ${Y(v)}H${W - R}`, class: "rule" }), make("text", { x: L - 7, y: Y(v) + 4, "text-anchor": "end" }, named[k])));
      ticks(x0, x1, false, 8).forEach(v => svg.append(make("text", { x: X(v), y: H - B + 18, "text-anchor": "middle" }, fraction ? Math.round(v * 100) + " %" : steps(v))));
      svg.append(make("text", { x: (L + W - R) / 2, y: H - 6, "text-anchor": "middle" }, fraction ? text.fraction : runs[0].unit));
      // of a stretch beyond the frame only its ends: a curve leaves through the top and does not run along it
      const inside = (a, k) => a[k] && a[k][1] <= hi, seen = l => l.points.filter((p, k, a) => inside(a, k) || inside(a, k - 1) || inside(a, k + 1));
      lines.forEach(l => svg.append(make("polyline", { points: seen(l).map(p => X(p[0]).toFixed(1) + "," + Y(p[1]).toFixed(1)).join(" "), ...stroke(l.i) })));
      lines.forEach(l => { if (l.best && l.best[1] <= hi && (!log || l.best[1] > 0)) svg.append(make("circle", { cx: X(l.best[0]).toFixed(1), cy: Y(l.best[1]).toFixed(1), r: 4.5, class: "best", style: `stroke:${colour(l.i)}` })); });
      const cursor = make("path", { class: "cursor" }); svg.append(cursor);
      const near = (l, x) => l.points.reduce((a, b) => Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a);
      svg.addEventListener("pointermove", e => { const r = svg.getBoundingClientRect(), x = fx.of01(((e.clientX - r.left) / r.width * W - L) / (W - L - R)), every = lines.map(l => [l, near(l, x)]);
        const p = every.reduce((a, b) => Math.abs(b[1][0] - x) < Math.abs(a[1][0] - x) ? b : a)[1][0], gap = 1.5 * (x1 - x0) / Math.max(8, Math.max(...lines.map(l => l.points.length)));
        cursor.setAttribute("d", `M${X(p)} ${T}V${H - B}`);
        tip.show([[fraction ? Math.round(p * 100) + " %" : `${runs[0].unit} ${Math.round(p)}`], ...every.map(([l]) => [l, near(l, p)]).filter(([, q]) => Math.abs(q[0] - p) <= gap).map(([l, q]) => [`${runs[l.i].name} ${short(q[1])}`, swatch(l.i)])], e.pageX, e.pageY); });
      svg.addEventListener("pointerleave", () => { tip.hide(); cursor.setAttribute("d", ""); });
      const remarks = [...cut ? [text.cut.replace("%1", short(hi))] : [], ...by ? [text.ordered.replace("%1", by)] : []];
      $("#overlay").replaceChildren(svg, ...remarks.length ? [html("p", { className: "hint" }, remarks.join(" "))] : []);
    } else $("#overlay").replaceChildren(html("p", { className: "hint" }, text.nothing));
    const table = html("table", {}), body = html("tbody", {});
    const row = (head, cells, name) => { const th = html("th", { scope: "row" }, head); body.append(html("tr", { className: name || "" }, th, ...cells.map(c => html("td", {}, c ?? "–")))); };
    table.append(html("thead", {}, html("tr", {}, html("th", { scope: "col" }, text.parameter), ...runs.map((r, i) => html("th", { scope: "col" }, swatch(i), html("a", { href: "#" + r.href, className: "name" }, r.name))))), body);
    row(text.verdict, runs.map(r => r.verdict)); row(text.best, runs.map(r => r.best)); row(text.end, runs.map(r => r.end));
    const names = [...new Set(runs.flatMap(r => Object.keys(r.hp)))].sort(), differ = names.filter(n => new Set(runs.map(r => same(r.hp[n]))).size > 1);
    differ.forEach(n => row(n, runs.map(r => r.hp[n]), "different"));
    const rest = names.filter(n => !differ.includes(n)), note = !names.length ? text.no_settings : !differ.length ? text.same : rest.length ? text.equal.replace("%1", rest.map(n => `${n} = ${runs[0].hp[n]}`).join(", ")) : "";
    $("#differences").replaceChildren(table, ...note ? [html("p", { className: "hint" }, note)] : []);
  };
})();
