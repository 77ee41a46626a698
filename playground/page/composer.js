// Where one writes: the start button, commands as they are typed, inline results, the keyboard a bot asked for.

import { h, icon } from "./dom.js";

const PAUSE = 250; // ms of silence before an inline query is asked, as Telegram's apps do

export class Composer {
  constructor(pane) {
    this.pane = pane;
    this.chosen = -1;
    this.asked = 0;
    this.input = h("textarea", { rows: "1", maxlength: "4096", autocomplete: "off", enterkeyhint: "send" });
    this.input.oninput = () => this.typed();
    this.input.onkeydown = (event) => this.key(event);
    this.list = h("div.suggestions", { role: "listbox" });
    this.list.id = `list${Math.random().toString(36).slice(2)}`;
    this.list.hidden = true;
    this.input.setAttribute("aria-controls", this.list.id);
    this.commands = h("button.commands", { type: "button", onclick: () => this.type(this.input.value.startsWith("/") ? "" : "/") }, icon("menu"));
    this.inline = h("button.at", { type: "button", onclick: () => this.type(`@${pane.page.bot.username} `) }, "@");
    this.send = h("button.send", { type: "submit" }, icon("send"));
    this.reply = h("div.replying");
    this.keys = h("div.replykeys");
    this.form = h("form", { onsubmit: (event) => { event.preventDefault(); this.submit(); } }, this.commands, this.input, this.inline, this.send);
    this.big = h("button.big", { type: "button" });
    this.element = h("footer", {}, this.list, this.reply, this.form, this.keys, this.big);
    this.element.addEventListener("focusout", (event) => { if (event.relatedTarget && !this.element.contains(event.relatedTarget)) this.close(); });
  }

  get page() { return this.pane.page; }
  say(id, values) { return this.pane.say(id, values); }

  reset() { this.input.value = ""; this.replyTo = null; this.editing = null; this.close(); }

  /** Change a message of one's own that stands in the chat. */
  edit(id) {
    const message = this.page.parts.get(`message:${this.pane.chat}:${id}`);
    if (!message) return;
    this.editing = id;
    this.close();
    this.input.value = message.text;
    this.draw();
    this.grow();
    this.input.focus();
  }

  stopEditing() {
    this.editing = null;
    this.input.value = "";
    this.close();
    this.draw();
    this.grow();
  }

  drawReply() {
    const edited = this.editing && this.page.parts.get(`message:${this.pane.chat}:${this.editing}`);
    if (this.editing && !edited) this.editing = null;
    const about = edited ?? this.replyTo;
    const end = this.pane.atEnd();
    this.reply.hidden = !about;
    this.reply.replaceChildren(...(about ? [
      h("span", {}, edited ? `✎ ${this.say("editing")}: ` : "↩ ", about.text.slice(0, 80)),
      edited ? h("button.quit", { type: "button", title: this.say("cancel"), "aria-label": this.say("cancel"), onclick: () => { this.stopEditing(); this.input.focus(); } }, icon("close")) : "",
    ] : []));
    if (end && !this.pane.atEnd(1)) this.pane.toEnd();
  }

  type(text) {
    this.input.value = text;
    this.input.focus();
    this.typed();
  }

  draw() {
    const { data, rules } = this.pane;
    const begin = data.type === "private" && (!data.started || data.blocked);
    const mute = data.type === "channel" && !rules;
    this.form.hidden = begin || mute;
    this.big.hidden = !begin;
    this.big.textContent = this.say(data.blocked ? "restart" : "start");
    this.big.onclick = () => (data.blocked ? this.page.act("block", this.pane.where({ on: false })) : this.page.act("write", this.pane.where({ text: "/start" })));
    for (const [button, word] of [[this.commands, "commands"], [this.inline, "inline"], [this.send, "send"]]) { button.setAttribute("aria-label", this.say(word)); button.title = this.say(word); }
    this.list.setAttribute("aria-label", this.say("suggestions"));
    this.commands.hidden = !this.page.commands(this.pane.person, this.pane.chat).length;
    const newest = this.page.messages(this.pane.chat).findLast((each) => each.bot && Object.keys(each.markup).length && this.pane.inThread(each));
    const markup = newest?.markup ?? {};
    const answered = newest && this.page.messages(this.pane.chat).some((each) => each.from === this.pane.person && each.id > newest.id);
    this.replyTo = markup.force_reply && !answered ? newest : null;
    this.drawReply();
    const hint = (!answered && markup.input_field_placeholder) || this.say("write");
    this.input.placeholder = hint;
    this.input.setAttribute("aria-label", hint);
    const shown = markup.keyboard && !(markup.one_time_keyboard && answered) && !begin ? markup.keyboard : [];
    this.keys.hidden = !shown.length;
    this.keys.replaceChildren(...shown.map((row) => h("div.keyrow", {}, row.map((key) => h("button", { type: "button", onclick: () => this.tap(key) }, key.text)))));
  }

