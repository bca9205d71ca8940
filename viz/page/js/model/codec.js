// The selection as a link has it and as the server is asked: one table of fields, which the server sends, says how.

/** @typedef {import("../types.js").Field} Field */
/** @typedef {import("../types.js").Selection} Selection */

/** @param {any} value */
function written(value) {
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** @param {any} a  @param {any} b */
function same(a, b) {
  return (a ?? null) === (b ?? null) || (Array.isArray(a) && Array.isArray(b) && written(a) === written(b));
}

/** @param {Field[]} fields  @param {Selection} [first] What a newcomer sees: it stands for the table's defaults. */
export function makeCodec(fields, first = {}) {
  const usual = (/** @type {Field} */ field) => (field.name in first ? first[field.name] : field.default);
  return {
    fields,
    defaults: Object.fromEntries(fields.map((field) => [field.name, usual(field)])),

    /** The names of a part's fields. @param {string} part */
    part: (part) => fields.filter((field) => field.part === part).map(({ name }) => name),

    /** What a URL says of the selection, as text: the server judges the values. @param {string} search */
    read(search) {
      const query = new URLSearchParams(search);
      /** @type {Record<string, string>} */
      const found = {};
      for (const { name, alias } of fields) {
        const given = [name, ...alias].find((one) => query.has(one));
        if (given) found[name] = /** @type {string} */ (query.get(given));
      }
      return found;
    },

    /**
     * The URL's query for a selection; what isn't a field (such as __theme) stays as it is.
     * @param {Selection} selection  @param {string} search
     */
    write(selection, search) {
      const query = new URLSearchParams(search);
      for (const { name, alias } of fields) for (const one of [name, ...alias]) query.delete(one);
      for (const field of fields) {
        const value = selection[field.name] ?? null;
        if (value === null || (!field.always && same(value, usual(field)))) continue;
        query.set(field.name, written(value));
      }
      const text = query.toString().replaceAll("%2C", ",");
      return text ? `?${text}` : "";
    },

    /**
     * What a link's texts are as values, for showing only: what isn't one of the choices stays away.
     * @param {Record<string, string>} texts
     */
    values(texts) {
      const shown = fields.filter(({ kind }) => kind === "name" || kind === "choice" || kind === "whole").flatMap(({ name, kind, choices }) => {
        const value = kind === "name" ? texts[name] : choices.find((choice) => String(choice) === texts[name]);
        return value === undefined ? [] : [[name, value]];
      });
      return Object.fromEntries(shown);
    },

    /** Every field as the server reads it; absent ones stay away. @param {Selection} selection */
    texts(selection) {
      const present = fields.filter(({ name }) => (selection[name] ?? null) !== null);
      return Object.fromEntries(present.map(({ name }) => [name, written(selection[name])]));
    },

    /** Which fields differ. @param {Selection} before  @param {Selection} after */
    changed: (before, after) => fields.map(({ name }) => name).filter((name) => !same(before[name], after[name])),
  };
}

/** @typedef {ReturnType<typeof makeCodec>} Codec */
