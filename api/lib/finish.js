// finish.js IN OUT: the last touches between the compiler's openapi.json and the published one.
//  - Scalars (uuid, when, count, ...) are a convenience of the .tsp files: clients see them spelt out where they are used.
//  - A reference with a default or a mark is a $ref with the default beside it, as older generators expect it.
//  - Security stands at each operation; an open operation has none.
//  - Parameters come in the order of their names; query arrays are repeated (a=1&a=2), which is what OpenAPI means by default.
import { readFileSync, writeFileSync } from "node:fs";

const [, , from, to] = process.argv;
const api = JSON.parse(readFileSync(from, "utf8"));
const schemas = api.components.schemas;

const spelt = (schema) => !schema.enum && !schema.anyOf && schema.type !== "object" && schema.type !== undefined;
const scalar = ({ $ref }) => {
  const schema = $ref && schemas[$ref.split("/").pop()];
  return schema && spelt(schema) ? schema : undefined;
};

function finish(node) {
  if (Array.isArray(node)) return node.map(finish);
  if (node === null || typeof node !== "object") return node;

  const base = scalar(node) ?? (node.allOf?.length === 1 ? scalar(node.allOf[0]) : undefined);
  if (base) {
    const { $ref, allOf, ...own } = node;
    const { description, ...rest } = base;
    return finish({ ...rest, ...own, type: base.type });
  }
  if (node.allOf?.length === 1 && !node.nullable) {
    const { allOf, type, ...own } = node;
    return finish({ ...allOf[0], ...own });
  }
  const out = {};
  for (const [key, value] of Object.entries(node)) out[key] = finish(value);
  if (out["x-minProperties"]) {
    out.minProperties = out["x-minProperties"];
    delete out["x-minProperties"];
  }
  if (out.additionalProperties?.not) out.additionalProperties = false;
  if (out.allOf?.length === 1) delete out.type;
  if (out.required?.length === 0) delete out.required;
  if (out.enum?.every?.(Number.isInteger)) out.type = "integer";
  return out;
}

const result = finish(api);
for (const name of Object.keys(schemas)) if (spelt(schemas[name])) delete result.components.schemas[name];

for (const operations of Object.values(result.paths))
  for (const op of Object.values(operations)) {
    op.security ??= result.security;
    if (op.security.every((way) => Object.keys(way).length === 0)) delete op.security;
    op.parameters.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const content of Object.values(op.requestBody?.content ?? {})) delete content.encoding;
    for (const parameter of op.parameters) {
      delete parameter.schema["x-immich-state"];
      delete parameter.explode;
      delete parameter.style;
    }
  }
delete result.security;
for (const server of result.servers) delete server.variables;

writeFileSync(to, JSON.stringify(result, null, 2) + "\n");