  async tap(key) {
    const wanted = key.request_chat;
    if (!wanted) { await this.page.act("write", this.pane.where({ text: key.text })); return; }
    const chat = await this.pane.chooseChat((each) => (each.type === "channel") === wanted.chat_is_channel && each.type !== "private"
      && ["creator", "administrator"].includes(each.people[this.pane.person]) && (wanted.chat_is_forum === undefined || each.forum === wanted.chat_is_forum));
    if (chat) await this.page.act("share", { as: this.pane.person, chat, request: wanted.request_id, bot: Boolean(wanted.bot_is_member || wanted.bot_administrator_rights) });
  }

  async submit() {
    const text = this.input.value.trim();
    if (this.chosen >= 0) { this.take(this.chosen); return; }
    if (!text) return;
    if (this.editing) {
      if (await this.page.act("edit", this.pane.where({ message: this.editing, text }))) this.stopEditing();
      return;
    }
    const reply = this.replyTo?.id;
    this.input.value = "";
    this.close();
    this.grow();
    if (!await this.page.act("write", this.pane.where({ text, thread: this.pane.thread, reply }))) this.input.value ||= text;
  }

  // Suggestions: commands that begin so, or inline results

  typed() {
    this.grow();
    const text = this.input.value;
    const name = `@${this.page.bot.username} `;
    clearTimeout(this.timer);
    if (/^\/\w*$/.test(text)) {
      const found = this.page.commands(this.pane.person, this.pane.chat).filter((each) => `/${each.command}`.startsWith(text.toLowerCase()));
      this.offer(found.map((each) => ({ title: `/${each.command}`, description: each.description, take: () => this.command(each.command) })));
    } else if (text.toLowerCase().startsWith(name.toLowerCase())) {
      this.timer = setTimeout(() => this.query(text.slice(name.length)), PAUSE);
    } else this.close();
  }

  async command(name) {
    this.input.value = "";
    this.close();
    const named = this.pane.data.type === "private" ? "" : `@${this.page.bot.username}`;
    await this.page.act("write", this.pane.where({ text: `/${name}${named}`, thread: this.pane.thread }));
  }

  async query(text, offset = "", before = []) {
    const mine = ++this.asked;
    const answer = await this.page.act("inline", { as: this.pane.person, text, offset });
    if (!answer || mine !== this.asked) return;
    const results = [...before, ...answer.results.map((each, n) => ({ ...each, take: () => this.pick(before.length + n) }))];
    const top = answer.button ? [{ title: answer.button.text, description: "", take: () => this.startBy(answer.button.start_parameter) }] : [];
    const more = answer.next ? [{ title: this.say("moreResults"), description: "", take: () => this.query(text, answer.next, results) }] : [];
    this.offer([...(offset ? [] : top), ...results, ...more], results.length ? "" : this.say("noResults"));
  }

  async pick(number) {
    this.input.value = "";
    this.close();
    await this.page.act("pick", this.pane.where({ number }));
  }

  async startBy(payload) {
    this.input.value = "";
    this.close();
    this.page.open(this.pane.person, this.pane.person);
    await this.page.act("write", { as: this.pane.person, text: `/start ${payload ?? ""}`.trim() });
  }

  offer(options, none = "") {
    this.options = options;
    this.chosen = -1;
    this.list.hidden = !options.length && !none;
    this.list.replaceChildren(...options.map((each, n) => h("div.option", {
      role: "option", id: `${this.list.id}-${n}`, "aria-selected": "false", onpointerdown: (event) => event.preventDefault(), onclick: () => this.take(n),
    }, h("strong", {}, each.title), h("span", {}, each.description))), none ? h("p", {}, none) : "");
    this.list.scrollTop = 0;
  }

  take(number) { this.options[number]?.take(); this.input.focus(); }

  close() {
    this.asked++;
    this.options = [];
    this.chosen = -1;
    this.list.hidden = true;
    this.input.removeAttribute("aria-activedescendant");

  }

  key(event) {
    if (event.isComposing) return; // Vietnamese is being typed
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); this.submit(); return; }
    if (event.key === "Escape") { if (this.list.hidden && this.editing) this.stopEditing(); else this.close(); return; }
    if (event.key === "ArrowUp" && !this.input.value) {
      const mine = this.page.messages(this.pane.chat).findLast((each) => this.pane.inThread(each) && this.pane.editable(each));
      if (mine) { event.preventDefault(); this.edit(mine.id); return; }
    }
    if (this.list.hidden || !this.options.length || !/^Arrow(Up|Down)$/.test(event.key)) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    this.chosen = (this.chosen + step + this.options.length + (this.chosen < 0 && step < 0 ? 1 : 0)) % this.options.length;
    [...this.list.querySelectorAll(".option")].forEach((each, n) => each.setAttribute("aria-selected", String(n === this.chosen)));
    const option = document.getElementById(`${this.list.id}-${this.chosen}`);
    option?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 140)}px`;
  }
}
