// Reads settings files as the client's import does, and prints what it refuses and what it drops: a JSON list, one entry
// a file, each a list of {path, message, dropped}. The files' names are the arguments.
import { readFileSync } from "node:fs";
import { file } from "./file.mjs";

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function dropped(given, kept, path = []) {
  if (Array.isArray(given)) return given.flatMap((one, at) => dropped(one, kept?.[at], [...path, at]));
  if (!isObject(given)) return [];
  return Object.keys(given).flatMap((key) =>
    isObject(kept) && key in kept
      ? dropped(given[key], kept[key], [...path, key])
      : [{ path: [...path, key], message: "is no key of the client, which drops it", dropped: true }],
  );
}

function complaints(name) {
  let given;
  try {
    given = JSON.parse(readFileSync(name, "utf8"));
  } catch (error) {
    return [{ path: [], message: error.message, dropped: false }];
  }
  const read = file.safeParse(given);
  if (read.success) return dropped(given, read.data);
  return read.error.issues.map(({ path, message }) => ({ path, message, dropped: false }));
}

console.log(JSON.stringify(process.argv.slice(2).map(complaints)));
