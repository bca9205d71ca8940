// The selection is the link: fields that differ from the defaults stand in the URL's query.

// Always in the link: what they are when left out depends on the photo and on the model.
const ALWAYS = ["image", "query", "block"];
const FIELD_ORDER = ["image", "model", "size", "view", "block", "head", "query", "key", "against_query"];

export function fieldText(value) {
  return Array.isArray(value) ? value.join(",") : String(value);
}

function same(a, b) {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((x, i) => x === b[i]));
}

// All fields as the server reads them; null fields stay away.
export function allFields(selection) {
  return Object.fromEntries(
    Object.entries(selection)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, fieldText(value)]),
  );
}

// The URL's query for a selection. What the page doesn't know (such as __theme) stays as it is.
export function toSearch(selection, defaults, search) {
  const query = new URLSearchParams(search);
  for (const name of Object.keys(defaults)) query.delete(name);
  const names = [...FIELD_ORDER, ...Object.keys(defaults).filter((name) => !FIELD_ORDER.includes(name))];
  for (const name of names) {
    if (selection[name] === null || (!ALWAYS.includes(name) && same(selection[name], defaults[name]))) continue;
    query.set(name, fieldText(selection[name]));
  }
  const text = query.toString().replaceAll("%2C", ",");
  return text ? `?${text}` : "";
}

// What a URL says of the selection, as text; the server judges the values.
export function fromSearch(search, defaults) {
  const query = new URLSearchParams(search);
  return Object.fromEntries(Object.keys(defaults).filter((name) => query.has(name)).map((name) => [name, query.get(name)]));
}

// Which fields differ between two selections.
export function changedFields(before, after) {
  return Object.keys(after).filter((name) => !same(before?.[name] ?? null, after[name] ?? null));
}
