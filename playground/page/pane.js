// One chat as one person sees it: head, messages, keyboards, and where one writes.

import { ask, avatar, clock, day, h, icon, say, toast } from "./dom.js";
import { textNodes } from "./text.js";
import { Composer } from "./composer.js";

const ROOM = 42; // px above a message that is scrolled to: the day stands there
const RULING = ["creator", "administrator"];

export class Pane {
  constructor(page, person, chat, thread) {
    this.page = page;
    this.drawn = new Map();
    this.head = h("header");
    this.pin = h("div.pin");
    this.tabs = h("div.tabs", { role: "navigation" });
    this.log = h("div.log", { role: "log", "aria-live": "polite", tabindex: "0" });
    this.down = h("button.down", { type: "button", onclick: () => this.log.scrollTo({ top: this.log.scrollHeight, behavior: "smooth" }) }, icon("down"));
    this.down.hidden = true;
    this.composer = new Composer(this);
    this.element = h("section.pane", {}, this.head, this.tabs, this.pin, this.log, this.down, this.composer.element);
    this.element.addEventListener("focusin", () => page.activate(this));
    this.element.addEventListener("pointerdown", () => page.activate(this));
    this.log.onscroll = () => { this.down.hidden = this.atEnd(); };
    this.show(person, chat, thread);
  }

  get language() { return this.page.person(this.person)?.language ?? "en"; }
  get data() { return this.page.chat(this.chat); }
  get rules() { return this.data.type === "private" || RULING.includes(this.data.people[this.person]); }
  get botInside() { return !["left", "kicked"].includes(this.data.bot); }
  say(id, values) { return say(this.language, id, values); }
  /** What every act of this pane names. */
  where(more) { return { as: this.person, chat: this.chat, ...more }; }
  atEnd(within = 60) { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < within; }
  type(text) { this.composer.type(text); }

  show(person, chat, thread = null) {
    const same = this.person === person && this.chat === chat && this.thread === thread;
    Object.assign(this, { person, chat, thread });
    if (!same) {
      this.log.replaceChildren();
      this.drawn.clear();
      this.composer.reset();
    }
    this.draw();
    if (!same) this.toEnd();
  }

  toEnd() { this.log.scrollTop = this.log.scrollHeight; this.placed = this.log.scrollTop; this.down.hidden = true; }

  /** What was out of sight has lost its place: it goes to what came meanwhile, or to the end. */
  uncover() {
    this.toEnd();
    if (this.unseen?.isConnected) this.log.scrollTop = Math.min(this.log.scrollHeight, this.unseen.offsetTop - ROOM);
    this.unseen = null;
    this.placed = this.log.scrollTop;
    this.down.hidden = this.atEnd();
  }

  draw() {
    if (!this.data || !this.page.person(this.person)) return;
    this.element.lang = this.language;
    this.element.setAttribute("aria-label", `${this.page.person(this.person).name}: ${this.page.title(this.person, this.data)}`);
    this.log.setAttribute("aria-label", this.say("messages"));
    this.down.setAttribute("aria-label", this.say("toEnd"));
    this.drawHead();
    this.drawTabs();
    this.drawPin();
    this.drawMessages();
    this.composer.draw();
  }

  // Head

