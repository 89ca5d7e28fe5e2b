// Elements are made by hand and text is only ever set as text: what a page says can show, and cannot run.
const SVG = "http://www.w3.org/2000/svg";
const $ = (id) => document.getElementById(id);

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}
const show = (place, ...children) => place.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== ""));
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const json = (id) => JSON.parse($(id).textContent);
const number = (value) => value.toLocaleString("en");
const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
const readable = (word) => word.replaceAll("-", " ");
const upper = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
