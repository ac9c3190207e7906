// Values under the pointer, zoom and the other scale, on the charts that matplotlib drew: the drawn points are the data.
(() => {
  const { $$, make, html, short, steps, linear, ticks, labels, pressed, tip } = draw, text = JSON.parse(document.querySelector("#data").textContent).text;

  const bar = html("div", { className: "zoom", hidden: true }), said = html("span", { className: "said" });
  said.setAttribute("role", "status");
  const buttons = Object.entries({ in: "+", out: "−", left: "◀", right: "▶", reset: text.reset }).map(([key, label]) => { const b = html("button", { type: "button", title: text["zoom_" + key] || "" }, label); if (text["zoom_" + key]) b.setAttribute("aria-label", text["zoom_" + key]); b.dataset.do = key; return b; });
  const scale = html("button", { type: "button", className: "toggle" }, text.log); scale.dataset.do = "log";
  bar.append(...buttons, scale, said, html("span", { className: "hint" }, text.zoom_how));
  let now = null; // the chart in hand; the bar stands under it

  function chart(figure) {
    const svg = figure.querySelector(".chart"), about = JSON.parse(svg.dataset.about), [x0, x1, logX] = about.x, whole = linear(x0, x1, logX);
    // a panel that can be shown on the other scale has its limits there too
    const panels = about.panels.map((p, i) => ({ ...p, i, y0: linear(p.y[0], p.y[1], p.y[2]), y1: p.y.length > 3 && linear(p.y[3], p.y[4], !p.y[2]), other: false, curves: [], moved: [], ends: [], title: svg.querySelector(".t" + i) }));
    panels.forEach(p => { p.told = p.title ? p.title.textContent : ""; });
    const [left, , width] = panels[0].frame, bottom = panels.at(-1).frame[1] + panels.at(-1).frame[3];
    let from = 0, to = 1, at = null, built = false; // what is shown, as shares of the x axis
    const cursor = make("path", { class: "cursor" });
    const numbers = d => d.split("M").filter(Boolean).map(part => { const n = part.replace(/[Lz]/g, " ").trim().split(/[\s,]+/).map(Number), out = []; for (let k = 0; k + 1 < n.length; k += 2) out.push([n[k], n[k + 1]]); return out; });
    function build() { // once, when somebody first points at the chart
      if (built) return; built = true;
      panels.forEach(p => {
        const clip = make("clipPath", { id: `${about.id}-${p.i}` }); clip.append(make("rect", { x: p.frame[0] - 1, y: p.frame[1] - 2, width: p.frame[2] + 2, height: p.frame[3] + 4 })); svg.append(clip);
        $$(`.c${p.i}, .v${p.i}`, svg).filter(e => e.tagName !== "path" || e.getAttribute("d")).forEach(e => { // a curve without a finite value is empty
          const both = e.classList.contains("c" + p.i);
          if (e.tagName === "path") { const lines = numbers(e.getAttribute("d")); p.moved.push({ e, both, lines, d: e.getAttribute("d"), z: /z/.test(e.getAttribute("d")) });
            if (e.classList.contains("hv")) p.curves.push({ kind: e.classList[1], points: lines.flat() }); }
          else (e.tagName === "g" ? $$("use", e) : [e]).forEach(u => p.moved.push({ e: u, both, x: +u.getAttribute("x"), y: +u.getAttribute("y"), label: e.tagName === "text" })); });
        p.ends = $$(".e" + p.i, svg).map(e => { const kind = /--(\w+)/.exec(e.style.fill)?.[1], own = p.moved.filter(m => m.lines?.length && m.e.classList.contains(kind)).at(-1), y = +e.getAttribute("y"), told = e.textContent;
          return { e, y, x: e.getAttribute("x"), told, name: told.replace(/\S+$/, ""), points: own ? own.lines.flat() : [], at: own ? own.lines.at(-1).at(-1)[1] : y - 3 }; });
      });
      svg.append(cursor);
    }
    const stepAt = x => whole.of01((x - left) / width), valueAt = (p, y) => p.y0.of01(1 - (y - p.frame[1]) / p.frame[3]);
    const lift = (p, y) => p.other ? p.frame[1] + (1 - p.y1.to01(Math.min(p.y[4], Math.max(p.y[3], valueAt(p, y))))) * p.frame[3] : y; // where a drawn point lies on the scale shown
    const shownAt = (p, y) => (p.other ? p.y1 : p.y0).of01(1 - (y - p.frame[1]) / p.frame[3]);
    let all = null, least = 0; // where points lie, and the smallest distance between two
    const known = () => (build(), all ??= [...new Set(panels.flatMap(p => p.curves.flatMap(c => c.points.map(q => q[0]))))].sort((a, b) => a - b));
    const screen = x => left + ((x - left) / width - from) / (to - from) * width;
    const stepText = x => { const s = stepAt(x); return logX ? short(s) : String(Math.round(s)); };
    function draw() {
      build(); const zoomed = from > 0 || to < 1; svg.classList.toggle("zoomed", zoomed); svg.classList.toggle("rescaled", panels[0].other); figure.classList.toggle("is-zoomed", zoomed);
      $$(".z", svg).forEach(e => e.remove());
      panels.forEach(p => {
        const [, top, , high] = p.frame, log = p.other ? !p.y[2] : p.y[2], anew = zoomed || p.other, a = left + from * width, b = left + to * width;
        const seen = p.curves.flatMap(c => c.points).filter(q => q[0] >= a - .05 && q[0] <= b + .05).map(q => lift(p, q[1]));
        let up = top, down = top + high; // the part of the panel's height that is shown
        if (zoomed && seen.length) { up = Math.min(...seen); down = Math.max(...seen); const air = .07 * (down - up) || high * .03; up -= air; down += air; }
        const Y = y => top + (lift(p, y) - up) / (down - up) * high;
        if (p.title) p.title.textContent = !p.other ? p.told : log ? p.told + text.log_said : p.told.replace(text.log_said, "");
        names(p, zoomed, a, b, Y);
        p.moved.forEach(m => { const moves = zoomed || (p.other && m.both);
          if (m.lines) { m.e.setAttribute("d", moves ? m.lines.map(l => "M" + l.map(q => screen(q[0]).toFixed(2) + " " + (m.both ? Y(q[1]).toFixed(2) : q[1])).join(" ")).join("") + (m.z ? "z" : "") : m.d); moves && !(m.lines[0].length === 2 && !m.both) ? m.e.setAttribute("clip-path", `url(#${about.id}-${p.i})`) : m.e.removeAttribute("clip-path"); }
          else { m.e.setAttribute("x", zoomed ? screen(m.x) : m.x); m.e.setAttribute("y", moves && m.both ? Y(m.y) : m.y); }
          const x = m.lines ? screen(m.lines[0][0][0]) : screen(m.x), x2 = m.lines ? screen(m.lines[0].at(-1)[0]) : x;
          m.e.style.display = zoomed && (Math.max(x, x2) < left - .5 || Math.min(x, x2) > left + width + .5) && !(m.lines && m.lines.length > 1) ? "none" : ""; });
        if (!anew) return;
        const title = p.title?.getBBox(); // a mark that comes close to the panel's title moves its name
        p.moved.filter(m => m.label && title && Math.abs(m.y - title.y - title.height) < 9).forEach(m => { const b = m.e.getBBox(); if (b.width && b.x < title.x + title.width + 6) m.e.setAttribute("x", +m.e.getAttribute("x") + title.x + title.width + 6 - b.x); });
        const y = linear(shownAt(p, down), shownAt(p, up), log), g = make("g", { class: "z" });
        const rungs = ticks(y.of01(0), y.of01(1), log, p.i ? 2 : 5), named = labels(rungs);
        rungs.forEach((v, k) => { const at = top + (1 - y.to01(v)) * high; g.append(make("path", { d: `M${left} ${at}H${left + width}` }), make("text", { x: left - 5.5, y: at + 3, "text-anchor": "end" }, named[k])); });
        svg.prepend(g);
      });
      if (zoomed) { const g = make("g", { class: "z" }), x = linear(whole.of01(from), whole.of01(to), logX);
        ticks(x.of01(0), x.of01(1), logX, 8).filter(v => logX || Number.isInteger(v)).forEach(v => g.append(make("text", { x: left + x.to01(v) * width, y: bottom + 13, "text-anchor": "middle" }, logX ? short(v) : steps(v)))); svg.append(g); }
      scale.hidden = !panels[0].y1; pressed(scale, panels[0].other !== !!panels[0].y[2]);
      buttons.forEach(b => { b.disabled = b.dataset.do === "in" ? to - from < 2.5 * finest() : b.dataset.do === "left" ? from <= 0 : b.dataset.do === "right" ? to >= 1 : !zoomed; });
      mark();
    }
    function names(p, zoomed, a, b, Y) { // the names at the line ends go where the lines end (or leave what is shown), a row apart
      const [x, top, wide, high] = p.frame, gap = p.i ? 11 : 16.7;
      const placed = p.ends.map(n => { const last = zoomed ? n.points.filter(q => q[0] <= b + .05).at(-1) : null, shown = !zoomed || (last && last[0] >= a - .05);
        n.e.style.display = shown ? "" : "none"; n.e.setAttribute("x", zoomed ? x + wide + 8 : n.x); n.e.textContent = zoomed && last ? n.name + short(valueAt(p, last[1]), p.digits) : n.told;
        return { ...n, shown, to: Math.max(top + gap / 2, Math.min(top + high - gap / 2, zoomed ? last ? Y(last[1]) : top : Math.max(top + 16.7, Math.min(top + high - 16.7, lift(p, n.at))))) }; }).filter(n => n.shown).sort((a, b) => a.to - b.to || a.y - b.y);
      if (placed.length === 2 && placed[1].to - placed[0].to < gap) { const middle = (placed[0].to + placed[1].to) / 2; placed[0].to = middle - gap / 2; placed[1].to = middle + gap / 2; }
      placed.forEach(n => n.e.setAttribute("y", p.other || zoomed ? +(n.to + 3).toFixed(1) : n.y)); }
    const finest = () => { if (!least) { const xs = known(); least = width; for (let k = 1; k < xs.length; k++) if (xs[k] - xs[k - 1] > .01) least = Math.min(least, xs[k] - xs[k - 1]); least /= width; } return least; };
    function show(a, b) { const wide = Math.min(1, Math.max(2 * finest(), b - a)), mid = (a + b) / 2; from = Math.max(0, Math.min(1 - wide, mid - wide / 2)); to = from + wide; if (to - from > .999) { from = 0; to = 1; } draw(); said.textContent = from > 0 || to < 1 ? `${about.unit} ${stepText(left + from * width)} – ${stepText(left + to * width)}` : ""; }
    function mark() { const on = at !== null && screen(at) >= left - .5 && screen(at) <= left + width + .5; cursor.setAttribute("d", on ? panels.map(p => `M${screen(at)} ${p.frame[1]}v${p.frame[3]}`).join("") : ""); return on; }
    function tell() { // the values at the cursor, one line for each curve
      const near = (c) => c.points.reduce((best, q) => Math.abs(q[0] - at) < Math.abs(best[0] - at) ? q : best, c.points[0] || [Infinity, 0]);
      return [[`${about.unit} ${stepText(at)}`], ...panels.flatMap(p => p.curves.filter(c => c.points.length).map(c => { const q = near(c); return Math.abs(q[0] - at) > 1.5 * width * finest() + .1 ? null : [`${p.names[c.kind]} ${short(valueAt(p, q[1]), p.digits)}`, html("i", { className: "key " + c.kind })]; })).filter(Boolean)]; }
    return {
      figure, svg, rescale() { panels[0].other = !panels[0].other; draw(); }, reset: () => show(0, 1), zoomed: () => from > 0 || to < 1, show,
      share: e => { const r = svg.getBoundingClientRect(), w = svg.viewBox.baseVal.width; return ((e.clientX - r.left) / r.width * w - left) / width; },
      window: () => [from, to],
      point(share) { build(); const wanted = left + (from + share * (to - from)) * width, xs = known(); if (!xs.length || share < -.02 || share > 1.02) { at = null; mark(); return null; } at = xs.reduce((a, b) => Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a); return mark() ? tell() : null; },
      step(by) { build(); const xs = known().filter(x => screen(x) >= left - .5 && screen(x) <= left + width + .5); if (!xs.length) return null; const k = at === null ? (by > 0 ? -1 : xs.length) : xs.reduce((a, x, i) => Math.abs(x - at) < Math.abs(xs[a] - at) ? i : a, 0); at = xs[Math.max(0, Math.min(xs.length - 1, k + by))]; mark(); return tell(); },
      centre: () => at === null ? (from + to) / 2 : (at - left) / width, where: () => screen(at) / svg.viewBox.baseVal.width, clear() { at = null; mark(); },
    };
  }

  function act(name) { const [a, b] = now.window(), w = b - a, c = now.centre();
    if (name === "in") now.show(c - w / 4, c + w / 4); else if (name === "out") now.show(c - w, c + w); else if (name === "left") now.show(a - w / 4, b - w / 4); else if (name === "right") now.show(a + w / 4, b + w / 4); else if (name === "log") now.rescale(); else now.reset(); }
  bar.addEventListener("click", e => { const name = e.target.dataset.do; if (name) { act(name); if (e.target.disabled) now.figure.focus(); } });
  bar.addEventListener("keydown", e => { if (e.key === "Escape" && now.zoomed()) { now.reset(); now.figure.focus(); } });
  page.whenFilled(within => $$("figure", within).forEach(figure => {
    const svg = figure.querySelector(".chart"); if (!svg) return;
    let mine = null, drag = null, veil = null; figure.tabIndex = 0; figure.setAttribute("aria-keyshortcuts", "+ - ArrowLeft ArrowRight Escape");
    const take = () => { if (!mine) { mine = chart(figure); } if (now !== mine) { now = mine; figure.after(bar); bar.hidden = false; const [a, b] = mine.window(); mine.show(a, b); } return mine; };
    figure.addEventListener("focus", take); figure.addEventListener("click", take);
    figure.addEventListener("keydown", e => { const c = take(), r = svg.getBoundingClientRect(), arrow = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
      if (arrow && e.shiftKey) act(arrow < 0 ? "left" : "right"); else if (arrow) { const lines = c.step(arrow); if (lines) { tip.show(lines, scrollX + r.left + c.where() * r.width, scrollY + r.top); said.textContent = lines.map(l => l[0]).join(", "); } }
      else if (e.key === "+" || e.key === "=") act("in"); else if (e.key === "-") act("out"); else if (e.key === "Escape" || e.key === "0") { c.reset(); c.clear(); tip.hide(); } else return; e.preventDefault(); });
    figure.addEventListener("blur", () => { tip.hide(); });
    svg.addEventListener("pointerdown", e => { if (e.button || e.pointerType === "touch") return; take(); drag = mine.share(e); e.preventDefault(); figure.focus({ preventScroll: true }); svg.setPointerCapture(e.pointerId); });
    svg.addEventListener("pointermove", e => { const c = take(), share = c.share(e); tip.show(c.point(share), e.pageX, e.pageY);
      if (drag === null || Math.abs(share - drag) < .01) return; const r = figure.getBoundingClientRect(), s = svg.getBoundingClientRect(), w = svg.viewBox.baseVal.width, [left, , width] = JSON.parse(svg.dataset.about).panels[0].frame, X = v => (left + Math.max(0, Math.min(1, v)) * width) / w * s.width + s.left - r.left;
      if (!veil) { veil = html("div", { className: "veil" }); figure.append(veil); } const a = X(Math.min(drag, share)), b = X(Math.max(drag, share)); Object.assign(veil.style, { left: a + figure.scrollLeft + "px", width: b - a + "px" }); });
    const end = e => { if (drag === null) return; const share = mine.share(e), [a, b] = mine.window(), w = b - a, lo = Math.max(0, Math.min(drag, share)), hi = Math.min(1, Math.max(drag, share)); drag = null; if (veil) { veil.remove(); veil = null; if (hi - lo > .01) mine.show(a + lo * w, a + hi * w); } };
    svg.addEventListener("pointerup", end); svg.addEventListener("pointercancel", () => { drag = null; veil?.remove(); veil = null; });
    svg.addEventListener("pointerleave", () => { if (drag === null) { tip.hide(); mine?.clear(); } });
    svg.addEventListener("dblclick", () => take().reset());
  }));
  addEventListener("beforeprint", () => { if (now) now.reset(); });
})();