  drawHead() {
    const { data, page } = this;
    const title = page.title(this.person, data);
    const acting = Object.keys(data.acting).length > 0;
    const members = Object.values(data.people).filter((each) => !["left", "kicked"].includes(each)).length + (this.botInside ? 1 : 0);
    const role = this.rules ? ` · ${this.say("youRule")}` : "";
    const under = acting ? this.say("typing") : data.type === "private" ? this.say("bot") : this.say(data.type === "channel" ? "subscribers" : "members", { n: members }) + role;
    const key = JSON.stringify([title, under, this.language, data, this.element.className, page.person(this.person).name]);
    if (key === this.headKey) return;
    this.headKey = key;
    const items = this.menuItems();
    const menu = items.length ? h("details.menu", {}, h("summary", { "aria-label": this.say("menu"), title: this.say("menu") }, icon("dots")),
      h("div", {}, items.map(([word, act]) => h("button", { type: "button", onclick: (event) => { event.target.closest("details").open = false; act(); } }, this.say(word))))) : null;
    if (menu) {
      menu.onkeydown = (event) => { if (event.key === "Escape") { menu.open = false; menu.firstChild.focus(); } };
      menu.addEventListener("focusout", (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false; });
    }
    this.head.replaceChildren(...[
      h("button.back", { type: "button", "aria-label": this.say("back"), title: this.say("back"), onclick: () => page.close(this) }, icon("back")),
      avatar(title, data.type === "private" ? 4 : data.id),
      h("div.who", {}, h("h2", {}, title), h(`p${acting ? ".acting" : ""}`, {}, under)),
      h("span.as", { title: this.say("seenBy") }, avatar(page.person(this.person).name, this.person), page.person(this.person).name),
      menu,
      h("button.close", { type: "button", "aria-label": this.say("close"), title: this.say("close"), onclick: () => page.close(this) }, icon("close")),
    ].filter(Boolean));
  }

  menuItems() {
    const { data } = this;
    const act = (name, more) => () => this.page.act(name, this.where(more));
    if (data.type === "private") return data.started || data.blocked ? [[data.blocked ? "unblock" : "block", act("block", { on: !data.blocked })]] : [];
    if (!this.rules) return [];
    const items = [];
    if (!this.botInside) items.push(["addBot", act("bot", { do: data.type === "channel" ? "promote" : "add" })]);
    else {
      if (data.type !== "channel") items.push(data.bot === "administrator" ? ["demoteBot", act("bot", { do: "demote" })] : ["promoteBot", act("bot", { do: "promote" })]);
      items.push(["kickBot", act("bot", { do: "kick" })]);
    }
    if (data.type === "group") items.push(["upgrade", act("upgrade")]);
    if (data.forum) items.push(["newTopic", () => this.newTopic()]);
    return items;
  }

  async newTopic() {
    const name = await ask(this.say("newTopic"), (close) => {
      const input = h("input", { "aria-label": this.say("topicName"), placeholder: this.say("topicName"), maxlength: "128" });
      return [h("form", { onsubmit: (event) => { event.preventDefault(); close(input.value.trim()); } }, input, h("button.primary", {}, this.say("ok")))];
    }, this.say("cancel"));
    const made = name && await this.page.act("topic", this.where({ name }));
    if (made) this.page.open(this.person, this.chat, made.id);
  }

  drawTabs() {
    this.tabs.hidden = !this.data.forum;
    this.tabs.setAttribute("aria-label", this.say("topics"));
    if (!this.data.forum) return;
    const topics = [{ id: null, name: this.say("general"), colour: "#8e9aa6" }, ...this.data.topics];
    this.tabs.replaceChildren(...topics.map((topic) => h("button", {
      type: "button", "aria-current": topic.id === this.thread ? "true" : null,
      onclick: () => this.page.open(this.person, this.chat, topic.id),
    }, h("span.dot", { "aria-hidden": "true" }, "#"), `${topic.name}${topic.closed ? " 🔒" : ""}`)));
  }

  drawPin() {
    const id = this.data.pinned.at(-1);
    const message = id && this.page.parts.get(`message:${this.chat}:${id}`);
    this.pin.hidden = !message;
    if (!message) return;
    this.pin.replaceChildren(h("button", { type: "button", onclick: () => this.reveal(id) }, h("strong", {}, this.say("pinned")), h("span", {}, message.text.slice(0, 90))));
  }

  reveal(id) {
    const shown = this.drawn.get(id)?.element;
    shown?.scrollIntoView({ block: "start", behavior: "smooth" });
    shown?.classList.add("flash");
    setTimeout(() => shown?.classList.remove("flash"), 1200);
  }

