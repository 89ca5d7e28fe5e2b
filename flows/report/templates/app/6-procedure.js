// One procedure with all that was read of it.
const FEW = 3;

function procedure(code) {
  const view = $("procedure");
  const index = byCode.get(code);
  if (index === undefined) {
    show(view, el("h1", { tabindex: -1 }, "Not in this release"), el("p", {}, `There is no procedure ${code} here. `, el("a", { href: link({ q: code.slice(0, 3) }) }, "Look for one nearby"), "."));
    return;
  }
  const row = procedures[index];
  const whole = detail(code);
  if (whole === null) {
    show(view, el("h1", { tabindex: -1 }, `${code} ${row[LABEL]}`), el("p", { role: "status" }, "Loading…"));
    document.addEventListener("DOMContentLoaded", () => { if (location.hash === `#procedure/${code}`) procedure(code); }, { once: true });
    return;
  }
  const [, pages, places, facts, rejections, disagreements] = whole;
  const open = OPEN_AXES.filter((axis) => row[ABLATION] && row[FIRST_AXIS + axis].length === 0).map((axis) => AXIS_NAMES[axis].toLowerCase());
  show(view, 
    el("p", { class: "crumb" }, el("a", { href: "#procedures" }, "Procedures"), " › ", code),
    el("h1", { tabindex: -1 }, `${code}  ${row[LABEL]}`),
    el("p", { class: "lead" }, `${row[ABLATION] ? "An ablation" : "No ablation"}, with ${plural(row[FACTS], "fact")} from ${plural(pages.length, "page")}.`,
      open.length ? ` The pages leave open: ${open.join(", ")}.` : ""),
    el("div", {}, drawing(row, facts)),
    el("h2", {}, "What it is, and the words that say so"), factList(facts, places, pages),
    disagreements.length ? [el("h2", {}, "Where the pages disagree"), disagreements.map((one) => difference(one, places, pages))] : [],
    rejections.length ? [el("h2", {}, "Read, and not believed"), refused(rejections, places, pages)] : [],
    el("h2", {}, "The pages, and the words in their place"), pages.map((page, place) => onPage(page, place, whole)),
  );
}

function value(one) {
  return path(one) ? el("a", { class: "value", href: `#concept/${path(one)}` }, label(one)) : el("span", { class: "value" }, label(one));
}

function factList(facts, places, pages) {
  const groups = new Map();
  for (const fact of facts) groups.set(fact[0], [...(groups.get(fact[0]) ?? []), fact]);
  return el("dl", { class: "facts" }, [...groups].map(([name, some]) => [
    el("dt", {}, name),
    el("dd", {}, some.map(([, what, rules, where, more]) => el("div", { class: "fact" }, value(what),
      el("span", { class: "rule", title: rules.split(", ").map((rule) => words.rules[rule] ?? rule).join("; ") }, `rule: ${rules}`),
      seen(where, places, pages), more.length ? factList(more, places, pages) : []))),
  ]));
}

function seen(where, places, pages) {
  const item = (place) => {
    const [page, start, end, section, quote] = places[place];
    return el("li", {}, quote === null ? null : el("q", {}, quote),
      el("span", { class: "at" }, el("button", { type: "button", class: "link", onclick: () => point(place), title: "Show it in its place" }, `page ${page + 1}`), `, ${label(section)}, characters ${number(start)} to ${number(end)}`));
  };
  const first = where.slice(0, FEW).map(item);
  const rest = where.slice(FEW);
  return el("ul", { class: "places" }, first, rest.length ? el("li", {}, el("details", {}, el("summary", {}, `${rest.length} more`), el("ul", { class: "places" }, rest.map(item)))) : []);
}

function point(place) {
  const row = $(`place-${place}`);
  for (const lit of document.querySelectorAll(".words .lit")) lit.classList.remove("lit");
  row.classList.add("lit");
  row.scrollIntoView({ block: "center" });
  row.focus({ preventScroll: true });
}

