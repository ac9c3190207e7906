"use strict";
(() => {
  const root = document.documentElement, $ = (s, e = document) => e.querySelector(s), $$ = (s, e = document) => [...e.querySelectorAll(s)];
  root.classList.add("scripted");
  const data = JSON.parse($("#data").textContent), text = data.text, rows = $$("#table tbody tr");

  // theme
  const theme = $(".theme"), dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  theme.setAttribute("aria-pressed", dark());
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; theme.setAttribute("aria-pressed", dark()); });

  // filter, sort and chosen runs live in the address, so that a view can be sent to somebody
  const state = new URLSearchParams();
  const read = () => { const raw = location.hash.slice(1); return raw.includes("=") ? new URLSearchParams(raw) : null; };
  const save = () => { const s = state.toString(); history.replaceState(null, "", s ? "#" + s : location.pathname + location.search); };
  const set = (key, value) => { value ? state.set(key, value) : state.delete(key); save(); };

  const box = $("#filter"), shown = $("#shown"), chips = $$(".filter");
  const haystack = rows.map(r => r.textContent.toLowerCase());
  const cards = $$(".card"), order = rows.map((r, i) => cards[i]);
  function filter() {
    const wanted = (state.get("text") || "").toLowerCase(), verdict = state.get("verdict");
    let count = 0;
    rows.forEach((row, i) => {
      const keep = (!verdict || row.dataset.verdict === verdict) && haystack[i].includes(wanted);
      row.hidden = !keep; order[i].hidden = !keep; count += keep;
    });
    chips.forEach(c => c.setAttribute("aria-pressed", c.dataset.verdict === verdict));
    if (shown) shown.textContent = count === rows.length ? "" : text.showing.replace("%1", count).replace("%2", rows.length);
  }
  chips.forEach(c => c.addEventListener("click", () => { set("verdict", state.get("verdict") === c.dataset.verdict ? "" : c.dataset.verdict); filter(); }));
  if (box) box.addEventListener("input", () => { set("text", box.value); filter(); });

  const value = { verdict: r => +r.dataset.index, run: r => $(".c-run", r).textContent, best: r => r.dataset.best === "" ? Infinity : +r.dataset.best, wasted: r => +r.dataset.wasted };
  const headers = $$(".sort");
  function sort(key, down) {
    const sorted = [...rows].sort((a, b) => { const x = value[key](a), y = value[key](b); return (x < y ? -1 : x > y ? 1 : a.dataset.index - b.dataset.index) * (down ? -1 : 1); });
    $("#table tbody").append(...sorted);
    headers.forEach(h => h.dataset.key === key ? h.parentNode.setAttribute("aria-sort", down ? "descending" : "ascending") : h.parentNode.removeAttribute("aria-sort"));
  }
  headers.forEach(h => h.addEventListener("click", () => {
    const key = h.dataset.key, down = h.parentNode.getAttribute("aria-sort") === "ascending";
    set("sort", (down ? "-" : "") + key); sort(key, down);
  }));

  // a deep link opens the card that it names
  function open() {
    const target = location.hash.length > 1 && !location.hash.includes("=") && document.getElementById(location.hash.slice(1));
    if (!target) return;
    const card = target.closest(".card"); if (!card) return;
    card.hidden = false; $("details", card).open = true; target.scrollIntoView();
  }
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => $$(".card > details").forEach(d => { d.open = true; }));

  // ticks stay ticked on this machine
  const ticked = key => "loganalyzer:" + location.pathname + ":" + key;
  $$("[data-fix]").forEach(tick => {
    try { tick.checked = localStorage.getItem(ticked(tick.dataset.fix)) === "1"; } catch { /* no storage for this page */ }
    tick.addEventListener("change", () => { try { tick.checked ? localStorage.setItem(ticked(tick.dataset.fix), "1") : localStorage.removeItem(ticked(tick.dataset.fix)); } catch { /* as above */ } });
  });

  // comparison
  const picks = $$(".pick"), button = $("#compare"), section = $("#comparison");
  const chosen = () => picks.filter(p => p.checked).map(p => +p.value);
  const colours = ["#1b77c5", "#d9690f", "#1d9a6c", "#b0409a", "#8a7a10", "#c23b3b"], dashes = ["", "7 3", "2 3", "10 3 2 3", "4 2", "12 4"];
  if (button && !data.runs.length) { picks.forEach(p => { p.disabled = true; }); button.title = text.too_many; }
  picks.forEach(p => p.addEventListener("change", () => {
    const n = chosen().length; if (n > 6) p.checked = false;
    button.disabled = chosen().length < 2; set("compare", chosen().join(".")); if (!section.hidden) compare();
  }));
  if (button) button.addEventListener("click", () => { section.hidden = false; compare(); $("#comparison-title").focus(); section.scrollIntoView(); });
  $("#align")?.addEventListener("change", compare); $("#logscale")?.addEventListener("change", compare);
  const element = (name, attributes, content) => { const e = document.createElementNS("http://www.w3.org/2000/svg", name); for (const k in attributes) e.setAttribute(k, attributes[k]); if (content !== undefined) e.textContent = content; return e; };
  const short = v => Math.abs(v) >= 1e4 || (v && Math.abs(v) < 1e-2) ? v.toExponential(1) : String(+v.toPrecision(3));
  function compare() {
    const runs = chosen().map(i => data.runs[i]).filter(Boolean); if (runs.length < 2) { section.hidden = true; return; }
    const fraction = $("#align").value === "fraction", log = $("#logscale").checked;
    const lines = runs.flatMap((run, i) => { const c = run.curves.validation || run.curves.train; if (!c) return []; const last = c[0][c[0].length - 1] || 1;
      return [{ i, name: run.name, pts: c[0].map((s, k) => [fraction ? s / last : s, c[1][k]]).filter(p => p[1] !== null && (!log || p[1] > 0)) }]; });
    const xs = lines.flatMap(l => l.pts.map(p => p[0])), ys = lines.flatMap(l => l.pts.map(p => p[1])).sort((a, b) => a - b); if (!ys.length) return;
    const f = v => log ? Math.log10(v) : v, lo = f(ys[0]), hi = f(ys[Math.min(ys.length - 1, Math.floor(ys.length * .98))]) || lo + 1, x1 = Math.max(...xs), x0 = Math.min(...xs);
    const W = 960, H = 360, L = 62, R = 20, T = 14, B = 34, X = v => L + (v - x0) / ((x1 - x0) || 1) * (W - L - R), Y = v => T + (1 - Math.min(1.02, (f(v) - lo) / ((hi - lo) || 1))) * (H - T - B);
    const svg = element("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": runs.map(r => r.name).join(", ") });
    for (let k = 0; k <= 4; k++) { const v = lo + (hi - lo) * k / 4, y = T + (1 - k / 4) * (H - T - B); svg.append(element("line", { x1: L, x2: W - R, y1: y, y2: y, stroke: "var(--grid)" }), element("text", { x: L - 7, y: y + 4, "text-anchor": "end" }, short(log ? 10 ** v : v))); }
    for (let k = 0; k <= 4; k++) { const v = x0 + (x1 - x0) * k / 4; svg.append(element("text", { x: X(v), y: H - 11, "text-anchor": k === 4 ? "end" : "middle" }, fraction ? Math.round(v * 100) + " %" : short(v))); }
    lines.forEach(l => svg.append(element("polyline", { points: l.pts.map(p => X(p[0]).toFixed(1) + "," + Y(p[1]).toFixed(1)).join(" "), fill: "none", stroke: colours[l.i], "stroke-width": 2, "stroke-dasharray": dashes[l.i] })));
    $("#overlay").replaceChildren(svg);
    const names = [...new Set(runs.flatMap(r => Object.keys(r.hp)))].sort(), table = document.createElement("table"), row = (cells, head, mark) => { const tr = document.createElement("tr"); cells.forEach((c, k) => { const d = document.createElement(head || !k ? "th" : "td"); d.textContent = c; if (head && k) { d.style.color = colours[k - 1]; } if (mark) d.className = "different"; tr.append(d); }); table.append(tr); };
    row([text.parameter, ...runs.map(r => r.name)], true);
    const differ = names.filter(n => new Set(runs.map(r => r.hp[n])).size > 1); differ.forEach(n => row([n, ...runs.map(r => r.hp[n] ?? "–")], false, true));
    if (!differ.length) row([text.same], false);
    $("#differences").replaceChildren(table);
  }

  // what the address says
  const given = read();
  if (given) { for (const [k, v] of given) state.set(k, v); if (box && state.get("text")) box.value = state.get("text"); const s = state.get("sort"); if (s && value[s.replace("-", "")]) sort(s.replace("-", ""), s[0] === "-"); (state.get("compare") || "").split(".").forEach(v => { const p = picks.find(x => x.value === v); if (p && v) p.checked = true; }); if (chosen().length > 1) { button.disabled = false; section.hidden = false; compare(); } }
  if (rows.length) filter(); open();
})();