  // Messages

  /** Whether the person of this pane may change it. */
  editable(message) { return message.from === this.person && !message.viaBot && !message.file && !message.service; }

  inThread(message) { return !this.data.forum || (message.thread ?? null) === this.thread || message.id === this.thread; }

  drawMessages() {
    const messages = this.page.messages(this.chat).filter((each) => this.inThread(each) && !(this.data.forum && this.thread === null && each.service?.kind === "forum_topic_created"));
    // Whoever has not scrolled away by hand, or writes, sees what comes.
    const stick = this.atEnd() || this.log.scrollTop === this.placed || messages.some((each) => each.from === this.person && !this.drawn.has(each.id));
    const before = this.drawn.size;
    const present = new Set(messages.map((each) => each.id));
    let firstNew = null, changed = null, at = null, lastDay = "";
    for (const node of this.log.querySelectorAll(":scope > .day, :scope > .hello")) node.remove();
    for (const [id, { element }] of this.drawn) if (!present.has(id)) { element.remove(); this.drawn.delete(id); }
    for (const message of messages) {
      const known = this.drawn.get(message.id);
      let element = known?.element;
      if (!known || known.revision !== message.revision || known.language !== this.language) {
        const focused = element?.contains(document.activeElement) ? document.activeElement.dataset.place : null;
        element = this.messageNode(message);
        if (known) { known.element.replaceWith(element); changed = element; if (focused) (element.querySelector(`[data-place="${focused}"]`) ?? element.querySelector(".keys button"))?.focus({ preventScroll: true }); }
        else firstNew ??= element;
        this.drawn.set(message.id, { revision: message.revision, language: this.language, element });
      }
      const today = day(new Date(message.at), this.language);
      if (today !== lastDay) { const mark = h("p.day", {}, today); at ? at.after(mark) : this.log.prepend(mark); at = mark; lastDay = today; }
      if (at ? at.nextSibling !== element : this.log.firstChild !== element) at ? at.after(element) : this.log.prepend(element);
      at = element;
    }
    if (!messages.length) this.log.append(this.helloNode());
    if (firstNew && !this.log.clientHeight) this.unseen ??= firstNew;
    if (firstNew && (stick || !before)) this.log.scrollTop = before ? Math.min(this.log.scrollHeight, firstNew.offsetTop - ROOM) : this.log.scrollHeight;
    else if (changed && changed.offsetTop < this.log.scrollTop) this.log.scrollTop = changed.offsetTop - ROOM;
    else if (changed && stick) this.log.scrollTop = Math.min(this.log.scrollHeight, changed.offsetTop - ROOM > this.log.scrollTop ? this.log.scrollHeight : this.log.scrollTop);
    if (firstNew || changed) this.placed = this.log.scrollTop;
    this.down.hidden = this.atEnd();
  }

  helloNode() {
    const person = this.page.person(this.person);
    if (this.data.type !== "private") return h("div.hello", {}, h("h3", {}, this.data.title), ...this.advice());
    return h("div.hello", {}, h("h3", {}, this.say("whatCan")), h("p", {}, person.bot.description || this.say("nothing")));
  }

  /** What to do in a group or channel where nothing stands yet, and who can. */
  advice() {
    const { data, page } = this;
    const channel = data.type === "channel";
    const names = page.people.filter((each) => RULING.includes(data.people[each.id])).map((each) => each.name).join(", ");
    const told = (word, ...more) => [h("p", {}, this.say(word, { names })), ...more];
    const button = (word, act) => h("button.primary", { type: "button", onclick: act }, this.say(word));
    if (!this.botInside) {
      const add = () => page.act("bot", this.where({ do: channel ? "promote" : "add" }));
      return this.rules ? told("addHint", button("addBot", add)) : told("askAdmin");
    }
    if (!this.rules) return told("adminChooses");
    if (!channel) return told("emptyGroup");
    const own = page.chat(this.person);
    return told(own.started && !own.blocked ? "emptyChannel" : "channelFirst", button("openOwn", () => page.open(this.person, this.person)));
  }

