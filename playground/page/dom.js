// Small helpers: elements, words, times. Nothing here ever writes HTML from data: texts become text nodes.

/** An element: h("button.primary", {onclick}, "Send"). Attributes that are null or false are left out. */
export function h(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag || "div");
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Small drawings, so that no font need have them. */
const DRAWN = {
  menu: "M4 7h16M4 12h16M4 17h16", send: "M4 20l17-8L4 4v6l9 2-9 2z", theme: "M12 3a9 9 0 100 18zM12 3a9 9 0 010 18",
  dots: "M12 6v.01M12 12v.01M12 18v.01", close: "M6 6l12 12M18 6L6 18", back: "M15 5l-7 7 7 7", down: "M12 5v14M6 13l6 6 6-6",
  out: "M8 16L17 7M9 7h8v8", copy: "M9 9h10v11H9zM15 9V4H5v11h4", share: "M5 18c0-6 4-9 10-9M11 5l5 4-5 4", beside: "M4 5h16v14H4zM12 5v14",
  clock: "M12 3a9 9 0 110 18 9 9 0 010-18M12 7v5l3 3", save: "M12 4v11M7 11l5 5 5-5M5 20h14", pencil: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
};
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: `icon i-${name}`, "aria-hidden": "true" })) svg.setAttribute(key, value);
  const path = svg.appendChild(document.createElementNS(svg.namespaceURI, "path"));
  path.setAttribute("d", DRAWN[name]);
  return svg;
}

let catalogue = {};
export const setWords = (words) => { catalogue = words; };
/** A sentence of ours in a language; {name} is filled in. */
export function say(language, id, values = {}) {
  const sentence = catalogue[language]?.[id] ?? catalogue.en?.[id] ?? id;
  return sentence.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

const formats = new Map();
export function when(moment, language, options) {
  const key = language + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, options));
  return formats.get(key).format(moment);
}
export const clock = (moment, language) => when(moment, language, { hour: "2-digit", minute: "2-digit" });
export const day = (moment, language) => when(moment, language, { weekday: "long", day: "numeric", month: "long" });

/** A date in short: "24 Nov", and "24/11" where that is how it is written. */
const short = (language) => ({ day: "numeric", month: language === "vi" ? "numeric" : "short" });
/** "Tue 24 Nov, 07:00", "Thứ Ba, 24/11, 07:00". */
export const shortly = (moment, language) =>
  `${when(moment, language, { weekday: language === "vi" ? "long" : "short", ...short(language) })}, ${clock(moment, language)}`;

/** A date_time entity in the viewer's zone: https://core.telegram.org/bots/api#date-time-entity-formatting */
export function formatted(moment, format, language, now) {
  if (/^r$/i.test(format)) return relative(moment, language, now);
  const options = {};
  if (/t/i.test(format)) Object.assign(options, { hour: "2-digit", minute: "2-digit" }, /T/.test(format) ? { second: "2-digit" } : {});
  // "and year, if different from the current one", https://core.telegram.org/constructor/messageEntityFormattedDate
  const other = moment.getFullYear() !== new Date(now).getFullYear();
  if (/d/.test(format)) Object.assign(options, short(language), other ? { year: "numeric" } : {});
  if (/D/.test(format)) Object.assign(options, { day: "numeric", month: "long", year: "numeric" });
  if (/w/i.test(format)) options.weekday = "long";
  return when(moment, language, options);
}

function relative(moment, language, now) {
  const seconds = (moment - now) / 1000;
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** Colour and letters of an avatar. */
export function avatar(title, id) {
  const letters = title.split(/\s+/).map((word) => [...word][0]).slice(0, 2).join("").toUpperCase();
  return h(`span.avatar.hue${Math.abs(id) % 7}`, { "aria-hidden": "true" }, letters);
}

const toasts = document.getElementById("toasts");
export function toast(text, { trouble = false } = {}) {
  const shown = h(`p.toast${trouble ? ".trouble" : ""}`, {}, text);
  toasts.append(shown);
  setTimeout(() => shown.remove(), 3500);
}

const dialog = document.getElementById("dialog");
/** A question or an alert; `children` may close it by `close(value)`. */
export function ask(title, build, cancel) {
  return new Promise((resolve) => {
    let result = null;
    const close = (value) => { result = value; dialog.close(); };
    const quit = h("button", { type: "button", onclick: () => close(null) }, cancel);
    dialog.replaceChildren(h("h2", {}, title), ...build(close), h("p.buttons", {}, quit));
    dialog.onclose = () => resolve(result);
    dialog.showModal();
  });
}
