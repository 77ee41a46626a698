// The page: people and their chats at the side, one or more chats beside each other, the time machine below.

import { avatar, clock, day, h, icon, say, setWords, shortly, toast, when } from "./dom.js";
import { Pane } from "./pane.js";

const side = document.getElementById("side");
const main = document.getElementById("panes");
const wide = matchMedia("(min-width: 760px)");
const parts = new Map();
const read = new Map();

/** What the panes need of the page. */
export const page = {
  parts,
  get bot() { return parts.get("bot"); },
  get people() { return parts.get("people") ?? []; },
  person: (id) => page.people.find((each) => each.id === id),
  chat: (id) => parts.get(`chat:${id}`),
  messages: (id) => {
    const prefix = `message:${id}:`;
    return [...parts].filter(([name]) => name.startsWith(prefix)).map(([, message]) => message).sort((a, b) => a.id - b.id);
  },
  commands: (person, chat) => parts.get("commands")?.[`${person}:${chat}`] ?? [],
  now: () => Date.now() + (parts.get("clock")?.ahead ?? 0) * 1000,
  say: (id, values) => say(language(), id, values),
  title: (person, chat) => (chat.type === "private" ? page.person(person)?.bot.name ?? "" : chat.title),
  act, open, beside, close,
  activate: (pane) => { if (active !== pane) { active = pane; remember(); drawSide(); } },
};

const panes = [];
let active = null;
const language = () => page.person(active?.person)?.language ?? page.people[0]?.language ?? "en";

