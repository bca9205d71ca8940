// As much of JSON Schema as messages.schema.json uses.

import { readFileSync } from "node:fs";

export const schema = JSON.parse(readFileSync(new URL("../../viz/page/messages.schema.json", import.meta.url), "utf8"));

const TYPES = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
  array: Array.isArray,
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

// What is wrong with a message of a name, one line each; nothing if it is as the schema has it.
export function problems(name, message) {
  return check(schema.$defs[name], message, name);
}

function check(rule, value, at) {
  if (rule.$ref) return check(schema.$defs[rule.$ref.split("/").at(-1)], value, at);
  if (rule.anyOf) {
    const all = rule.anyOf.map((one) => check(one, value, at));
    return all.some((found) => !found.length) ? [] : all.sort((a, b) => a.length - b.length)[0];
  }
  if ("const" in rule && value !== rule.const) return [`${at} must be ${rule.const}, got ${value}`];
  if (rule.enum && !rule.enum.includes(value)) return [`${at} must be one of ${rule.enum}, got ${value}`];
  if (rule.type && !TYPES[rule.type](value)) return [`${at} must be ${rule.type}, got ${JSON.stringify(value)}`];
  if (Array.isArray(value)) return checkItems(rule, value, at);
  return TYPES.object(value) ? checkProperties(rule, value, at) : [];
}

function checkItems(rule, value, at) {
  const length = value.length >= (rule.minItems ?? 0) && value.length <= (rule.maxItems ?? Infinity);
  const items = value.flatMap((item, index) => check(rule.prefixItems?.[index] ?? rule.items ?? {}, item, `${at}[${index}]`));
  return length ? items : [`${at} has ${value.length} items`, ...items];
}

function checkProperties({ properties = {}, required = [], additionalProperties = true }, value, at) {
  const missing = required.filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`);
  const more = Object.keys(value).filter((name) => !(name in properties));
  const other = additionalProperties === true ? [] : additionalProperties === false ? more.map((name) => `${at}.${name} isn't known`) : more.flatMap((name) => check(additionalProperties, value[name], `${at}.${name}`));
  const own = Object.keys(properties).filter((name) => name in value).flatMap((name) => check(properties[name], value[name], `${at}.${name}`));
  return [...missing, ...other, ...own];
}