function difference([about, name, kept, withheld, forKept, forWithheld], places, pages) {
  const subject = about === "" ? "" : ` of ${label(about)}`;
  return el("dl", { class: "facts" }, el("dt", {}, `${name}${subject}`), el("dd", {},
    el("div", { class: "fact" }, value(kept), el("span", { class: "rule" }, "kept"), seen(forKept, places, pages)),
    el("div", { class: "fact" }, value(withheld), el("span", { class: "rule" }, "set aside"), seen(forWithheld, places, pages))));
}

function refused(rejections, places) {
  const body = rejections.map(([name, what, reason, cue, where]) => {
    const [page, start, end, section, quote] = places[where[0]];
    return el("tr", {}, el("td", {}, `${name} `, value(what)), el("td", {}, quote === null ? null : el("q", {}, quote)),
      el("td", {}, words.rejected[reason] ?? upper(readable(reason)), cue ? [" ", el("span", { class: "soft" }, reason === "section" ? `(${readable(cue)})` : ["The cue: ", el("q", {}, cue)])] : ""),
      el("td", { class: "soft" }, el("button", { type: "button", class: "link", onclick: () => point(where[0]) }, `page ${page + 1}`), `, ${label(section)}, ${number(start)} to ${number(end)}`));
  });
  return el("table", { class: "grid" }, el("thead", {}, el("tr", {}, ["Not taken for", "Words", "Why", "Where"].map((name) => el("th", { scope: "col" }, name)))), el("tbody", {}, body));
}

// A page from its first character to its last, with a mark for each place, and the words in the order in which they stand.
function onPage([sha256, paths, address, year, locked, length, rights], number_, [, , places, facts, rejections, disagreements]) {
  const carries = new Map();
  const carry = (where, what, kept) => { for (const one of where) carries.set(one, [...(carries.get(one) ?? []), [what, kept]]); };
  const walk = (some, about) => {
    for (const [name, what, , where, more] of some) {
      carry(where, `${about}${name} ${label(what)}`, true);
      walk(more, `${label(what)}: `);
    }
  };
  walk(facts, "");
  for (const [name, what, reason, , where] of rejections) carry(where, `not ${name} ${label(what)} (${readable(reason)})`, false);
  for (const [, name, , what, , where] of disagreements) carry(where, `set aside: ${name} ${label(what)}`, false);
  const here = places.map((place, index) => [index, ...place]).filter((place) => place[1] === number_).sort((a, b) => a[2] - b[2] || a[3] - b[3]);
  const scale = 1000 / Math.max(length, 1);
  const marks = here.map(([index, , start, end]) => svg("rect", { class: (carries.get(index) ?? []).some(([, kept]) => kept) ? "took" : "left", x: start * scale, width: Math.max((end - start) * scale, 2), y: 0, height: 20 }));
  const facts_ = [year ? `edition ${year}` : null, ...rights.map((line) => `© ${line}`), locked ? plural(locked, "locked section") : null, plural(length, "character"), address || null].filter(Boolean);
  return el("section", { class: "page" }, el("h3", {}, `Page ${number_ + 1}: ${paths.join(", ") || sha256.slice(0, 12)}`),
    el("p", { class: "soft path" }, facts_.join(" · "), el("br"), "SHA-256 ", el("code", {}, sha256)),
    svg("svg", { class: "strip", viewBox: "0 0 1000 20", preserveAspectRatio: "none", role: "img", "aria-label": `${here.length} places between the first and the last character of the page` }, marks),
    el("table", { class: "grid words" }, el("thead", {}, el("tr", {}, ["Characters", "Words", "Section", "What they carry"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, here.map(([index, , start, end, section, quote]) => el("tr", { id: `place-${index}`, tabindex: -1 }, el("td", {}, `${start}–${end}`), el("td", {}, quote === null ? "" : el("q", {}, quote)), el("td", { class: "soft" }, label(section)),
        el("td", {}, (carries.get(index) ?? []).map(([what, kept], place) => [place ? el("br") : "", kept ? what : el("span", { class: "soft" }, what)])))))));
}
