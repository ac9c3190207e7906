"use strict";
// What both kinds of chart need: elements, numbers, scales, round ticks.
const draw = (() => {
  const $$ = (s, e = document) => [...e.querySelectorAll(s)];
  const make = (name, attributes, content = "") => { const e = document.createElementNS("http://www.w3.org/2000/svg", name); for (const k in attributes) e.setAttribute(k, attributes[k]); e.textContent = content; return e; };
  const html = (name, more, ...inside) => { const e = Object.assign(document.createElement(name), more); e.append(...inside); return e; };
  const short = v => v === 0 ? "0" : Math.abs(v) >= 1e5 || Math.abs(v) < 1e-3 ? v.toExponential(2).replace(/\.?0+e/, "e") : String(+v.toPrecision(3));
  const linear = (from, to, log) => { const f = log ? Math.log : v => v, a = f(from), b = f(to); return { to01: v => (f(v) - a) / ((b - a) || 1), of01: s => { const v = a + s * (b - a); return log ? Math.exp(v) : v; } }; };
  const ticks = (lo, hi, log, most) => {
    if (log && hi / lo >= 100) { const out = []; for (let e = Math.ceil(Math.log10(lo) - 1e-9); e <= Math.log10(hi) + 1e-9; e++) out.push(10 ** e); return out.filter((_, i) => i % Math.max(1, Math.ceil(out.length / most)) === 0); }
    const raw = (hi - lo) / most; if (!(raw > 0)) return [lo];
    const power = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 2.5, 5, 10].map(m => m * power).find(s => s >= raw * .999), out = [];
    for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + step * 1e-9; k++) out.push(+(k * step).toPrecision(12)); return out; };
  return { $$, make, html, short, linear, ticks };
})();
