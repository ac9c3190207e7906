// The filter language of the page, the same as loganalyzer/reports/where/language.py: lr>0.01 verdict:diverging name~res tag
const where = (() => {
  const operators = ["<=", ">=", "!=", "<", ">", "=", ":", "~"], bare = s => s.replaceAll('"', "");
  const number = s => !/^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?%?$/.test(s) ? null : s.endsWith("%") ? s.slice(0, -1) / 100 : +s;
  const close = (a, b) => Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));
  // the query split at spaces outside of quotation marks
  const pieces = query => {
    const out = [""]; let inside = false;
    for (const c of query) { if (c === '"') inside = !inside; if (/\s/.test(c) && !inside) out.push(""); else out[out.length - 1] += c; }
    return out.filter(p => /[^"-]/.test(p)); };
  const term = piece => {
    const negated = piece.startsWith("-"), body = negated ? piece.slice(1) : piece; let inside = false;
    for (let i = 0; i < body.length; i++) {
      if (body[i] === '"') inside = !inside;
      const operator = inside || !i ? "" : operators.find(o => body.startsWith(o, i));
      if (operator) return { negated, key: bare(body.slice(0, i)).toLowerCase(), operator, value: bare(body.slice(i + operator.length)).toLowerCase() };
    }
    return { negated, key: "", operator: "", value: bare(body).toLowerCase() }; };
  const parse = query => pieces(query).map(term).filter(t => t.value);
  const found = (fields, key) => key in fields ? key : Object.keys(fields).find(name => name.split(/[/.]/).at(-1) === key) ?? "";
  const equal = (own, value) => typeof own === "number"
    ? value.split(",").some(v => number(v) !== null && close(own, number(v))) : own.some(word => value.split(",").includes(word.toLowerCase()));
  const matched = (fields, text, t) => {
    if (!t.operator) return text.toLowerCase().includes(t.value);
    const own = fields[found(fields, t.key)];
    if (t.operator === "!=") return own === undefined || !equal(own, t.value);
    if (own === undefined) return false;
    if (t.operator === ":" || t.operator === "=") return equal(own, t.value);
    if (t.operator === "~") return typeof own !== "number" && own.some(word => word.toLowerCase().includes(t.value));
    const wanted = number(t.value);
    if (wanted === null || typeof own !== "number") return false;
    return t.operator.length === 2 && close(own, wanted) || (t.operator[0] === "<" ? own < wanted : own > wanted); };
  const matches = (fields, text, terms) => terms.every(t => matched(fields, text, t) !== t.negated);
  return { parse, matches, found };
})();
