// Lists that are made when they are first looked at.
function more(place, rows, make, step = 200) {
  let from = 0;
  const button = el("button", { type: "button", class: "quiet", onclick: () => next() }, "Show more");
  const next = () => {
    place.append(...rows.slice(from, from + step).map(make));
    from += step;
    button.hidden = from >= rows.length;
  };
  next();
  return button;
}

function table(names, rows, make) {
  const body = el("tbody");
  const button = more(body, rows, make);
  return [el("table", { class: "grid" }, el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, name)))), body), button];
}

function startDisagreements() {
  const rows = procedures.flatMap((row) => row[DIFFERENCES].map((one) => [row, ...one]));
  if (rows.length === 0) return;
  $("disagreements-list").replaceChildren(...table(["Code", "Procedure", "Property", "Kept", "Set aside"], rows, ([row, name, kept, withheld]) =>
    el("tr", {}, el("th", { scope: "row" }, el("a", { href: `#procedure/${row[CODE]}` }, row[CODE])), el("td", {}, row[LABEL]), el("td", {}, name), el("td", {}, label(kept)), el("td", {}, el("del", {}, label(withheld))))));
}

function startPages() {
  const data = json("pages-data");
  for (const group of document.querySelectorAll("[data-pages]")) {
    group.addEventListener("toggle", () => {
      if (!group.open || group.dataset.filled) return;
      group.dataset.filled = "yes";
      group.append(...table(["Page", "Code", "What is wrong and what to do", "SHA-256"], data[group.dataset.pages], ([page, code, sha256, message]) =>
        el("tr", {}, el("td", { class: "path" }, page), el("td", {}, code && byCode.has(code) ? el("a", { href: `#procedure/${code}` }, code) : code), el("td", {}, message), el("td", {}, el("code", { title: sha256 }, sha256.slice(0, 12))))));
    });
  }
}

const WHAT = [
  ["New procedures", (one) => one[2] === "added"],
  ["Procedures that are gone", (one) => one[2] === "removed"],
  ["Procedures with other facts", (one) => one[2] === "changed" && one[3].length > 0],
  ["The same facts, read from other words or pages", (one) => one[2] === "changed" && one[3].length === 0],
];

function startChanges() {
  const data = json("changes-data");
  if (data === null) return;
  const groups = WHAT.map(([name, belongs]) => [name, data.procedures.filter(belongs)]);
  const fact = ([kind, part, name, before, after, pages]) => el("li", {}, `${part ? `${part}: ` : ""}${name} `,
    before === null ? null : el("del", {}, label(before)), kind === "changed" ? el("span", { class: "arrow" }, "→") : null, after === null ? null : el("ins", {}, label(after)),
    pages.length ? el("span", { class: "soft" }, ` ${pages.slice(0, 3).join(", ")}${pages.length > 3 ? ` and ${pages.length - 3} more` : ""}`) : null);
  const nodes = groups.filter(([, some]) => some.length).flatMap(([name, some]) => [
    el("h2", {}, `${name} `, el("span", { class: "count" }, number(some.length))),
    ...table(["Code", "Procedure", "Facts"], some, ([code, title, kind, facts, before]) => el("tr", {},
      el("th", { scope: "row" }, byCode.has(code) ? el("a", { href: `#procedure/${code}` }, code) : code), el("td", {}, title),
      el("td", {}, kind === "changed" && facts.length ? el("ul", { class: "plain" }, facts.map(fact)) : kind === "removed" ? plural(before, "fact") : plural(procedures[byCode.get(code)][FACTS], "fact")))),
  ]);
  if (data.pages.length) nodes.push(el("h2", {}, "Pages ", el("span", { class: "count" }, number(data.pages.length))), ...table(["Page", "What happened"], data.pages, ([page, what, reason]) => el("tr", {}, el("td", { class: "path" }, page), el("td", {}, what, reason ? el("code", {}, ` ${reason}`) : null))));
  $("changes-list").replaceChildren(...nodes);
}

function startVocabulary() {
  const rows = [...document.querySelectorAll(".concepts tbody tr")];
  const text = rows.map((row) => row.textContent.toLowerCase());
  $("concept-q").addEventListener("input", () => {
    const sought = $("concept-q").value.trim().toLowerCase();
    let found = 0;
    rows.forEach((row, index) => { row.hidden = !text[index].includes(sought); found += row.hidden ? 0 : 1; });
    for (const scheme of document.querySelectorAll(".scheme")) scheme.hidden = !scheme.querySelector("tbody tr:not([hidden])");
    $("concept-said").textContent = sought ? `${number(found)} found` : "";
  });
}
