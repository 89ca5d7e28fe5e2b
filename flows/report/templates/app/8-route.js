// The address says what is shown: #overview, #procedures?organ=organ/kidney, #procedure/50593, #concept/organ/kidney, …
const STARTS = { overview: startCoverage, disagreements: startDisagreements, pages: startPages, changes: startChanges, vocabulary: startVocabulary };
const started = new Set();
const HOME = "overview";

function route(event) {
  const hash = location.hash.slice(1);
  const [where, asked_] = hash.split("?");
  const [first, ...rest] = where.split("/");
  const home = { concept: "vocabulary", query: "queries", content: null }[first];
  const name = home === undefined ? first || HOME : home;
  if (name === null && started.size > 0) return; // The skip link: it jumps, and what is shown stays.
  const view = $(name)?.classList.contains("view") ? name : HOME;
  for (const one of document.querySelectorAll(".view")) one.hidden = one.id !== view;
  for (const one of document.querySelectorAll("nav a")) {
    const mine = one.hash === `#${view === "procedure" ? "procedures" : view}`;
    if (mine) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
  }
  if (!started.has(view)) {
    started.add(view);
    STARTS[view]?.();
  }
  if (view === "procedures") list(Object.fromEntries(new URLSearchParams(asked_)));
  if (view === "procedure") procedure(decodeURIComponent(rest[0] ?? ""));
  const inner = rest.length && view !== "procedure" ? document.getElementById(decodeURIComponent(where)) : null;
  const title = $(view).querySelector("h1");
  document.title = `${title.textContent.trim()} · ${words.title}`;
  if (inner) {
    if (inner.tagName === "DETAILS") inner.open = true;
    for (const lit of document.querySelectorAll(".concepts .lit")) lit.classList.remove("lit");
    if (inner.tagName === "TR") { inner.hidden = false; inner.classList.add("lit"); }
    inner.scrollIntoView({ block: inner.tagName === "TR" ? "center" : "start" });
    (inner.querySelector("h2, summary") ?? inner).focus({ preventScroll: true });
  } else {
    window.scrollTo(0, 0);
    if (event) title.focus({ preventScroll: true });
  }
}

function startTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const now = () => document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
  const name = () => { $("theme").textContent = now() === "dark" ? "Light" : "Dark"; };
  $("theme").hidden = false;
  $("theme").addEventListener("click", () => { document.documentElement.dataset.theme = now() === "dark" ? "light" : "dark"; name(); });
  dark.addEventListener("change", name);
  name();
}

document.documentElement.classList.add("routed");
startTheme();
startList();
route();
window.addEventListener("hashchange", route);
