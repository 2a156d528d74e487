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

/* A pasted list is split at line ends, and within a line where another address begins; bullets,
 * quotation marks and separators are dropped, and JSON is read. The person who pastes sees the
 * result. One address alone is left as it is pasted: the live check offers what it was.
 */
const BULLET = /^\s*(?:[-*•–]|\d{1,2}[.)])\s+/;
const OPENING = /[\s"'“”‘’`]/;
const CLOSING = /[\s"'“”‘’`,;]/;
const NEXT = {
  web: /(?<=[\s,;"'“”])(?=https?:\/\/)/i,
  mail: /[\s,;]+/,
};
const LONGEST_PASTE = 20000; // characters, the most that the server accepts for a list

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

const bare = (text) => unwrapped(text.replace(BULLET, ""));

/* Splits a line of several addresses; a line with anything else between them stays whole. */
function parted(line, kind) {
  const parts = line.replace(BULLET, "").split(NEXT[kind]).map(bare).filter(Boolean);
  const mark = kind === "mail" ? "@" : "://";
  return parts.length > 1 && parts.every((part) => part.includes(mark)) ? parts : [bare(line)];
}

function entriesIn(text, kind) {
  return text
    .split(/[\r\n]+/)
    .flatMap((line) => parted(line, kind))
    .filter(Boolean);
}

/* The strings in JSON: of an object, those of the member with that name, however deep it is. */
function stringsIn(value, name) {
  if (typeof value === "string") {
    return [value.trim()];
  }
  if (Array.isArray(value)) {
    return value.flatMap((one) => stringsIn(one, name));
  }
  if (value === null || typeof value !== "object") {
    return [];
  }
  const nested = Object.values(value).filter((one) => one !== null && typeof one === "object");
  return name in value ? stringsIn(value[name], name) : nested.flatMap((one) => stringsIn(one, name));
}

/* The entries of a JSON list or object, also without its outer brackets; none if it is neither. */
function entriesInJson(text, name) {
  const json = text.trim().replace(/,$/, "");
  const candidates = /^[[{]/.test(json) ? [json] : [`{${json}}`, `[${json}]`];
  for (const candidate of /^[[{"]/.test(json) ? candidates : []) {
    try {
      const entries = stringsIn(JSON.parse(candidate), name).filter(Boolean);
      return json.startsWith('"') && candidate.startsWith("[") && entries.length === 1 ? [] : entries;
    } catch {
      continue;
    }
  }
  return [];
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
    const inJson = entriesInJson(text, this.textarea.name);
    const inText = entriesIn(text, this.textarea.inputMode === "email" ? "mail" : "web");
    const entries = inJson.length ? inJson : inText;
    if (entries.length > 1 || (inJson.length && !input.value.trim())) {
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
