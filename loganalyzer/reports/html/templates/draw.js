"use strict";
// What both kinds of chart need: elements, numbers, scales, round ticks, the switch between scales.
const draw = (() => {
  const $$ = (s, e = document) => [...e.querySelectorAll(s)];
  const make = (name, attributes, content = "") => { const e = document.createElementNS("http://www.w3.org/2000/svg", name); for (const k in attributes) e.setAttribute(k, attributes[k]); e.textContent = content; return e; };
  const html = (name, more, ...inside) => { const e = Object.assign(document.createElement(name), more); e.append(...inside); return e; };
  const plain = (v, places) => (v + 0).toLocaleString("en-US", { maximumFractionDigits: places });
  const short = (v, digits = 3) => (v === 0 ? "0" : Math.abs(v) >= 1e6 || Math.abs(v) < 1e-3 ? v.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("+", "") : plain(+v.toPrecision(digits), 9));
  // ticks with as many digits as tell them apart: 2.306, 2.308
  const labels = all => { const gaps = all.slice(1).map((t, k) => t - all[k]).filter(g => g > 0), least = Math.min(...gaps), most = Math.max(...all.map(Math.abs));
    return !gaps.length || most < 1e-4 || most >= 1e5 || most / least > 1e5 ? all.map(t => short(t)) : all.map(t => plain(t, Math.max(0, Math.min(9, 2 - Math.floor(Math.log10(least))))).replace("-", "−")); };
  const steps = v => v >= 1e4 ? v / 1e3 + "k" : String(v);
  const linear = (from, to, log) => { const f = log ? Math.log : v => v, a = f(from), b = f(to); return { to01: v => (f(v) - a) / ((b - a) || 1), of01: s => { const v = a + s * (b - a); return log ? Math.exp(v) : v; } }; };
  const ticks = (lo, hi, log, most) => {
    if (log && hi / lo >= 8) { // a few in each decade as long as there is room
      const within = firsts => { const out = []; for (let e = Math.floor(Math.log10(lo)); e <= Math.log10(hi); e++) out.push(...firsts.map(m => +`${m}e${e}`)); return out.filter(v => v >= lo * (1 - 1e-9) && v <= hi * (1 + 1e-9)); };
      const out = [[1, 2, 5], [1, 3]].map(within).find(t => t.length <= most + 2) || within([1]); return out.filter((_, i) => out.length <= most + 2 || i % Math.ceil(out.length / most) === 0); }
    const raw = (hi - lo) / most; if (!(raw > 0)) return [lo];
    const power = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 2.5, 5, 10].map(m => m * power).find(s => s >= raw * .999), out = [];
    for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + step * 1e-9; k++) out.push(+(k * step).toPrecision(12)); return out; };
  const pressed = (button, on = null) => { if (on !== null) button.setAttribute("aria-pressed", on); return button.getAttribute("aria-pressed") === "true"; };
  // what the pointer is at: lines of text, each with a key to the curve that it is about (an element, or "")
  const box = html("div", { id: "tip", hidden: true }); document.body.append(box);
  const tip = { hide() { box.hidden = true; }, show(lines, x, y) { box.hidden = !lines; if (!lines) return;
    box.replaceChildren(...lines.map(([text, key]) => html("div", {}, ...key ? [key] : [], text)));
    box.style.left = Math.max(4, Math.min(x + 14, document.documentElement.clientWidth - box.offsetWidth - 8)) + "px"; box.style.top = y + 14 + "px"; } };
  return { $$, make, html, short, steps, linear, ticks, labels, pressed, tip };
})();