  messageNode(message) {
    if (message.service) return h("p.service", { "data-id": message.id }, this.serviceText(message.service));
    const mine = message.from === this.person;
    const sender = message.bot ? this.page.person(this.person).bot.name : this.page.person(message.from)?.name ?? this.data.title;
    const replied = message.reply && this.page.parts.get(`message:${this.chat}:${message.reply}`);
    const at = new Date(message.at);
    const bubble = h("div.bubble", {},
      this.data.type !== "private" && !mine ? h("p.sender", {}, sender) : null,
      message.viaBot ? h("p.via", {}, `via @${this.page.bot.username}`) : null,
      replied ? h("button.reply", { type: "button", onclick: () => this.reveal(replied.id) }, h("span", {}, replied.text.slice(0, 60))) : null,
      this.fileNode(message.file),
      h("div.text", { dir: "auto" }, textNodes(message.text, message.entities, this.doing())),
      h("p.meta", {}, this.editable(message) ? h("button.edit", { type: "button", title: this.say("edit"), "aria-label": this.say("edit"), onclick: () => this.composer.edit(message.id) }, icon("pencil")) : null, message.silent ? h("span", { title: this.say("silent"), role: "img", "aria-label": this.say("silent") }, "🔕 ") : null, message.edited ? `${this.say("edited")} ` : "", h("time", { datetime: at.toISOString() }, clock(at, this.language))));
    return h(`article.message${mine ? ".mine" : message.bot ? ".bot" : ".other"}`, { "data-id": message.id, "aria-label": `${sender}, ${clock(at, this.language)}` }, bubble, this.keysNode(message));
  }

  serviceText({ kind, subject, by }) {
    const { name } = this.page.person(this.person).bot;
    return this.say(`service_${kind}`, { subject: subject ?? name, by: by ?? name });
  }

  fileNode(file) {
    if (!file) return null;
    const href = `/file/${encodeURIComponent(file.id)}`;
    if (file.width) return h("img.photo", { src: href, width: file.width, height: file.height, alt: this.say("photo") });
    const size = file.bytes < 1024 ? `${file.bytes} B` : `${(file.bytes / 1024).toFixed(1)} KB`;
    return h("a.file", { href, download: file.name }, h("span.round", {}, icon("save")), h("span", {}, h("strong", {}, file.name), h("small", {}, size)));
  }

  keysNode(message) {
    if (!message.rows.length) return null;
    return h("div.keys", { role: "group", "aria-label": this.say("buttons") }, message.rows.map((row, y) => h("div.keyrow", {}, row.map((key, x) => {
      const mark = key.url ? "out" : key.copy_text ? "copy" : "switch_inline_query" in key || "switch_inline_query_chosen_chat" in key ? "share" : "";
      return h(`button${key.style ? `.${key.style}` : ""}`, {
        type: "button", "data-place": `${y}.${x}`, "data-data": key.callback_data, onclick: (event) => this.press(message, key, event.currentTarget),
      }, key.text, mark ? icon(mark) : null);
    }))));
  }

  // What is tapped

  doing() {
    return {
      language: this.language, now: this.page.now, say: (id) => this.say(id),
      command: (text) => this.page.act("write", this.where({ text, thread: this.thread })),
      link: (url) => this.linked(url),
    };
  }

