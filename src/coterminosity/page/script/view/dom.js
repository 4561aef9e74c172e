/** Elements made in code. Text from files and people is only ever set as text, never as HTML. */

const SVG_SPACE = "http://www.w3.org/2000/svg";
let made = 0;

/** Return an id that no other instance on the page has (a notebook may hold several). */
export function freshId(stem) {
  made += 1;
  return `ctm-${stem}-${made}`;
}

function put(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(typeof child === "object" ? child : document.createTextNode(String(child)));
  }
  return node;
}

function dress(node, attributes) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Make an HTML element: `make("button", {class: "quiet", onclick: go}, "Undo")`. */
export function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  dress(node, attributes);
  return put(node, children);
}

/** Make an SVG element. */
export function makeSvg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG_SPACE, tag);
  dress(node, attributes);
  return put(node, children);
}

/** Replace what an element holds. */
export function fill(node, ...children) {
  node.replaceChildren();
  return put(node, children);
}

/** Set the text of an element if it differs, so that nothing is laid out again in vain. */
export function setText(node, text) {
  const wanted = String(text);
  if (node.textContent !== wanted) node.textContent = wanted;
}

/** Set an attribute if it differs; null takes it away. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
    return;
  }
  const wanted = value === true ? "" : String(value);
  if (node.getAttribute(name) !== wanted) node.setAttribute(name, wanted);
}

/** A button; `options.icon` is drawn before the words, and hidden from readers of the page. */
export function button(words, action, options = {}) {
  const { icon, key, kind = "", label, ...attributes } = options;
  return make(
    "button",
    {
      type: "button",
      class: `button ${kind}`.trim(),
      onclick: action,
      "aria-label": label,
      "aria-keyshortcuts": key,
      title: key ? `${label ?? words} (${key})` : label,
      ...attributes,
    },
    icon ? drawIcon(icon) : null,
    words ? make("span", {}, words) : null,
  );
}

const ICONS = {
  undo: "M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6",
  redo: "M10 3l3.5 3.5L10 10M13 6.5H6.5a3.5 3.5 0 0 0 0 7H10",
  select: "M3.5 2v11l3-3 2 4 2-1-2-4h4z",
  paint: "M10.5 2.5 13.5 5.5 7 12 4 12 4 9zM2.5 14.5h11",
  lasso:
    "M8 2.5c3.5 0 6 1.800 6 4s-2.5 4-6 4-6-1.800-6-4 2.5-4 6-4M5 10.300c-1.5.700-1.5 2.700 0 3.200",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  whole: "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5.5a2.5 2.5 0 0 1 5 0v2",
  open: "M2 13V3.5h4l1.5 2H14V13z",
  warning: "M8 2 14.5 13.5H1.5zM8 6.5v3.5M8 11.300v1",
  check: "M3 8.5 6.5 12 13 4.5",
  close: "M4 4l8 8M12 4l-8 8",
  layers: "M8 2.5 14 6 8 9.5 2 6zM2 9.5 8 13l6-3.5",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.300 10.300 14 14",
  more: "M4 6l4 4 4-4",
  down: "M8 2.5v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
};

/** Draw one of the small line icons. */
export function drawIcon(name) {
  return makeSvg(
    "svg",
    { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" },
    makeSvg("path", { d: ICONS[name] }),
  );
}

/** A labelled field: the words and the control, bound to each other. */
export function field(words, control, options = {}) {
  control.id ||= freshId("field");
  const label = make("label", { for: control.id, class: options.hidden ? "unseen" : null }, words);
  return make("div", { class: `field ${options.kind ?? ""}`.trim() }, label, control);
}

/** A tick box or switch with its words. */
export function tick(words, checked, action, options = {}) {
  const box = make("input", { type: "checkbox", id: freshId("tick"), ...options });
  box.checked = checked;
  box.addEventListener("change", () => action(box.checked));
  return make("div", { class: "tick" }, box, make("label", { for: box.id }, words));
}
