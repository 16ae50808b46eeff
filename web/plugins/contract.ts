// What the pages need of the contract at run time: the permissions of an API key, and the settings with their types, limits and choices.
// They come from api/openapi.json at build time, so that a new setting is on the page as soon as it is in the contract.
// And of the table of all operations only those that the app calls: the others are a tenth of the code of the first page.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import type { Setting } from "../src/admin/setting.ts";

const file = new URL("../../api/openapi.json", import.meta.url).pathname;
const src = new URL("../src", import.meta.url).pathname;
const name = "virtual:contract";

type Schema = {
  $ref?: string;
  allOf?: Schema[];
  type?: string;
  enum?: (string | number)[];
  items?: Schema;
  properties?: Record<string, Schema>;
  nullable?: boolean;
  minimum?: number;
  maximum?: number;
  format?: string;
};

export function contract(): Plugin {
  let building = false;
  return {
    name: "calotype-contract",
    // Before the types are taken out: the table is read line by line.
    enforce: "pre",
    config: (_, { command }) => void (building = command === "build"),
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    transform(code, id) {
      if (!building || id !== join(src, "contract.ts")) return undefined;
      const called = readdirSync(src, { recursive: true, encoding: "utf8" })
        .filter((path) => /\.(svelte|ts)$/.test(path) && path !== "contract.ts")
        .map((path) => readFileSync(join(src, path), "utf8"))
        .join("\n");
      return code.replace(/^  (\w+): \{ method: .*\n/gm, (line, operation: string) => (called.includes(`"${operation}"`) ? line : ""));
    },
    load(id) {
      if (id !== `\0${name}`) return undefined;
      this.addWatchFile(file);
      const schemas = (JSON.parse(readFileSync(file, "utf8")) as { components: { schemas: Record<string, Schema> } }).components.schemas;
      const settings = settingOf(schemas, "", { $ref: "#/components/schemas/AdminConfigDto" });
      return `export const settings = ${JSON.stringify(settings)};\nexport const permissions = ${JSON.stringify(schemas.Permission!.enum)};`;
    },
  };
}

function settingOf(schemas: Record<string, Schema>, path: string, given: Schema): Setting {
  const ref = given.$ref ?? given.allOf?.[0]?.$ref;
  const schema = { ...(ref ? schemas[ref.slice(ref.lastIndexOf("/") + 1)] : undefined), ...given };
  const nullable = schema.nullable === true;
  if (schema.properties) {
    const fields = Object.entries(schema.properties).map(([key, field]) => settingOf(schemas, path ? `${path}.${key}` : key, field));
    return { kind: "group", path, fields };
  }
  if (schema.enum) return { kind: "choice", path, values: schema.enum.map(String) };
  if (schema.type === "boolean") return { kind: "switch", path };
  if (schema.type === "integer" || schema.type === "number") {
    return { kind: "number", path, whole: schema.type === "integer", nullable, min: bound(schema.minimum), max: bound(schema.maximum) };
  }
  if (schema.type === "array") {
    const item = settingOf(schemas, path, schema.items!);
    if (item.kind !== "choice") return { kind: "texts", path };
    const itemRef = schema.items!.$ref!;
    const numbers = typeof schemas[itemRef.slice(itemRef.lastIndexOf("/") + 1)]!.enum![0] === "number";
    return { kind: "choices", path, values: item.values, numbers };
  }
  if (schema.type === "string") return { kind: "text", path };
  throw new Error(`${path}: the settings page knows no field for ${JSON.stringify(given)}`);
}

/** "Any integer" is no limit worth telling. */
const bound = (n: number | undefined) => (n === undefined || Math.abs(n) >= Number.MAX_SAFE_INTEGER ? undefined : n);
