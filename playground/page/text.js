// A text and its entities as elements. Offsets count UTF-16 units, as strings of JavaScript do.
// https://core.telegram.org/bots/api#messageentity

import { formatted, h } from "./dom.js";

const RANK = { blockquote: 0, expandable_blockquote: 0, pre: 1, code: 2, date_time: 3, text_link: 4 };
const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);
const STYLE = { bold: "strong", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote" };

/** The nodes of a text. `doing` says what a tapped command or link does, and gives language, now and words. */
export function textNodes(text, entities, doing) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length || (RANK[a.type] ?? 9) - (RANK[b.type] ?? 9));
  return stretch(text, 0, text.length, sorted, doing);
}

function stretch(text, from, to, entities, doing) {
  const nodes = [];
  let at = from;
  while (entities.length) {
    const [first, ...rest] = entities;
    const end = Math.min(first.offset + first.length, to);
    // A block stands on lines of its own: the line's end beside it is not shown once more.
    const block = BLOCKS.has(first.type);
    const before = text.slice(at, block && text[first.offset - 1] === "\n" ? first.offset - 1 : first.offset);
    if (first.offset > at && before) nodes.push(before);
    // What begins inside goes inside; where it reaches beyond, its rest follows as an entity of its own.
    const inside = rest.filter((each) => each.offset < end);
    const beyond = inside.filter((each) => each.offset + each.length > end)
      .map((each) => ({ ...each, offset: end, length: each.offset + each.length - end }));
    nodes.push(element(first, text.slice(first.offset, end), stretch(text, first.offset, end, inside, doing), doing));
    at = block && end < to && text[end] === "\n" ? end + 1 : end;
    entities = [...beyond, ...rest.filter((each) => each.offset >= end)];
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function element(entity, covered, children, doing) {
  switch (entity.type) {
    case "text_link": return link(entity.url, children, doing);
    case "url": return link(covered, children, doing);
    case "email": return h("a", { href: `mailto:${covered}` }, children);
    case "bot_command": return h("button.inline", { type: "button", onclick: () => doing.command(covered) }, children);
    case "mention": case "hashtag": case "text_mention": return h("span.mention", {}, children);
    case "spoiler": return spoiler(children, doing);
    case "expandable_blockquote": return expandable(children, doing);
    case "date_time": {
      const moment = new Date(entity.unix_time * 1000);
      const shown = entity.date_time_format ? [formatted(moment, entity.date_time_format, doing.language, doing.now())] : children;
      return h("time", { datetime: moment.toISOString(), title: moment.toLocaleString() }, shown);
    }
    case "custom_emoji": return h("span", {}, children);
    case "italic": return h("em", {}, upright(children));
    default: return h(STYLE[entity.type] ?? "span", {}, children);
  }
}

/** Flags and other pictures do not lean, as in Telegram's apps. */
function upright(nodes) {
  return nodes.flatMap((node) => typeof node !== "string" ? [node]
    : node.split(/(\p{RI}{2}|\p{Extended_Pictographic}\uFE0F?)/u).map((part, n) => n % 2 ? h("span.emoji", {}, part) : part));
}

function link(url, children, doing) {
  const href = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `http://${url}`;
  const own = doing.link(href);
  if (typeof own === "function") return h("button.inline", { type: "button", onclick: own }, children);
  if (!/^https?:/i.test(own)) return h("span.mention", {}, children);
  return h("a", { href: own, target: "_blank", rel: "noopener noreferrer" }, children);
}

function spoiler(children, doing) {
  const made = h("span.spoiler", { role: "button", tabindex: "0", "aria-expanded": "false", "aria-label": doing.say("spoiler") });
  const inner = h("span", { "aria-hidden": "true" }, children);
  const open = () => {
    made.classList.add("open");
    for (const name of ["role", "tabindex", "aria-expanded", "aria-label"]) made.removeAttribute(name);
    inner.removeAttribute("aria-hidden");
  };
  made.onclick = open;
  made.onkeydown = (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(); } };
  made.append(inner);
  return made;
}

function expandable(children, doing) {
  const made = h("blockquote.expandable", {}, h("div.folded", {}, children));
  const button = h("button.fold", { type: "button", "aria-expanded": "false" }, doing.say("more"));
  button.onclick = () => {
    const open = made.classList.toggle("open");
    button.setAttribute("aria-expanded", open);
    button.textContent = doing.say(open ? "less" : "more");
  };
  made.append(button);
  // A quote that fits into its three lines needs no button.
  requestAnimationFrame(() => {
    const folded = made.firstChild;
    if (folded.clientHeight && folded.scrollHeight <= folded.clientHeight + 2) button.remove();
  });
  return made;
}
