// The release: concepts as [path, label, broader, other names], procedures as the rows that flows/report/entries.py writes.
const concepts = json("concepts");
const words = json("words");
const procedures = json("procedures-data");
const PART = words.part;
const AXES = ["approach", "energy", "organ", "target", "modality"];
const AXIS_NAMES = ["Approach", "Energy", "Organ", "Target", "Guidance"];
const [CODE, LABEL, ABLATION, FIRST_AXIS, REASONS, DIFFERENCES, PAGES, FACTS] = [0, 1, 2, 3, 8, 9, 10, 11];
const OPEN_AXES = words.open;

const numberOf = new Map(concepts.map(([path], index) => [path, index]));
const label = (value) => (typeof value === "number" ? concepts[value][1] : value);
const path = (value) => (typeof value === "number" ? concepts[value][0] : null);
const byCode = new Map(procedures.map((row, index) => [row[CODE], index]));

const above = concepts.map(() => null);
function withAbove(concept) {
  if (above[concept] === null) {
    above[concept] = [concept];
    const found = new Set([concept]);
    for (const up of concepts[concept][2]) for (const one of withAbove(up)) found.add(one);
    above[concept] = [...found];
  }
  return above[concept];
}
// What each procedure counts for on each axis: its values and all that is broader.
const counted = procedures.map((row) =>
  AXES.map((_, axis) => {
    const values = row[FIRST_AXIS + axis];
    if (values.length === 0) return [];
    if (values.length === 1) return withAbove(values[0]);
    return [...new Set(values.flatMap(withAbove))];
  }),
);
const texts = procedures.map((row) => `${row[CODE]} ${row[LABEL]}`.toLowerCase());
const names = concepts.map(([, name, , also]) => [name, ...also].map((one) => ` ${one.toLowerCase().replaceAll("-", " ")}`));

// A word is found in the code and label, or where a concept of the procedure has a name in which a word begins so.
function search(text) {
  const tests = text.toLowerCase().replaceAll("-", " ").split(/\s+/).filter(Boolean).map((word) => {
    const known = new Set();
    names.forEach((some, index) => { if (some.some((name) => name.includes(` ${word}`))) known.add(index); });
    return (index) => texts[index].includes(word) || (known.size > 0 && counted[index].some((values) => values.some((one) => known.has(one))));
  });
  return (index) => tests.every((test) => test(index));
}

const leavesOpen = (row) => row[ABLATION] === 1 && OPEN_AXES.some((axis) => row[FIRST_AXIS + axis].length === 0);
const SHOWN = {
  ablations: (row) => row[ABLATION] === 1,
  others: (row) => row[ABLATION] === 0,
  disagree: (row) => row[DIFFERENCES].length > 0,
  open: leavesOpen,
};

// One pass: the procedures that match, and for each facet how many would match with its other values.
function filter(asked) {
  const text = asked.q ? search(asked.q) : null;
  const shown = SHOWN[asked.only] ?? null;
  const wanted = AXES.map((axis) => {
    if (!asked[axis]) return null;
    return asked[axis] === "none" ? "none" : numberOf.get(asked[axis]) ?? -1;
  });
  const found = [];
  const facets = AXES.map(() => new Map());
  const none = AXES.map(() => 0);
  const reasons = new Map();
  for (let index = 0; index < procedures.length; index += 1) {
    const row = procedures[index];
    if ((shown && !shown(row)) || (text && !text(index))) continue;
    let missed = 0;
    let miss = -1;
    for (let axis = 0; axis < 5 && missed < 2; axis += 1) {
      const want = wanted[axis];
      const values = counted[index][axis];
      if (want !== null && !(want === "none" ? values.length === 0 : values.includes(want))) { missed += 1; miss = axis; }
    }
    if (missed < 2 && asked.reason && !row[REASONS].some(([reason]) => reason === asked.reason)) { missed += 1; miss = 5; }
    if (missed > 1) continue;
    if (missed === 0) found.push(index);
    for (let axis = 0; axis < 5; axis += 1) {
      if (missed === 1 && miss !== axis) continue;
      const values = counted[index][axis];
      if (values.length === 0) none[axis] += 1;
      for (const value of values) facets[axis].set(value, (facets[axis].get(value) ?? 0) + 1);
    }
    if (missed === 0 || miss === 5) for (const [reason] of row[REASONS]) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return { found, facets, none, reasons };
}

// What was read of a procedure stands in parts behind this script, which are taken apart when they are asked for.
const parts = new Map();
function detail(code) {
  const index = byCode.get(code);
  const part = Math.floor(index / PART);
  if (!parts.has(part)) {
    const node = $(`part-${part}`);
    if (node === null || (document.readyState === "loading" && node.nextSibling === null)) return null;
    parts.set(part, JSON.parse(node.textContent));
  }
  return parts.get(part)[index % PART];
}
const link = (values) => {
  const set = Object.entries(values).filter(([, value]) => value);
  const text = set.map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%2F", "/")}`).join("&");
  return `#procedures${text ? `?${text}` : ""}`;
};
