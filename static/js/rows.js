/* Turns a textarea with one entry a line ([data-rows]) into rows that can be added and removed.
 *
 * The textarea stays in the form and is what is posted; the rows write to it, and update when
 * something else does. The first row takes over the textarea's id, so that its label and the
 * links of the error summary lead there. An error about the whole list is marked there too.
 * Findings about one line appear below its row, in a live region of their own. A row is a textarea of one
 * line, which wraps, so that a long address can be read as a whole.
 *
 * The textarea fires "rows:change" when rows are added or removed. On "rows:add" it adds the lines
 * of the event, on "rows:replace" it puts them in place of a row or of all, and on "rows:mark" it
 * marks its rows again.
 */

/* A pasted list is split at line ends, and within a line where another address begins. Of JSON and
 * of settings, the values of the field's members become rows; bullets, labels, quotation marks and
 * separators are dropped. rules/copied.py reads the same. The person who pastes sees the result. One
 * address alone is left as it is pasted: the live check offers what it was.
 */
const MEMBER = {
  web: /^(?:allowed|authori[sz]ed|client|default|oauth2?|registered|valid|web)*(?:callback|redirect|redirection|reply|return)(?:ur[il])?s?$/,
  mail: /^(?:admin|developer|security|support|technical)*(?:contact|e?mail)(?:e?mail|address|person)?(?:e?s)?$/,
};
/* Names of addresses that belong into other fields, or that the form does not ask for. */
const OTHER =
  /^(?:(?:client|policy|initiation|start|configuration|settings|auth|authori[sz]ation|token|userinfo)ur[il]|(?:homepage|website|privacy(?:policy|statement)?|terms(?:ofservice)?|tos|icon|logo|jwks)(?:ur[il])?|issuer|.*endpoint|.*origins?|.*logout.*)$/;
