const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 });
const short = new Intl.NumberFormat("en-GB", { notation: "compact", maximumSignificantDigits: 3 });
const percent = new Intl.NumberFormat("en-GB", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const month = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });

const known = (write) => (value) => (value === null || value === undefined || value === "" ? "unknown" : write(value));

export const format = {
  number: known((value) => (Number.isInteger(value) || Math.abs(value) >= 1000 ? whole : decimal).format(value)),
  compact: known((value) => short.format(value)),
  share: known((value) => percent.format(value)),
  date: known((value) => (Number.isNaN(Date.parse(value)) ? String(value) : day.format(new Date(value)))),
  month: known((value) => (Number.isNaN(Date.parse(value)) ? String(value) : month.format(new Date(value)))),
  boolean: known((value) => (value ? "yes" : "no")),
  text: known((value) => (Array.isArray(value) ? value.join(", ") : typeof value === "object" ? JSON.stringify(value) : String(value))),
  /** Words of the tables for people: fine_tune -> fine tune. */
  words: known((value) => String(value).replaceAll("_", " ")),
  verdict: known((value) => (value === "ok" ? "fits" : value)),
  plural: (count, one, many = `${one}s`) => `${whole.format(count)} ${count === 1 ? one : many}`,
};

/** "2022-03" is month 0, the first that the Hub knows. */
export const monthAt = (number) => new Date(Date.UTC(2022, 2 + number, 1)).toISOString().slice(0, 7);

/** The value of a key that may be a name from the Hub, such as constructor. */
export const valueOf = (map, key) => (Object.hasOwn(map, key) ? map[key] : undefined);

/** A name without its middle: the ends of names tell relatives apart. */
export const cut = (text, most) => (text.length > most ? `${text.slice(0, Math.floor(most * 0.4))}…${text.slice(1 - Math.ceil(most * 0.6))}` : text);

export const shortName = (name) => cut(name.slice(name.indexOf("/") + 1), 40);

export function formatted(value, type) {
  return (format[type] ?? format.text)(value);
}
