// Draws /openapi.json. Everything is put in as text, never as markup.
"use strict";

const el = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
};

let schemas = {};
const nameOf = (ref) => ref.split("/").pop();

/** A schema as indented text, references opened once. */
function shape(schema, depth = 0, open = []) {
  if (!schema) return "any";
  const pad = "  ".repeat(depth + 1);
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    if (open.includes(name) || depth > 6) return name;
    return shape(schemas[name], depth, [...open, name]);
  }
  for (const key of ["oneOf", "anyOf"]) {
    if (schema[key]) return schema[key].map((s) => shape(s, depth, open)).join(" | ");
  }
  if (schema.allOf) return schema.allOf.map((s) => shape(s, depth, open)).join(" & ");
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(" | ");
  const types = [].concat(schema.type ?? "any");
  return types
    .map((type) => {
      if (type === "array") return "[" + shape(schema.items, depth, open) + ", …]";
      if (type !== "object" || !schema.properties) return type;
      const lines = Object.entries(schema.properties).map(([name, inner]) => {
        const star = (schema.required ?? []).includes(name) ? "★" : "";
        const note = inner.description ? "  // " + inner.description.split("\n")[0] : "";
        return pad + star + JSON.stringify(name) + ": " + shape(inner, depth + 1, open) + note;
      });
      return "{\n" + lines.join("\n") + "\n" + "  ".repeat(depth) + "}";
    })
    .join(" | ");
}

function content(title, body) {
  const kinds = Object.entries(body?.content ?? {});
  if (!kinds.length) return null;
  return el("details", { open: title === "body" }, el("summary", { textContent: `${title} · ${kinds.map(([k]) => k).join(", ")}` }), el("pre", { textContent: shape(kinds[0][1].schema) }));
}

function operation(path, method, op) {
  const id = `${method}-${path}`.replace(/[^A-Za-z0-9]+/g, "-");
  const box = el("section", { id }, el("h3", {}, el("span", { className: "m", textContent: method.toUpperCase() }), path));
  const inside = el("div");
  if (op.summary) inside.append(el("p", { textContent: op.summary }));
  if (op.description && op.description !== op.summary) inside.append(el("p", { textContent: op.description }));
  if (op["x-permission"]) inside.append(el("p", { className: "rule", textContent: "权限 permission: " + op["x-permission"] }));
  if (op.parameters?.length) {
    const rows = op.parameters.map((p) =>
      el("tr", {}, el("td", {}, el("code", { textContent: (p.required ? "★" : "") + p.name })), el("td", { textContent: p.in }), el("td", { textContent: shape(p.schema) }), el("td", { textContent: p.description ?? "" })),
    );
    inside.append(el("table", {}, ...rows));
  }
  inside.append(...[content("body", op.requestBody)].filter(Boolean));
  for (const [status, answer] of Object.entries(op.responses ?? {})) {
    if (status === "default") continue;
    inside.append(content(status, answer) ?? el("p", { className: "rule", textContent: `${status} ${answer.description ?? ""}` }));
  }
  box.append(inside);
  box.dataset.text = `${method} ${path} ${op.summary ?? ""} ${op.description ?? ""}`.toLowerCase();
  return { id, box };
}

fetch("/openapi.json")
  .then((r) => r.json())
  .then((spec) => {
    schemas = spec.components?.schemas ?? {};
    const groups = new Map();
    for (const [path, item] of Object.entries(spec.paths)) {
      for (const [method, op] of Object.entries(item)) {
        const tag = op.tags?.[0] ?? "…";
        if (!groups.has(tag)) groups.set(tag, []);
        groups.get(tag).push([path, method, op]);
      }
    }
    const toc = document.getElementById("toc");
    const main = document.getElementById("main");
    main.replaceChildren(el("p", { textContent: spec.info.description ?? "" }));
    const boxes = [];
    for (const [tag, ops] of groups) {
      toc.append(el("b", { textContent: tag }));
      main.append(el("h2", { textContent: tag }));
      for (const [path, method, op] of ops) {
        const { id, box } = operation(path, method, op);
        const link = el("a", { href: "#" + id, textContent: `${method.toUpperCase()} ${path.replace("/api/v1", "")}` });
        toc.append(link);
        main.append(box);
        boxes.push([box, link]);
      }
    }
    document.getElementById("filter").addEventListener("input", (event) => {
      const wanted = event.target.value.trim().toLowerCase();
      for (const [box, link] of boxes) box.hidden = link.hidden = !box.dataset.text.includes(wanted);
    });
    if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  })
  .catch((error) => {
    document.getElementById("main").replaceChildren(el("p", { textContent: "读取失败，请刷新重试。Could not load; reload the page. " + error }));
  });
