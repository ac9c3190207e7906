// Two to six runs on one axis: curves, a table of how they ended, and the settings in which they differ.
const compared = (() => {
  const { make, html, short, steps, linear, ticks, labels } = draw, $ = s => document.querySelector(s);
  const colours = ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6"].map(c => `var(${c})`), dashes = ["", "7 3", "2 3", "10 3 2 3", "4 2", "12 4"];
  const W = 960, H = 380, L = 62, R = 24, T = 14, B = 46;
  const stroke = i => ({ fill: "none", style: `stroke:${colours[i]}`, "stroke-width": 2, "stroke-dasharray": dashes[i] });
  const swatch = i => { const s = make("svg", { viewBox: "0 0 34 8", width: 34, height: 8, "aria-hidden": "true" }); s.append(make("path", { d: "M1 4H33", ...stroke(i) })); return s; };
  const same = v => v === undefined ? "" : { true: "1", false: "0" }[String(v).toLowerCase()] ?? String(v);
  return (runs, text, options) => {
    const picked = runs.map(r => r.curves[options.which] || r.curves.validation || r.curves.train);
    const lengths = picked.filter(Boolean).map(c => c[0][c[0].length - 1] - c[0][0]), uneven = Math.max(...lengths) > 3 * Math.min(...lengths) || new Set(runs.map(r => r.unit)).size > 1;
    const fraction = (options.align || (uneven ? "fraction" : "step")) === "fraction"; $("#align").value = fraction ? "fraction" : "step";
    let log = options.log;
    const lines = picked.flatMap((c, i) => { if (!c) return []; const from = c[0][0], span = (c[0][c[0].length - 1] - from) || 1;
      return [{ i, points: c[0].map((s, k) => [fraction ? (s - from) / span : s, c[1][k]]).filter(p => p[1] !== null && (!log || p[1] > 0)) }]; }).filter(l => l.points.length);
    const ys = lines.flatMap(l => l.points.map(p => p[1])).sort((a, b) => a - b), xs = lines.flatMap(l => l.points.map(p => p[0]));
    if (ys.length) {
      const cut = ys[Math.min(ys.length - 1, Math.floor(ys.length * .98))], x0 = Math.min(...xs), x1 = Math.max(...xs) > x0 ? Math.max(...xs) : x0 + 1;
      let lo = ys[0], hi = cut > lo ? cut : ys[ys.length - 1]; if (!(hi > lo)) { hi = lo + Math.abs(lo || 1) * .1; } if (!log) { const air = .05 * (hi - lo); lo -= air; hi += air; }
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
      $("#overlay").replaceChildren(svg);
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
