// Organ by energy, with the approach as a facet.
const shade = (value, most) => Math.round(8 + 82 * (Math.log1p(value) / Math.log1p(Math.max(most, 1))));

function coverage() {
  const chosen = document.querySelector("#coverage-approach input:checked")?.value ?? "";
  const only = $("coverage-only").checked ? "ablations" : "";
  const { found } = filter({ approach: chosen, only });
  const cells = new Map();
  const rowSums = new Map();
  const energies = new Map();
  const add = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);
  for (const index of found) {
    const organs = counted[index][2].length ? counted[index][2] : ["none"];
    const sources = counted[index][1].length ? counted[index][1] : ["none"];
    for (const source of sources) add(energies, source);
    for (const organ of organs) {
      add(rowSums, organ);
      for (const source of sources) add(cells, `${organ} ${source}`);
    }
  }
  const columns = [...energies.keys()].filter((key) => key !== "none").sort((a, b) => energies.get(b) - energies.get(a) || label(a).localeCompare(label(b)));
  if (energies.has("none")) columns.push("none");
  const rows = $("coverage-order").value === "tree" ? tree(rowSums) : [...rowSums.keys()].filter((key) => key !== "none").sort((a, b) => rowSums.get(b) - rowSums.get(a) || label(a).localeCompare(label(b))).map((key) => [key, 0]);
  if (rowSums.has("none")) rows.push(["none", 0]);
  const most = Math.max(0, ...cells.values());
  const named = (key) => (key === "none" ? "not stated" : label(key));
  const value = (key) => (key === "none" ? "none" : path(key));
  const to = (organ, energy) => link({ organ: organ && value(organ), energy: energy && value(energy), approach: chosen, only });
  const head = el("tr", {}, el("th", { scope: "col" }, "Organ"), columns.map((key) => el("th", { scope: "col" }, el("a", { href: to(null, key) }, named(key)))), el("th", { scope: "col", class: "sum" }, "all"));
  const body = rows.map(([organ, depth]) =>
    el("tr", {}, el("th", { scope: "row", class: depth ? `depth-${Math.min(depth, 6)}` : null, title: named(organ) }, el("a", { href: to(organ, null) }, named(organ))),
      columns.map((energy) => {
        const count = cells.get(`${organ} ${energy}`);
        if (!count) return el("td");
        const heat = shade(count, most);
        const cell = el("a", { href: to(organ, energy), class: heat > 52 ? "deep" : null, "aria-label": `${named(organ)}, ${named(energy)}: ${count}` }, number(count));
        cell.style.setProperty("--heat", heat);
        return el("td", {}, cell);
      }),
      el("td", { class: "sum" }, number(rowSums.get(organ)))));
  $("coverage").replaceChildren(el("table", { class: "matrix" }, el("caption", { class: "unseen" }, "Number of procedures by organ and energy source"), el("thead", {}, head), el("tbody", {}, body)));
  $("coverage-said").textContent = `${plural(found.length, "procedure")}, ${plural(rows.length, "organ")} and ${plural(columns.length, "energy source")}. A procedure with two energy sources counts under both.`;
}

// Those concepts that are counted, each below the nearest broader one that is.
function tree(sums) {
  const known = [...sums.keys()].filter((key) => key !== "none");
  const below = new Map();
  for (const key of known) {
    let level = concepts[key][2];
    while (level.length && !level.some((up) => sums.has(up))) level = level.flatMap((up) => concepts[up][2]);
    const up = level.find((one) => sums.has(one)) ?? null;
    below.set(up, [...(below.get(up) ?? []), key]);
  }
  const ordered = [];
  const walk = (up, depth) => {
    for (const key of (below.get(up) ?? []).sort((a, b) => label(a).localeCompare(label(b)))) {
      ordered.push([key, depth]);
      walk(key, depth + 1);
    }
  };
  walk(null, 0);
  return ordered;
}

function startCoverage() {
  const { facets, none } = filter({ only: "ablations" });
  const chip = (value, name, count, checked) => el("label", {}, el("input", { type: "radio", name: "coverage-approach", value, checked, onchange: coverage }), name, el("span", { class: "count" }, number(count)));
  const some = [...facets[0]].sort(([a, x], [b, y]) => y - x || label(a).localeCompare(label(b)));
  $("coverage-approach").append(chip("", "any", procedures.filter(SHOWN.ablations).length, true), ...some.map(([key, count]) => chip(path(key), label(key), count)), none[0] ? chip("none", "not stated", none[0]) : "");
  $("coverage-only").addEventListener("change", coverage);
  $("coverage-order").addEventListener("change", coverage);
  coverage();
}
