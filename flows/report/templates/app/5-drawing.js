// The facts of a procedure as a small graph: procedure, properties, values, and what is said of a part.
const ROW = 30;
const BOX = 22;

function drawing(row, facts) {
  const groups = [];
  for (const fact of facts) {
    const last = groups.at(-1);
    if (last && last.name === fact[0]) last.facts.push(fact);
    else groups.push({ name: fact[0], facts: [fact] });
  }
  const pieces = [];
  const links = [];
  let line = 0;
  const middle = (from, to) => ((from + to) / 2) * ROW + ROW / 2;
  const curve = (x, y, toX, toY) => svg("path", { class: "link", d: `M${x} ${y} C${(x + toX) / 2} ${y} ${(x + toX) / 2} ${toY} ${toX} ${toY}` });
  const box = (x, y, value, width) => {
    const text = label(value);
    const short = text.length * 7 + 16 > width ? `${text.slice(0, Math.floor((width - 24) / 7))}…` : text;
    const wide = Math.min(width, short.length * 7.4 + 18);
    const shape = [svg("title", {}, text), svg("rect", { x, y: y - BOX / 2, width: wide, height: BOX, rx: 4 }), svg("text", { x: x + 9, y: y + 4.5 }, short)];
    const whole = path(value) ? svg("a", { href: `#concept/${path(value)}` }, shape) : svg("g", {}, shape);
    return [whole, x + wide];
  };
  const root = { x: 12, width: 92 };
  const ends = [];
  for (const group of groups) {
    const start = line;
    for (const fact of group.facts) {
      const first = line;
      const more = fact[4];
      const last = first + Math.max(more.length, 1) - 1;
      const y = middle(first, last);
      const [shape, right] = box(330, y, fact[1], 230);
      pieces.push(shape);
      fact.y = y;
      more.forEach((one, place) => {
        const at = middle(first + place, first + place);
        links.push(curve(right, y, 590, at));
        const [inner] = box(700, at, one[1], 250);
        pieces.push(svg("text", { class: "name", x: 594, y: at + 4 }, one[0]), inner);
        links.push(svg("path", { class: "link", d: `M${598 + one[0].length * 6.6} ${at} L700 ${at}` }));
      });
      line = last + 1;
    }
    const y = middle(start, line - 1);
    ends.push(y);
    pieces.push(svg("text", { class: "name", x: 180, y: y + 4 }, group.name));
    for (const fact of group.facts) links.push(curve(184 + group.name.length * 6.6, y, 330, fact.y));
  }
  const height = Math.max(line, 1) * ROW;
  const y = height / 2;
  for (const end of ends) links.push(curve(root.x + root.width, y, 176, end));
  const centre = svg("g", { class: "root" }, svg("rect", { x: root.x, y: y - 16, width: root.width, height: 32, rx: 6 }), svg("text", { x: root.x + root.width / 2, y: y + 5, "text-anchor": "middle" }, row[CODE]));
  const said = facts.map((fact) => `${fact[0]} ${label(fact[1])}`).join("; ");
  return el("div", { class: "drawing", tabindex: 0, role: "region", "aria-label": "Facts as a graph" },
    svg("svg", { viewBox: `0 0 960 ${height + 12}`, role: "group", "aria-label": `Graph of the facts of ${row[CODE]}: ${said}` }, svg("g", { transform: "translate(0 6)" }, links, centre, pieces)));
}
