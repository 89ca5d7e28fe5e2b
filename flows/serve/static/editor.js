// The editor: YASQE where the store brings it, else the plain field; the answer as a table whose links stay here.
"use strict";
{
  const BASE = "https://w3id.org/ablation-kg/";
  const MOST = 1000;
  const form = document.getElementById("ask");
  const field = document.getElementById("query");
  const status = document.getElementById("status");
  const answer = document.getElementById("answer");
  const known = new Map([
    ["http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf:"], ["http://www.w3.org/2000/01/rdf-schema#", "rdfs:"],
    ["http://www.w3.org/2001/XMLSchema#", "xsd:"], ["http://www.w3.org/2004/02/skos/core#", "skos:"],
    ["http://www.w3.org/ns/oa#", "oa:"], ["http://www.w3.org/ns/prov#", "prov:"], ["http://purl.org/dc/terms/", "dcterms:"],
    ["http://qudt.org/schema/qudt/", "qudt:"], ["http://qudt.org/vocab/unit/", "unit:"], ["http://www.w3.org/2002/07/owl#", "owl:"],
  ]);
  let running = null;

  const make = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // One term of a line of tab-separated values (SPARQL 1.1 Query Results CSV and TSV Formats, section 4).
  const CODE = /^"([0-9]{4}[0-9A-Z])"$/;
  const cell = (term, name) => {
    const code = name === "code" && CODE.exec(term);
    if (code) return make("td", {}, make("a", { href: "/procedure/CPT-" + code[1] }, code[1]));
    if (term.startsWith("<") && term.endsWith(">")) {
      const iri = term.slice(1, -1);
      if (iri.startsWith(BASE)) return make("td", {}, make("a", { href: "/" + iri.slice(BASE.length), title: iri }, iri.slice(BASE.length)));
      for (const [namespace, prefix] of known) if (iri.startsWith(namespace)) return make("td", { title: iri }, prefix + iri.slice(namespace.length));
      return make("td", {}, iri);
    }
    const string = /^"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^<(.*)>)?$/s.exec(term);
    if (!string) return make("td", /^[+-]?[0-9.]/.test(term) ? { class: "number" } : {}, term);
    const plain = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f" };
    const words = string[1].replace(/\\(.)/g, (_, mark) => plain[mark] ?? mark);
    const kind = string[2] ? "@" + string[2] : string[3];
    return make("td", kind ? { title: kind } : {}, words);
  };

  const row = (line, names) => {
    const made = make("tr", {});
    line.split("\t").forEach((term, column) => made.append(cell(term, names[column])));
    return made;
  };

  // Rows are shown as they come, and no more is read than is shown.
  const rows = async (response, stop) => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const body = make("tbody", {});
    let names = null, rest = "", count = 0, more = false;
    for (;;) {
      const { done, value } = await reader.read();
      const lines = (rest + (value ?? "")).split("\n");
      rest = done ? "" : lines.pop();
      if (done && lines.at(-1) === "") lines.pop();
      const shown = document.createDocumentFragment();
      for (const line of lines) {
        if (names === null) {
          names = line.split("\t").map((name) => name.replace(/^\?/, ""));
          const head = make("tr", {});
          for (const name of names) head.append(make("th", { scope: "col" }, name));
          answer.replaceChildren(make("table", {}, make("thead", {}, head), body));
        } else if (count < MOST) {
          shown.append(row(line, names));
          count += 1;
        } else {
          more = true;
        }
      }
      body.append(shown);
      if (done || more) break;
    }
    if (more) stop();
    return more ? `The first ${MOST} rows are shown; CSV, JSON and TSV hold all` : `${count} row${count === 1 ? "" : "s"}`;
  };

  const run = async () => {
    running?.abort();
    const mine = (running = new AbortController());
    const began = performance.now();
    answer.replaceChildren();
    status.textContent = "Running…";
    try {
      const response = await fetch("/sparql", {
        method: "POST",
        body: new URLSearchParams({ query: field.value }),
        headers: { Accept: "text/tab-separated-values, application/sparql-results+json;q=0.8, text/turtle;q=0.9" },
        signal: mine.signal,
      });
      const kind = response.headers.get("content-type") ?? "";
      let told = "";
      if (!response.ok) {
        answer.replaceChildren(make("pre", { role: "alert" }, await response.text()));
        told = response.status === 504 ? "Out of time" : "Not answered";
      } else if (kind.startsWith("text/tab-separated-values")) {
        told = await rows(response, () => mine.abort());
        if (!answer.hasChildNodes()) told = "Nothing";
      } else {
        const text = await response.text();
        answer.replaceChildren(make("pre", {}, text));
        told = "Answered";
      }
      status.textContent = `${told}, ${Math.round(performance.now() - began)} ms`;
    } catch (error) {
      if (!mine.signal.aborted) status.textContent = `The answer broke off: ${error.message}`;
    }
  };

  const dress = () => {
    const Yasqe = window.Yasgui?.Yasqe;
    if (!Yasqe) return;
    try {
      // Its own list of prefixes and names would come from other addresses.
      Yasqe.defaults.prefixCcApi = "/static/prefixes.json";
      Yasqe.defaults.autocompleters = ["prefixes", "variables"];
      const place = make("div", { id: "editor" });
      field.before(place);
      const editor = new Yasqe(place, {
        value: field.value, persistenceId: null, showQueryButton: false, resizeable: false, createShareableLink: null,
        viewportMargin: Infinity, lineWrapping: true,
        extraKeys: { "Ctrl-Enter": run, "Cmd-Enter": run, Tab: false, "Shift-Tab": false },
      });
      editor.on("change", () => { field.value = editor.getValue(); });
      editor.getInputField().setAttribute("aria-label", "SPARQL");
      field.hidden = true;
      field.value = editor.getValue();
    } catch (error) {
      document.getElementById("editor")?.remove();
      field.hidden = false;
    }
  };

  dress();
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "format") return;
    event.preventDefault();
    run();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
  });
  if (form.dataset.run === "yes") run();
}
