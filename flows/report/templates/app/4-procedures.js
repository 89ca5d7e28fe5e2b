// The list of procedures: filters in the address, rows made as they come into sight.
const STEP = 100;
const KEYS = ["q", ...AXES, "only", "reason"];
let listed = [];
let drawn = 0;

const control = (key) => $(key === "q" ? "q" : `f-${key}`);

function asked() {
  return Object.fromEntries(KEYS.map((key) => [key, control(key).value.trim()]));
}

function options(select, first, entries, chosen) {
  if (chosen && !entries.some(([value]) => value === chosen)) entries.push([chosen, numberOf.has(chosen) ? label(numberOf.get(chosen)) : readable(chosen), 0]);
  select.replaceChildren(new Option(first, ""), ...entries.map(([value, name, count]) => new Option(`${name} (${number(count)})`, value, false, value === chosen)));
  select.value = chosen;
  select.classList.toggle("set", chosen !== "");
}

function list(values) {
  for (const key of ["q", "only"]) control(key).value = values[key] ?? "";
  const answer = filter(values);
  AXES.forEach((axis, place) => {
    const some = [...answer.facets[place]].map(([key, count]) => [path(key), label(key), count]).sort((a, b) => a[1].localeCompare(b[1]));
    if (answer.none[place]) some.push(["none", "not stated", answer.none[place]]);
    options(control(axis), "any", some, values[axis] ?? "");
  });
  options(control("reason"), "for any reason or none", [...answer.reasons].map(([key, count]) => [key, readable(key), count]).sort((a, b) => a[1].localeCompare(b[1])), values.reason ?? "");
  control("only").classList.toggle("set", control("only").value !== "");
  listed = answer.found;
  drawn = 0;
  $("rows").replaceChildren();
  rows();
  $("found").textContent = listed.length === procedures.length ? plural(procedures.length, "procedure") : `${number(listed.length)} of ${plural(procedures.length, "procedure")}`;
}

function rows() {
  const some = listed.slice(drawn, drawn + STEP);
  $("rows").append(...some.map((index) => {
    const row = procedures[index];
    const code = row[CODE];
    const notes = [
      row[ABLATION] ? null : el("span", { class: "tag" }, "no ablation"),
      row[DIFFERENCES].length ? el("span", { class: "tag warn" }, "pages disagree") : null,
    ].filter(Boolean).flatMap((note) => [" ", note]);
    return el("tr", {}, el("th", { scope: "row" }, el("a", { href: `#procedure/${code}` }, code)), el("td", {}, row[LABEL], notes),
      AXES.map((_, axis) => el("td", row[FIRST_AXIS + axis].length ? { "data-name": AXIS_NAMES[axis] } : {}, row[FIRST_AXIS + axis].map(label).join(", "))),
      el("td", { "data-name": "Pages" }, row[PAGES]));
  }));
  drawn += some.length;
  $("more").hidden = drawn >= listed.length;
}

function startList() {
  let timer = 0;
  const changed = () => {
    const target = link(asked());
    if (location.hash !== target) history.replaceState(null, "", target);
    list(asked());
  };
  $("filters").addEventListener("change", changed);
  $("q").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(changed, 60); });
  $("filters").addEventListener("submit", (event) => { event.preventDefault(); changed(); });
  $("filters").addEventListener("reset", (event) => {
    event.preventDefault();
    history.replaceState(null, "", "#procedures");
    list({});
    $("q").focus();
  });
  $("more").addEventListener("click", rows);
  new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting) && !$("more").hidden) rows(); }, { rootMargin: "600px" }).observe($("more"));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    if ($("procedures").hidden) {
      history.pushState(null, "", "#procedures");
      route();
    }
    $("q").focus();
  });
}