const BULLET = /^\s*(?:[-*•–]|\d{1,2}[.)])\s+/;
const LABEL = /^\s*(?:export\s+)?["']?([A-Za-z_][\w .()-]{0,40}?)["']?\s{0,3}(?:=>|->|:=|[:=])\s{0,3}/;
const LABEL_OF_ADDRESS = new RegExp(`${LABEL.source}(?=[\\s"'“‘\`<([{]*https?://)`, "i");
const SETTING = /^(?:export\s+)?["']?([A-Za-z_][\w .()-]{0,40}?)["']?\s{0,9}(?:((?:=>|->|:=|=)\s*|:(?:\s+|$))|$)/;
const BESIDE = /^(?:[\s[\]{}(),;|]+|-{3,}|```\w*|(?:#|\/\/\s)(?!.*[/@]).*)$/;
const STRING = /"(?:[^"\\]|\\.)*(?:"|\\?$)|'[^']*(?:'|$)/gs;
const TOKEN =
  /(?:"((?:[^"\\]|\\.)*)(?:"|\\?$)|'([^']*)(?:'|$)|(?<![\w.-])([A-Za-z_][\w.-]*)(?=\s{0,9}[:=]))\s{0,9}(=>|[:=])?/gs;
const OPENING = /[\s"'“”‘’`<[{(]/;
const CLOSING = /[\s"'“”‘’`>\]},;]/;
const NEXT_ADDRESS = /(?<=[\s,;"'“”])(?=https?:\/\/)/i;
const MAILBOX = /(?<![^\s<>"(),;:[\]])[^\s@<>"(),;:[\]]+@[^\s@<>"(),;:[\]]+/g;
const LONGEST_PASTE = 20000; // characters, the most that the server accepts for a list

const folded = (name) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
const isMember = (name, kind) => MEMBER[kind].test(folded(name));
const isOther = (name, kind) =>
  !isMember(name, kind) && [OTHER, ...Object.values(MEMBER)].some((names) => names.test(folded(name)));
const labelOf = (line) => LABEL.exec(line.replace(/^[\s\-*•{[(]*/, ""))?.[1] ?? "";

/* Character by character, because a regular expression would take quadratic time on runs of spaces. */
function unwrapped(text) {
  let start = 0;
  let end = text.length;
  while (start < end && OPENING.test(text[start])) {
    start += 1;
  }
  while (end > start && CLOSING.test(text[end - 1])) {
    end -= 1;
  }
  return text.slice(start, end);
}

const bare = (text) => unwrapped(text.replace(BULLET, "").replace(LABEL_OF_ADDRESS, ""));

/* The email addresses in a line; the line itself if a part of it may be another one. */
function mailboxesIn(line) {
  const hasOther = line.split(/[,;|]/).some((part) => /\w\.\w/.test(part) && !part.includes("@"));
  return (!hasOther && line.match(MAILBOX)) || [line.replace(BULLET, "").trim()];
}

/* Splits a line of several addresses; a line with anything else between them stays whole. */
function parted(line, kind) {
  if (kind === "mail") {
    return mailboxesIn(line);
  }
  const parts = line.replace(BULLET, "").replace(LABEL_OF_ADDRESS, "").split(NEXT_ADDRESS).map(bare).filter(Boolean);
  return parts.length > 1 && parts.every((part) => part.includes("://")) ? parts : [bare(line)];
}

/* Whether a line of a list holds no entry: a bracket, a comment, or the name of the list alone. */
function isBeside(line, kind) {
  const setting = SETTING.exec(line);
  if (!setting || !isMember(setting[1], kind)) {
    return BESIDE.test(line);
  }
  return (setting[2] || /(?:s|uri|url)$/i.test(setting[1])) && !/[^\s[{(|>-]/.test(line.slice(setting[0].length));
}

/* The lines without those beside them; of settings with names, only those with a name of the field. */
function linesWithEntries(lines, kind) {
  let isTheirs = true;
  let isNamed = false;
  const entries = [];
  for (const line of lines) {
    const setting = SETTING.exec(line);
    if (setting) {
      isTheirs = isMember(setting[1], kind) || (isTheirs && !setting[2]);
      isNamed ||= isMember(setting[1], kind);
    }
    if (!isBeside(line, kind)) {
      entries.push({ line, isTheirs });
    }
  }
  return entries.filter((entry) => entry.isTheirs || !isNamed).map((entry) => entry.line);
}

function decoded(text) {
  try {
    return JSON.parse(`"${text}"`);
  } catch {
    return text;
  }
}

/* The texts of a JSON list or object, complete or not: those of the field's members, or all of a list.
 * An entry without quotation marks must not get lost: then there are none.
 */
function textsInJson(text, kind) {
  const json = text.trim();
  const value = json.slice(LABEL.exec(json)?.[0].length ?? 0);
  const isJson = /^[[{"]/.test(value) && (json.includes('"') || (/^[[{]/.test(value) && json.includes("'")));
  if (!isJson || json.includes("](") || /[/@]/.test(json.replace(STRING, ""))) {
    return [];
  }
  const found = [];
  let name = "";
  for (const [, double, single, word, sign] of json.matchAll(TOKEN)) {
    if (word !== undefined || sign) {
      name = double ?? single ?? word;
    } else if ((double ?? single).trim()) {
      found.push({ name, text: double === undefined ? single : decoded(double) });
    }
  }
  const named = found.filter((one) => isMember(one.name, kind));
  const isOnlyOne = json.startsWith('"') && found.length === 1;
  const isList = !isOnlyOne && found.every((one) => !one.name);
  return (named.length || !isList ? named : found).map((one) => one.text.trim());
}

/* What the pasted text is made of, each entry once; none if it is one entry that is to stay as it is. */
function entriesIn(text, kind) {
  const texts = textsInJson(text, kind);
  const lines = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean);
  const isOthers = lines.some((line) => isOther(labelOf(line), kind));
  if (isOthers && !texts.length && !lines.some((line) => isMember(labelOf(line), kind))) {
    return []; // the live check says where it belongs
  }
  const parts = texts.length ? texts : lines.length > 1 ? linesWithEntries(lines, kind) : lines;
  const entries = [...new Set(parts.flatMap((part) => parted(part, kind)).filter(Boolean))];
  return texts.length || lines.length > 1 || entries.length > 1 ? entries : [];
}

const entriesOf = (textarea) => {
  const lines = textarea.value.replace(/\r\n?/g, "\n").split("\n");
  while (lines.length > 1 && !lines[lines.length - 1].trim()) {
    lines.pop();
  }
  return lines;
};

const remarksOn = (name) => {
  const field = CSS.escape(name);
  return [
    ...document.querySelectorAll(
      `[data-field="${field}"][data-index], [data-for-field="${field}"][data-for-index]`,
    ),
  ].filter((element) => !element.closest(".row-entry"));
};

const blamesTheWholeList = (name) =>
  document.querySelector(
    `[data-field="${CSS.escape(name)}"][data-severity="reject"]:not([data-index])`,
  ) !== null;

const placeKey = (element) => ("index" in element.dataset ? "index" : "forIndex");

function renumber(element, place) {
  element.dataset[placeKey(element)] = place;
  for (const line of element.querySelectorAll("[data-line]")) {
    line.textContent = line.textContent.replace(/\d+/, place + 1);
  }
}

function withdraw(element) {
  const item = element.closest("li");
  const list = item?.parentElement;
  item?.remove();
  if (list && !list.children.length) {
    (list.closest("[data-error-summary]") ?? list).hidden = true;
  }
}

/* Messages about single lines elsewhere on the page, each moved and removed together with its row. */
class Remarks {
  constructor(name, inputs) {
    this.tied = remarksOn(name)
      .map((element) => ({ element, input: inputs[Number(element.dataset[placeKey(element)])] }))
      .filter(({ input }) => input);
  }

  follow(inputs) {
    for (const { element, input } of this.tied) {
      const place = inputs.indexOf(input);
      if (place < 0) {
        withdraw(element);
      } else {
        renumber(element, place);
      }
    }
    this.tied = this.tied.filter(({ input }) => inputs.includes(input));
  }
}

/* What a text field would do with line ends: a row is one entry. */
function keepOnOneLine(input) {
  if (/[\r\n]/.test(input.value)) {
    const place = input.value.slice(0, input.selectionEnd).replace(/[\r\n]+/g, "").length;
    input.value = input.value.replace(/[\r\n]+/g, "");
    input.setSelectionRange(place, place);
  }
}

/* Where the style sheet cannot say it: as high as its text. */
function fit(input) {
  if (!CSS.supports("field-sizing", "content")) {
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + 2}px`;
  }
}

class Rows {
  constructor(textarea) {
    this.textarea = textarea;
    this.word = textarea.dataset.rows;
    this.id = textarea.id;
    this.label = textarea.labels[0].textContent.trim();
    this.list = document.createElement("div");
    this.list.className = "rows";
    this.add = this.button(`Add another ${this.word}`, "btn btn-secondary mt-2");
    this.add.addEventListener("click", () => this.append(""));
    textarea.after(this.list, this.add);
    textarea.id = `${this.id}_lines`;
    textarea.tabIndex = -1;
    document.querySelector(`#help_${CSS.escape(textarea.name)} [data-lines-help]`)?.remove();
    textarea.setAttribute("aria-hidden", "true");
    textarea.classList.add("visually-hidden");
    textarea.addEventListener("input", () => this.draw());
    textarea.addEventListener("rows:add", (event) => this.insert(event.detail));
    textarea.addEventListener("rows:replace", (event) => this.replace(event.detail));
    textarea.addEventListener("rows:mark", () => this.mark());
    this.draw();
    this.takeOver();
    this.remarks = new Remarks(textarea.name, this.inputs());
    this.number();
  }

  /* Moves each line's findings from the list above to below its row. */
  takeOver() {
    const inputs = this.inputs();
    for (const item of document.querySelectorAll(`#findings_${CSS.escape(this.textarea.name)} > [data-index]`)) {
      inputs[Number(item.dataset.index)]?.parentElement.querySelector(".findings").append(item);
    }
  }

  button(text, classes) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = classes;
    button.textContent = text;
    return button;
  }

  inputs() {
    return [...this.list.querySelectorAll("[data-row-of]")];
  }

  draw() {
    this.list.replaceChildren(...entriesOf(this.textarea).map((line) => this.row(line)));
    this.number();
  }

  row(line) {
    const row = document.createElement("div");
    const input = document.createElement("textarea");
    const remove = this.button("×", "btn btn-secondary row-remove");
    row.className = "row-entry";
    input.className = "form-control";
    input.rows = 1;
    input.inputMode = this.textarea.inputMode;
    input.autocomplete = "off";
    input.spellcheck = false;
    input.value = line;
    input.dataset.rowOf = this.textarea.name;
    input.addEventListener("input", () => {
      keepOnOneLine(input);
      fit(input);
      this.write();
    });
    input.addEventListener("paste", (event) => this.paste(event, input));
    input.addEventListener("keydown", (event) => this.enter(event, row));
    remove.addEventListener("click", () => this.remove(row));
    row.append(input, remove, this.region());
    return row;
  }

  region() {
    const region = document.createElement("div");
    const list = document.createElement("ul");
    region.className = "live-findings";
    region.setAttribute("aria-live", "polite");
    list.className = "findings";
    region.append(list);
    return region;
  }

  number() {
    const inputs = this.inputs();
    this.remarks?.follow(inputs);
    inputs.forEach((input, place) => {
      const row = input.parentElement;
      fit(input);
      input.id = place ? `${this.id}_${place + 1}` : this.id;
      input.setAttribute("aria-label", `${this.label}, line ${place + 1}`);
      const remove = row.querySelector(".row-remove");
      remove.setAttribute("aria-label", `Remove ${this.word} ${place + 1}`);
      remove.title = `Remove ${this.word} ${place + 1}`;
      row.querySelector(".findings").id = `findings_${this.textarea.name}_${place + 1}`;
      row.querySelectorAll("[data-index], [data-for-index]").forEach((one) => renumber(one, place));
    });
    this.mark();
  }

  mark() {
    const blamed = blamesTheWholeList(this.textarea.name);
    this.inputs().forEach((input, place) => {
      const own = input.parentElement.querySelector(".findings");
      const wrong = own.querySelector("[data-severity=reject]") !== null || (blamed && place === 0);
      input.classList.toggle("is-invalid", wrong);
      input.removeAttribute("aria-invalid");
      if (wrong) {
        input.setAttribute("aria-invalid", "true");
      }
      input.setAttribute("aria-describedby", this.describing(own));
    });
  }

  describing(own) {
    const whole = document.getElementById(`findings_${this.textarea.name}`);
    const lists = [whole, own].filter((list) => list?.children.length);
    return [`help_${this.textarea.name}`, ...lists.map((list) => list.id)].join(" ");
  }

  write() {
    this.textarea.value = this.inputs()
      .map((input) => input.value)
      .join("\n");
  }

  append(line, before = null) {
    const row = this.row(line);
    this.list.insertBefore(row, before);
    this.changed();
    row.querySelector("textarea").focus();
  }

  remove(row) {
    const place = [...this.list.children].indexOf(row);
    row.remove();
    if (!this.list.children.length) {
      this.list.append(this.row(""));
    }
    this.changed();
    this.inputs()[Math.min(place, this.inputs().length - 1)].focus();
  }

  changed() {
    this.write();
    this.number();
    this.textarea.dispatchEvent(new Event("rows:change", { bubbles: true }));
  }

  enter(event, row) {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.append("", row.nextElementSibling);
    }
  }

  paste(event, input) {
    const text = event.clipboardData.getData("text");
    if (text.length > LONGEST_PASTE) {
      return;
    }
    const entries = entriesIn(text, this.textarea.inputMode === "email" ? "mail" : "web");
    if (entries.length > 1 || (entries.length && !input.value.trim())) {
      event.preventDefault();
      this.insert(entries, input).at(-1).querySelector("textarea").focus();
    }
  }

  /* Puts lines in place of a row, or of all rows. */
  replace({ place, lines: [first, ...others] }) {
    const input = this.inputs()[place ?? 0];
    if (place === undefined) {
      this.inputs()
        .slice(1)
        .forEach((one) => one.parentElement.remove());
    }
    input.value = first;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    this.insert(others, input);
    input.focus();
  }

  /* Inserts rows after the given row, by default the last one, or replaces it if it is empty. */
  insert(lines, input = this.inputs().at(-1)) {
    const rows = lines.map((line) => this.row(line));
    if (input.value.trim() || !rows.length) {
      input.parentElement.after(...rows);
    } else {
      input.parentElement.replaceWith(...rows);
    }
    this.changed();
    return rows;
  }
}

for (const textarea of document.querySelectorAll("textarea[data-rows]")) {
  new Rows(textarea);
}
