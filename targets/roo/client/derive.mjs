// The client's own schema of a settings file, as JSON Schema with what else its types say; run by tools/roo_client.py.
// The types do not export the file's outer shape, which is in the client's ProviderSettingsManager and importExport.
import { readFileSync } from "node:fs";
import * as types from "@roo-code/types";
import { zodToJsonSchema } from "zod-to-json-schema";
import { file } from "./file.mjs";

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version;

// What a schema of zod says and JSON Schema cannot: it must not be lost in silence.
function unexpressed(schema, path = [], found = new Set()) {
  const def = schema?._def ?? {};
  if (def.effect) found.add(path.join("."));
  for (const part of [def.innerType, def.schema, def.left, def.right]) if (part) unexpressed(part, path, found);
  for (const [key, part] of Object.entries(def.shape?.() ?? {})) unexpressed(part, [...path, key], found);
  for (const part of [def.valueType, ...[def.type].filter((one) => one?._def)]) if (part) unexpressed(part, [...path, "*"], found);
  for (const part of [...(Array.isArray(def.options) ? def.options : []), ...(def.items ?? [])]) unexpressed(part, path, found);
  return [...found].sort();
}

const provider = types.providerSettingsSchemaDiscriminated.optionsMap.get("openai");
const { $schema, ...schema } = zodToJsonSchema(file, { $refStrategy: "none", removeAdditionalStrategy: "strict" });
const made = {
  $schema,
  $comment: `Made by \`make roo-schema VERSION=${version("@roo-code/types")}\`; what begins with x- is for the checks.`,
  "x-types": `@roo-code/types ${version("@roo-code/types")}`,
  "x-zod": version("zod"),
  "x-unexpressed": unexpressed(file),
  "x-modes": types.DEFAULT_MODES.map((mode) => mode.slug),
  "x-providers": [...types.providerNames],
  "x-openai": [...Object.keys(provider.shape), "id"].sort(),
  ...schema,
};
console.log(JSON.stringify(made, null, 1));