/** Do something at the server; the answer, or null after a toast that says what went wrong. */
async function act(name, given) {
  try {
    const response = await fetch(`/do/${name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) });
    const answer = await response.json();
    if (response.ok) return answer;
    toast(response.status === 504 ? page.say("noAnswer") : answer.error, { trouble: true });
  } catch {
    toast(page.say("gone"), { trouble: true });
  }
  return null;
}

// What stands where

function open(person, chat, thread = null) {
  if (!active) { beside(person, chat, thread); return; }
  active.show(person, chat, thread);
  chatting();
  remember();
  drawSide();
}

/** Show the chats where a phone showed the list of them. */
function chatting() {
  if (document.body.classList.contains("chatting")) return;
  document.body.classList.add("chatting");
  for (const pane of panes) pane.uncover();
}

function beside(person, chat, thread = null) {
  const pane = new Pane(page, person, chat, thread);
  panes.push(pane);
  main.append(pane.element);
  active = pane;
  chatting();
  pane.toEnd();
  remember();
  draw();
}

function close(pane) {
  if (panes.length === 1 || !wide.matches) {
    document.body.classList.remove("chatting");
    drawSide();
    side.querySelector('[aria-current="true"]')?.focus();
    return;
  }
  panes.splice(panes.indexOf(pane), 1);
  pane.element.remove();
  if (active === pane) active = panes[0];
  remember();
  draw();
}

/** A group that became a supergroup is another chat: whoever looks at the old one sees the new one. */
function follow(pane) {
  const moved = parts.get("moved")?.[pane.chat];
  if (!moved || !page.chat(moved)) return;
  pane.show(pane.person, moved);
  remember();
}

function remember() {
  history.replaceState(null, "", `#${panes.map((pane) => [pane.person, pane.chat, pane.thread ?? ""].join("/")).join("|")}`);
}

function begin() {
  const wanted = decodeURIComponent(location.hash.slice(1)).split("|").map((each) => each.split("/").map(Number));
  for (const [person, chat, thread] of wanted) {
    if (page.person(person)?.chats.includes(chat)) beside(person, chat, thread || null);
  }
  const first = page.people.find((each) => navigator.language.startsWith(each.language)) ?? page.people[0];
  if (!panes.length && first) beside(first.id, first.id);
}

// The side

function draw() {
  for (const pane of panes) {
    pane.element.classList.toggle("alone", panes.length === 1);
    pane.draw();
  }
  main.dataset.count = panes.length;
  drawSide();
}

// What is drawn anew under a finger never hears that it was tapped: the side waits until the finger is lifted.
let pressed = false, stale = false;
side.addEventListener("pointerdown", () => { pressed = true; });
side.addEventListener("click", () => { pressed = false; }, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { if (pressed) setTimeout(lifted, 50); });

function lifted() {
  pressed = false;
  if (stale) drawSide();
}

function drawSide() {
  stale = pressed;
  if (pressed) return;
  const focused = document.activeElement?.dataset?.key;
  const scrolled = [".people", ".machine"].map((part) => [part, side.querySelector(part)?.scrollTop ?? 0]);
  const opened = new Set([...side.querySelectorAll("details[open]")].map((each) => each.dataset.key));
  document.documentElement.lang = language();
  document.title = page.say("title");
  side.setAttribute("aria-label", page.say("chats"));
  side.replaceChildren(
    h("header", {}, h("h1", {}, page.say("title")), themeButton(), h("p", {}, page.say("about"))),
    h("div.people", {}, page.people.map(personNode), h("p.invite", {}, inviteButton())),
    machineNode(),
  );
  for (const each of side.querySelectorAll("details")) each.open = opened.has(each.dataset.key);
  for (const [part, top] of scrolled) side.querySelector(part).scrollTop = top;
  if (focused) side.querySelector(`[data-key="${focused}"]`)?.focus({ preventScroll: true });
}

function personNode(person) {
  const chats = person.chats.map((id) => page.chat(id)).filter(Boolean);
  return h("section.person", { "aria-label": person.name },
    h("h2", {}, avatar(person.name, person.id), person.name, h("span.language", {}, person.language)),
    h("ul", {}, chats.map((chat) => chatNode(person, chat))));
}

function chatNode(person, chat) {
  const messages = page.messages(chat.id);
  const last = messages.findLast((each) => !each.service) ?? null;
  const key = `${person.id}/${chat.id}`;
  const shown = panes.filter((pane) => pane.person === person.id && pane.chat === chat.id);
  if (shown.length && (wide.matches || document.body.classList.contains("chatting"))) read.set(key, last?.id ?? 0);
  const fresh = messages.filter((each) => each.bot && !each.service && each.id > (read.get(key) ?? 0)).length;
  const title = page.title(person.id, chat);
  const row = h("button.row", {
    type: "button", "data-key": key, "aria-current": active && shown.includes(active) ? "true" : null,
    onclick: () => open(person.id, chat.id),
  },
    avatar(title, chat.type === "private" ? 4 : chat.id),
    h("span.title", {}, kindMark(chat), title),
    h("time", {}, last ? clock(new Date(last.at), language()) : ""),
    h("span.snippet", {}, last ? last.text.replace(/\s+/g, " ").slice(0, 80) || last.file?.name : page.say(emptyWord(chat))),
    fresh ? h("span.badge", { "aria-label": page.say("unread", { n: fresh }) }, String(fresh)) : null);
  const aside = h("button.beside", {
    type: "button", "data-key": `beside ${key}`, title: page.say("beside"), "aria-label": `${page.say("beside")}: ${person.name}, ${title}`,
    onclick: () => beside(person.id, chat.id),
  }, icon("beside"));
  return h("li", {}, row, panes.length < 3 && !shown.length ? aside : null);
}

const emptyWord = (chat) => (chat.type === "private" ? "notStarted" : chat.bot === "left" || chat.bot === "kicked" ? "notInside" : "nothing");
const kindMark = (chat) => (chat.type === "private" ? null : h("span.kind", { "aria-hidden": "true" }, chat.type === "channel" ? "📢 " : "👥 "));

function inviteButton() {
  return h("button.quiet", {
    type: "button", "data-key": "invite",
    onclick: async () => {
      const names = { en: ["Dana", "Eric", "Fiona"], vi: ["Dũng", "Hạnh", "Phúc"] };
      const languages = Object.keys(parts.get("words"));
      const spoken = languages[(languages.indexOf(page.people.at(-1).language) + 1) % languages.length];
      const name = names[spoken]?.find((each) => !page.people.some((one) => one.name === each));
      const made = await act("person", { name: name ?? `${page.people.length + 1}`, language: spoken });
      if (made) wait(() => page.person(made.id), () => open(made.id, made.id));
    },
  }, page.say("invite"));
}

// The time machine

function machineNode() {
  const clockPart = parts.get("clock") ?? {};
  const now = new Date(page.now());
  const due = clockPart.next ? new Date(clockPart.next) : null;
  const ended = clockPart.ends ? new Date(clockPart.ends) : null;
  const hour = { hour: "2-digit", minute: "2-digit" };
  const thereNow = when(now, language(), { ...hour, timeZone: clockPart.zone });
  const there = thereNow === clock(now, language()) ? "" : ` · ${thereNow} ${clockPart.zone.split("/").at(-1).replaceAll("_", " ")}`;
  return h("section.machine", { "aria-label": page.say("machine") },
    h("h2", {}, icon("clock"), page.say("machine")),
    h("p.now", {}, h("time", {}, `${day(now, language())}, ${clock(now, language())}${there}`)),
    timeButton("delivery", "jump", { primary: true, off: !due }),
    ended && now > ended ? h("p.ended", { role: "status" }, page.say("ended", { when: `${day(ended, language())}, ${clock(ended, language())}` })) : null,
    h("p.due", {}, due ? page.say("due", { when: shortly(due, language()) }) : page.say("noneDue")),
    h("p.steps", {}, timeButton("hour", "hour"), timeButton("day", "dayOn"), timeButton("news", "news")),
    h("details", { "data-key": "trouble", onclick: intoView }, h("summary", { "data-key": "troubleSummary" }, page.say("trouble")),
      h("p.steps", {}, ["limits", "flood", "error", "hang", "lost", "garbage", "none"].map(troubleButton)), logNode()));
}

/** What is unfolded by hand at the end of the panel comes into view. */
function intoView({ target }) {
  if (target.closest("summary")) setTimeout(() => side.querySelector(".machine details[open]")?.scrollIntoView({ block: "start" }));
}

let busy = false;
function timeButton(to, word, { primary = false, off = false } = {}) {
  return h(`button${primary ? ".primary" : ".quiet"}`, {
    type: "button", "data-key": `time ${to}`, disabled: off || busy,
    onclick: async () => {
      busy = true;
      drawSide();
      const done = await act("time", { to });
      busy = false;
      drawSide();
      if (done && primary && !wide.matches) chatting();
    },
  }, busy && primary ? page.say("moving") : page.say(word));
}

function troubleButton(kind) {
  return h("button.quiet", {
    type: "button", "data-key": `trouble ${kind}`,
    onclick: async () => { if (await act("trouble", { kind })) toast(page.say(`${kind}Done`)); },
  }, page.say(kind));
}

function logNode() {
  const log = parts.get("log") ?? [];
  return h("ol.log", { "aria-label": page.say("log"), tabindex: "0" },
    log.slice(0, 12).map((each) => h(`li${each.answer === "ok" ? "" : ".refused"}`, {}, h("code", {}, each.method), ` ${each.chat} `, h("small", {}, each.answer))));
}

function themeButton() {
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  return h("button.quiet.theme", {
    type: "button", "data-key": "theme", title: page.say("theme"), "aria-label": page.say("theme"), "aria-pressed": String(dark()),
    onclick: () => { root.dataset.theme = dark() ? "light" : "dark"; localStorage.setItem("theme", root.dataset.theme); drawSide(); },
  }, icon("theme"));
}

// What comes from the server

const waiting = [];
/** Do something once a part has come. */
function wait(test, then) { test() ? then() : waiting.push([test, then]); }

function take({ set, gone }) {
  const fresh = !parts.size;
  for (const name of gone) parts.delete(name);
  for (const [name, part] of Object.entries(set)) parts.set(name, part);
  if (set.words) setWords(set.words);
  if (fresh) begin();
  for (const pane of panes) follow(pane);
  draw();
  for (const each of waiting.splice(0)) wait(...each);
}

function listen() {
  const events = new EventSource("/events");
  events.onopen = () => { parts.clear(); document.body.classList.remove("lost"); };
  events.onmessage = (event) => {
    const starting = !panes.length;
    const news = JSON.parse(event.data);
    if (!starting && !parts.size) { for (const [name, part] of Object.entries(news.set)) parts.set(name, part); draw(); return; }
    take(news);
  };
  events.onerror = () => document.body.classList.add("lost");
}

const kept = localStorage.getItem("theme");
if (kept) document.documentElement.dataset.theme = kept;
addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName);
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && active && document.body.classList.contains("chatting")) {
    event.preventDefault();
    active.type("/");
  }
});
setInterval(() => { if (parts.size && !side.contains(document.activeElement)) drawSide(); }, 15000);
wide.onchange = () => parts.size && draw();
listen();
