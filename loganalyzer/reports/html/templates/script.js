const page = (() => {
  const root = document.documentElement, $ = (s, e = document) => e.querySelector(s), $$ = (s, e = document) => [...e.querySelectorAll(s)];
  root.classList.add("scripted");
  const data = JSON.parse($("#data").textContent), text = data.text, rows = $$("#table tbody tr");

  // theme
  const theme = $(".theme"), dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const named = () => { theme.textContent = dark() ? text.light : text.dark; }; // what a click gives
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; named(); }); named();

  // filter, sort and chosen runs live in the address, so that a view can be sent to somebody
  const state = new URLSearchParams();
  const read = () => { const raw = location.hash.slice(1); return raw.includes("=") ? new URLSearchParams(raw) : null; };
  const save = () => { const s = state.toString(); history.replaceState(null, "", s ? "#" + s : location.pathname + location.search); };
  const set = (key, value) => { value ? state.set(key, value) : state.delete(key); save(); };

  const box = $("#filter"), shown = $("#shown"), chips = $$(".filter");
  const haystack = rows.map(r => r.textContent.toLowerCase());
  const cards = $$(".card"), order = rows.map((r, i) => cards[i]);
  const everyName = Object.fromEntries(data.fields.names.map(n => [n, 0]));
  const fields = data.fields.rows.map(own => Object.fromEntries(data.fields.names.map((n, i) => [n, own[i]]).filter(f => f[1] !== null)));
  // of very many runs, and on a phone, the first are shown until somebody asks for all: what is not shown costs nothing
  const narrow = matchMedia("screen and (max-width: 760px)");
  let most = Math.min(data.first || Infinity, narrow.matches ? 12 : Infinity), sorted = [...rows];
  const more = $$(".all"), place = new Map(rows.map((r, i) => [r, i]));
  [...rows, ...cards].forEach(e => e.classList.remove("later"));
  more.forEach(b => b.addEventListener("click", () => { most = Infinity; filter(); }));
  function filter() {
    const wanted = where.parse(state.get("text") || "").map(t => ({ ...t, key: data.fields.words[t.key] ?? t.key })), verdict = state.get("verdict");
    const kept = rows.map((row, i) => (!verdict || row.dataset.verdict === verdict) && where.matches(fields[i], haystack[i], wanted));
    const show = (elements, index) => { let shown = 0; elements.forEach((e, i) => { const keep = kept[index(e, i)] && shown++ < most; if (e.hidden === keep) e.hidden = !keep; }); return shown; };
    const count = show(sorted, r => place.get(r)); show(order, (c, i) => i);
    const none = $(".none"), lost = wanted.find(t => t.operator && !where.found(everyName, t.key));
    if (none) { none.hidden = count > 0; $("#unknown").textContent = lost ? text.unknown.replace("%1", lost.key).replace("%2", data.fields.names.slice(0, 24).join(", ")) : ""; }
    more.forEach(b => { b.hidden = count <= most; b.textContent = text.all.replace("%1", count); });
    chips.forEach(c => c.setAttribute("aria-pressed", c.dataset.verdict === verdict));
    if (shown) shown.textContent = count === rows.length ? "" : text.showing.replace("%1", count).replace("%2", rows.length);
  }
  chips.forEach(c => c.addEventListener("click", () => { set("verdict", state.get("verdict") === c.dataset.verdict ? "" : c.dataset.verdict); filter(); }));
  $(".unfilter")?.addEventListener("click", () => { box.value = ""; set("text", ""); set("verdict", ""); filter(); box.focus(); });
  if (box) box.addEventListener("input", () => { set("text", box.value); filter(); });
  $$("[data-where]").forEach(a => a.addEventListener("click", e => { e.preventDefault(); box.value = a.dataset.where; set("text", box.value); filter(); $("#runs").focus({ preventScroll: true }); $("#runs").scrollIntoView(); }));

  // a column is sorted by numbers, or by names in which numbers count as numbers: s2, s10
  const natural = s => (s.match(/[0-9]{1,15}(?:\.[0-9]{1,15})?|[0-9]+|[^0-9]+/g) || []).map(p => /^[0-9]/.test(p) ? [0, +p] : [1, p]);
  const before = (x, y) => x < y ? -1 : x > y ? 1 : 0;
  const inOrder = (x, y) => typeof x === "number" && typeof y === "number" ? before(x, y) : typeof x === "number" ? -1 : typeof y === "number" ? 1
    : x.map((p, i) => y[i] ? before(p[0], y[i][0]) || before(p[1], y[i][1]) : 1).find(c => c) || (x.length < y.length ? -1 : 0);
  const settled = (r, i) => { const t = $$(".c-setting", r)[i].textContent; return t === "" ? Infinity : isNaN(t) ? natural(t) : +t; };
  const fixed = { verdict: r => chips.findIndex(c => c.dataset.verdict === r.dataset.verdict), run: r => natural($(".c-run", r).textContent), best: r => r.dataset.best === "" ? Infinity : +r.dataset.best, wasted: r => +r.dataset.wasted, end: r => fields[+r.dataset.index].end ?? Infinity };
  const value = key => fixed[key] || (/^[0-9]$/.test(key) && $$("#table thead .c-setting")[key] ? r => settled(r, key) : null);
  const headers = $$(".sort");
  function sort(key, down) {
    const of = value(key); sorted = rows.map(r => [of(r), r]).sort((a, b) => (inOrder(a[0], b[0]) || a[1].dataset.index - b[1].dataset.index) * (down ? -1 : 1)).map(s => s[1]);
    $("#table tbody").append(...sorted);
    headers.forEach(h => h.dataset.key === key ? h.parentNode.setAttribute("aria-sort", down ? "descending" : "ascending") : h.parentNode.removeAttribute("aria-sort"));
  }
  headers.forEach(h => h.addEventListener("click", () => {
    const key = h.dataset.key, down = h.parentNode.getAttribute("aria-sort") === "ascending";
    set("sort", (down ? "-" : "") + key); sort(key, down); if (most < rows.length) filter();
  }));

  // in a report of hundreds of runs the contents of cards, and the curves to compare, are packed until they are wanted
  let unpacking = null;
  const unpacked = () => unpacking ??= (async () => { const bytes = Uint8Array.from(atob($("#packed").textContent), c => c.charCodeAt(0));
    return JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text()); })();
  const ready = new Set(); // what is done with a card's content once it is there
  async function fill(card) {
    const body = $("[data-body]", card); if (!body) return;
    const index = body.dataset.body; body.removeAttribute("data-body");
    try { body.innerHTML = (await unpacked()).bodies[index]; } catch { body.textContent = text.unpacked; }
    ready.forEach(done => done(body));
  }
  const opened = async card => { card.hidden = false; $("details", card).open = true; await fill(card); };
  document.addEventListener("toggle", e => { const card = e.target.open && e.target.parentNode; if (card?.matches?.(".card")) fill(card); }, true);
  cards.forEach(c => { if ($("details", c).open) fill(c); });

  // a deep link opens the card that it names, or that has what it names
  async function open() {
    const name = location.hash.slice(1); if (!name || name.includes("=")) return;
    const card = document.getElementById(name)?.closest(".card") || cards.find(c => name.startsWith(c.id + "-")); if (!card) return;
    await opened(card); const target = document.getElementById(name) || card;
    for (let d = target.closest("details"); d; d = d.parentElement.closest("details")) d.open = true; target.scrollIntoView();
  }
  addEventListener("hashchange", open);
  document.addEventListener("click", e => { const point = e.target.closest?.("[data-run]"); if (point) location.hash = point.dataset.run; }); // of a sweep's plot
  addEventListener("beforeprint", () => { if (!$("main.many")) $$(".card > details").forEach(d => { d.open = true; }); });

  // what a word means, beside it: on hover, on focus (of the word, or of the line that opens a card) and at the first tap
  const meaning = draw.html("div", { id: "meaning", hidden: true, role: "tooltip" }); document.body.append(meaning);
  let term = null, tapped = null, leaving = 0;
  const word = e => e.target.closest?.(".term"), told = e => $("dd", document.getElementById(e.dataset.word || e.hash.slice(1))).textContent;
  const hush = () => { clearTimeout(leaving); meaning.hidden = true; if (term?.hash) term.removeAttribute("aria-describedby"); term = null; };
  function tell(element, words = [element]) {
    clearTimeout(leaving); if (element === term) return;
    hush(); term = element; if (term.hash) term.setAttribute("aria-describedby", "meaning");
    meaning.replaceChildren(...words.map(w => { w.removeAttribute("title"); return draw.html("div", {}, ...words.length > 1 ? [draw.html("b", {}, w.textContent), " "] : [], told(w)); })); meaning.hidden = false;
    const at = words.at(-1).getBoundingClientRect(), size = meaning.getBoundingClientRect(), wide = root.clientWidth - size.width - 8, below = at.bottom + 4 + size.height <= innerHeight || at.top < size.height + 4;
    const beside = words.length > 1 && at.right + 14 <= wide; // of a whole line: nothing of the card is covered
    meaning.style.left = scrollX + (beside ? at.right + 14 : Math.max(8, Math.min(at.left, wide))) + "px"; meaning.style.top = scrollY + (beside ? Math.max(0, at.bottom - size.height) : below ? at.bottom + 4 : at.top - size.height - 4) + "px";
  }
  document.addEventListener("pointerover", e => { if (e.pointerType === "touch") return; const w = word(e); if (w) tell(w); else if (e.target.closest?.("#meaning")) clearTimeout(leaving); });
  document.addEventListener("pointerout", e => { if (e.pointerType !== "touch" && term && document.activeElement !== term && (word(e) === term || e.target.closest?.("#meaning"))) { clearTimeout(leaving); leaving = setTimeout(hush, 200); } });
  document.addEventListener("focusin", e => { const w = word(e), inside = e.target.matches("summary:focus-visible") ? $$(".term", e.target) : []; if (w) tell(w); else if (inside.length) tell(e.target, inside); else hush(); });
  document.addEventListener("focusout", e => { if (e.target === term) hush(); });
  document.addEventListener("keydown", e => { if (e.key === "Escape") hush(); });
  document.addEventListener("pointerdown", e => { const w = word(e); tapped = e.pointerType === "touch" && w !== term ? w : null; if (!w && !e.target.closest?.("#meaning")) hush(); });
  document.addEventListener("click", e => { const w = word(e); if (!w) return; if (w === tapped) { e.preventDefault(); tell(w); } else hush(); tapped = null; });

  // ticks stay ticked on this machine
  const ticked = key => "loganalyzer:" + location.pathname + ":" + key;
  const keep = within => $$("[data-fix]", within).forEach(tick => {
    try { tick.checked = localStorage.getItem(ticked(tick.dataset.fix)) === "1"; } catch { /* no storage for this page */ }
    tick.addEventListener("change", () => { try { tick.checked ? localStorage.setItem(ticked(tick.dataset.fix), "1") : localStorage.removeItem(ticked(tick.dataset.fix)); } catch { /* as above */ } });
  });
  keep(document); ready.add(keep);

  // a path, a command, or the code of the chosen library to the clipboard; pages from a disk may not have one, then by the selection
  const clip = async (said, element) => { try { await navigator.clipboard.writeText(said); return true; } catch { const s = getSelection(); s.selectAllChildren(element); return document.execCommand("copy"); } };
  document.addEventListener("click", async e => {
    const copy = e.target.closest?.(".copy"); if (!copy || copy.dataset.busy) return;
    const code = copy.dataset.copy ? $("code", copy.parentNode) : $$(".pane code", copy.parentNode).find(c => c.parentNode.offsetParent);
    if (code && await clip(copy.dataset.copy || code.textContent, code)) { const word = copy.textContent; copy.dataset.busy = 1; copy.textContent = text.copied; setTimeout(() => { copy.textContent = word; delete copy.dataset.busy; }, 1500); }
  });

  // from run to run, of those that the filter leaves
  let last = null; // the run visited last, and where the page stood then
  const visit = async card => { await opened(card); card.scrollIntoView(); card.focus({ preventScroll: true }); last = { card, y: scrollY }; };
  function move(by) {
    const left = cards.filter(c => !c.hidden); if (!left.length) return;
    const line = parseFloat(getComputedStyle(left[0]).scrollMarginTop);
    const now = left.indexOf(document.activeElement?.closest(".card") ?? (last && Math.abs(last.y - scrollY) < 2 ? last.card : null));
    const tops = left.map(c => c.getBoundingClientRect().top), at = now >= 0 ? now + by : by > 0 ? tops.findIndex(y => y > line + 8) : tops.findLastIndex(y => y < line - 8);
    if (left[at]) visit(left[at]);
  }
  $("#next")?.addEventListener("click", () => move(1)); $("#previous")?.addEventListener("click", () => move(-1));
  document.addEventListener("keydown", e => {
    if (e.ctrlKey || e.metaKey || e.altKey || !$("#keys")?.checked || e.target.closest?.("input:not([type=checkbox]), select, textarea")) return;
    if (e.key === "j" || e.key === "n") move(1); else if (e.key === "k" || e.key === "p") move(-1); else if (e.key === "/" && box) box.focus(); else return;
    e.preventDefault();
  });

  // two to twelve runs chosen for comparison (drawn in compare.js)
  const MOST = 12, picks = $$(".pick"), button = $("#compare"), section = $("#comparison"), align = $("#align"), log = $("#logscale"), which = $("#which");
  const chosen = () => picks.filter(p => p.checked).map(p => +p.value);
  const compare = async () => { const every = $("#packed") ? (await unpacked()).runs : data.runs, runs = chosen().map(i => every[i]); section.hidden = runs.length < 2; if (runs.length > 1) compared(runs, text, { align: state.get("align"), log: draw.pressed(log), which: which.value }); };
  const count = () => { const n = chosen().length; button.disabled = n < 2; picks.forEach(p => { p.disabled = n >= MOST && !p.checked; }); };
  picks.forEach(p => p.addEventListener("change", () => { count(); set("compare", chosen().join(".")); if (!section.hidden) compare(); }));
  if (button) button.addEventListener("click", async () => { await compare(); $("#comparison-title").focus(); section.scrollIntoView(); });
  align?.addEventListener("change", () => { set("align", align.value); compare(); });
  log?.addEventListener("click", () => { set("log", draw.pressed(log, !draw.pressed(log)) ? "1" : ""); compare(); });
  which?.addEventListener("change", () => { set("which", which.value === "train" ? "train" : ""); compare(); });

  // what the address says
  const given = read();
  if (given) { for (const [k, v] of given) state.set(k, v); if (box && state.get("text")) box.value = state.get("text"); const s = state.get("sort"); if (s && value(s.replace("-", ""))) sort(s.replace("-", ""), s[0] === "-"); (state.get("compare") || "").split(".").slice(0, MOST).forEach(v => { const p = picks.find(x => x.value === v); if (p && v) p.checked = true; }); if (log) { draw.pressed(log, state.get("log") === "1"); which.value = state.get("which") === "train" ? "train" : "validation"; } if (chosen().length > 1) { count(); compare(); } }
  if (rows.length) filter(); open();
  return { whenFilled: done => { done(document); ready.add(done); } };
})();