  /** Where a link leads: an address, or what to do in place of following it. */
  linked(url) {
    const bot = this.page.bot.username.toLowerCase();
    let parsed;
    try { parsed = new URL(url); } catch { return ""; }
    const sites = this.page.parts.get("sites") ?? [];
    if (sites.some((site) => url.startsWith(site))) return `/read?url=${encodeURIComponent(url)}`.replace(/^/, location.origin);
    const path = parsed.pathname.slice(1).toLowerCase();
    const asked = parsed.searchParams;
    if (parsed.hostname === "t.me" && path === bot || parsed.protocol === "tg:" && asked.get("domain")?.toLowerCase() === bot) return () => this.deepLink(asked);
    if (parsed.hostname === "t.me" && path === "share/url") return () => this.shareUrl(asked);
    if (parsed.protocol === "tg:" || parsed.protocol === "ton:") return () => toast(this.say("noApp"));
    return url;
  }

  async deepLink(asked) {
    for (const [name, kinds] of [["startgroup", ["group", "supergroup"]], ["startchannel", ["channel"]]]) {
      if (!asked.has(name)) continue;
      const chat = await this.chooseChat((each) => kinds.includes(each.type) && RULING.includes(each.people[this.person]));
      if (!chat) return;
      await this.page.act("bot", { as: this.person, chat, do: name === "startchannel" || asked.get("admin") ? "promote" : "add" });
      if (name === "startgroup") await this.page.act("write", { as: this.person, chat, text: `/start@${this.page.bot.username} ${asked.get(name)}`.trim() });
      this.page.open(this.person, chat);
      return;
    }
    this.page.open(this.person, this.person);
    await this.page.act("write", { as: this.person, text: `/start ${asked.get("start") ?? ""}`.trim() });
  }

  async shareUrl(asked) {
    const chat = await this.chooseChat((each) => each.type !== "channel" || RULING.includes(each.people[this.person]));
    const text = [asked.get("text"), asked.get("url")].filter(Boolean).join("\n");
    if (chat && await this.page.act("write", { as: this.person, chat, text })) this.page.open(this.person, chat);
  }

  /** One of the person's chats that pass the test, by id, or null. */
  async chooseChat(test) {
    const chats = this.page.person(this.person).chats.map((id) => this.page.chat(id)).filter(test);
    if (!chats.length) { toast(this.say("noChat")); return null; }
    return ask(this.say("chooseChat"), (close) => chats.map((chat) => h("button.choice", { type: "button", onclick: () => close(chat.id) }, this.page.title(this.person, chat))), this.say("cancel"));
  }

  async press(message, key, button) {
    if (key.callback_data) {
      button.classList.add("waiting");
      button.setAttribute("aria-busy", "true");
      const answer = await this.page.act("press", this.where({ message: message.id, data: key.callback_data }));
      button.classList.remove("waiting");
      button.removeAttribute("aria-busy");
      if (answer?.alert) await ask(answer.text, () => [], this.say("ok"));
      else if (answer?.text) toast(answer.text);
      if (answer?.url) this.follow(answer.url);
    } else if (key.url) this.follow(key.url);
    else if (key.copy_text) await this.copy(key.copy_text.text);
    else await this.switchInline(key);
  }

  follow(url) {
    const own = this.linked(url);
    if (typeof own === "function") own();
    else if (/^https?:/i.test(own)) open(own, "_blank", "noopener,noreferrer");
  }

  async copy(text) {
    try { await navigator.clipboard.writeText(text); toast(this.say("copied")); }
    catch { await ask(this.say("copyThis"), () => [h("textarea", { readonly: true, rows: "4" }, text)], this.say("ok")); }
  }

  async switchInline(key) {
    let chat = this.chat;
    let query = key.switch_inline_query_current_chat;
    if (query === undefined) {
      query = key.switch_inline_query ?? key.switch_inline_query_chosen_chat?.query ?? "";
      chat = await this.chooseChat((each) => each.type !== "channel" || RULING.includes(each.people[this.person]));
    }
    if (!chat) return;
    this.page.open(this.person, chat, chat === this.chat ? this.thread : null);
    this.type(`@${this.page.bot.username} ${query}`);
  }
}
