/* Shows the answers of the live check beside their fields and rows, as the server would have.
 *
 * What is shown already and still true stays as it is, so that a screen reader does not hear it
 * again and a pressed button keeps its place. A field or row that is empty and that nobody has
 * touched is left alone. The server counts rows without the empty ones, as it keeps them. Messages
 * quote what was typed: they become text, never markup.
 */

function element(name, className, ...content) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...content);
  return made;
}

/* What stands between two backticks is code; a backtick without a partner stays one. */
function codeSpans(text) {
  const pieces = text.split("`");
  if (pieces.length % 2 === 0) {
    pieces.push(pieces.splice(-2).join("`"));
  }
  return pieces.map((piece, place) => (place % 2 && piece ? element("code", "", piece) : piece));
}

function ruleLink({ rule, href }) {
  const link = element("a", "rule-link", `Why? Rule ${rule}`);
  link.append(element("span", "visually-hidden", " in plain words (opens in a new tab)"));
  link.href = href;
  link.target = "_blank";
  link.rel = "noopener";
  return link;
}

function suggestionOf({ rule, field, index, suggestion }, pressable) {
  const code = element("code", "", suggestion);
  if (!pressable) {
    return element("span", "suggestion", "Write: ", code);
  }
  const button = element("button", "suggestion-apply", "Use ", code);
  button.type = "button";
  button.dataset.suggestion = suggestion;
  button.dataset.forField = field;
  if (index !== null) {
    button.dataset.forIndex = index;
  }
  return element("span", "suggestion", button);
}

function itemOf(finding, isLine, pressable) {
  const { rule, severity, field, index, message, suggestion, href } = finding;
  const word = element("span", "visually-hidden", severity === "reject" ? "Error:" : "Note:");
  const item = element("li", `finding finding-${severity}`, word, " ");
  Object.assign(item.dataset, { field, rule, severity });
  if (index !== null) {
    item.dataset.index = index;
  }
  if (isLine) {
    const line = element("span", "", `Line ${index + 1}`);
    line.dataset.line = "";
    item.append(line, ": ");
  }
  item.append(...codeSpans(message), " ");
  if (suggestion) {
    item.append(suggestionOf(finding, pressable), " ");
  }
  if (href) {
    item.append(ruleLink(finding));
  }
  return item;
}

const plain = (text) => text.replaceAll("`", "");

const offered = (item, pressable) =>
  item.querySelector(pressable ? "button.suggestion-apply code" : ".suggestion code")?.textContent ?? null;

const says = (item, finding, pressable) =>
  item.dataset.rule === finding.rule &&
  item.dataset.severity === finding.severity &&
  plain(item.textContent).includes(plain(finding.message)) &&
  offered(item, pressable) === finding.suggestion;

/* Makes the list say these findings and nothing else; focus that would be lost goes to the line. */
function tell(list, findings, { line = null, isLine = false }) {
  const before = new Set(list.children);
  const items = findings.map((finding) => {
    const same = [...before].find((item) => says(item, finding, line !== null));
    before.delete(same);
    return same ?? itemOf(finding, isLine, line !== null);
  });
  const focused = [...before].some((item) => item.contains(document.activeElement));
  before.forEach((item) => item.remove());
  items.forEach((item, place) => {
    if (list.children[place] !== item) {
      list.insertBefore(item, list.children[place] ?? null);
    }
  });
  if (focused) {
    line?.focus();
  }
}

function tie(control, id, tied) {
  const ids = new Set((control.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean));
  ids[tied ? "add" : "delete"](id);
  control.setAttribute("aria-describedby", [...ids].join(" "));
  if (!ids.size) {
    control.removeAttribute("aria-describedby");
  }
}

function blame(control, wrong) {
  control.removeAttribute("aria-invalid");
  if (wrong) {
    control.setAttribute("aria-invalid", "true");
  }
}

/* One field of the form: its box, its controls, and the list that stands below its help. */
class Field {
  constructor(help) {
    this.name = help.id.slice("help_".length);
    this.box = help.parentElement;
    this.controls = [...this.box.querySelectorAll(`[name="${CSS.escape(this.name)}"]`)];
    this.hasRows = Boolean(this.controls[0]?.matches("textarea[data-rows]"));
    this.touched = new WeakSet();
    this.list = this.liveList(help);
    this.box.addEventListener("input", (event) => this.touched.add(event.target).add(this.box));
    this.box.addEventListener("rows:change", () => this.touched.add(this.box));
  }

  get isChecked() {
    return this.controls.length > 0 && this.controls[0].type !== "file";
  }

  liveList(help) {
    const id = `findings_${this.name}`;
    const list = document.getElementById(id) ?? element("ul", "findings");
    const region = element("div", "live-findings");
    region.setAttribute("aria-live", "polite");
    list.id = id;
    help.after(region);
    region.append(list);
    return list;
  }

  get rows() {
    return [...this.box.querySelectorAll(`[data-row-of="${CSS.escape(this.name)}"]`)];
  }

  get isEmpty() {
    if (this.hasRows) {
      return this.rows.every((row) => !row.value.trim());
    }
    return this.controls.every((one) => (one.matches("[type=radio], [type=checkbox]") ? !one.checked : !one.value));
  }

  show(findings) {
    const rows = this.hasRows ? this.rows : [];
    const filled = rows.filter((row) => row.value.trim());
    const aboutAll = findings.filter(({ index }) => index === null || index >= filled.length);
    const isOneLine = this.controls[0].matches("input[type=text]");
    if (!this.isEmpty || this.touched.has(this.box)) {
      tell(this.list, aboutAll, { line: isOneLine ? this.controls[0] : null });
    }
    rows.forEach((row, place) => {
      if (row.value.trim() || this.touched.has(row)) {
        const own = findings.filter(({ index }) => index === filled.indexOf(row));
        const about = own.map((finding) => ({ ...finding, index: place }));
        tell(row.parentElement.querySelector(".findings"), about, { line: row, isLine: true });
      }
    });
    this.mark();
  }

  mark() {
    const said = this.list.children.length > 0;
    const wrong = this.box.querySelector("li.finding[data-severity=reject]") !== null;
    this.box.classList.toggle("field-wrong", wrong);
    if (this.hasRows) {
      this.controls[0].dispatchEvent(new Event("rows:mark"));
      return;
    }
    if (this.box.matches("fieldset")) {
      tie(this.box, this.list.id, said);
    }
    for (const control of this.controls) {
      blame(control, wrong);
      tie(control, this.list.id, this.box.matches("fieldset") ? wrong : said);
      control.classList.toggle("is-invalid", wrong && !this.box.matches("fieldset"));
    }
  }
}

/* A reason is missed once its field was left, or by the server: not while somebody comes to it. */
const isAwaited = ({ rule, field, index }) =>
  rule === "G-06" &&
  [...document.querySelectorAll(`.question[data-for-field="${CSS.escape(field)}"]`)].some(
    (question) =>
      (question.dataset.forIndex ?? "") === String(index ?? "") &&
      !("left" in question.dataset) &&
      !question.querySelector("textarea.is-invalid"),
  );

for (const form of document.querySelectorAll("form[data-check-url]")) {
  const fields = [...form.querySelectorAll(".field > .help[id^='help_']")]
    .map((help) => new Field(help))
    .filter((field) => field.isChecked);
  let latest = null;
  const show = () => {
    const told = latest?.filter((finding) => !isAwaited(finding)) ?? [];
    for (const field of latest ? fields : []) {
      field.show(told.filter((finding) => finding.field === field.name));
    }
  };
  form.addEventListener("checked", ({ detail: findings }) => {
    latest = findings;
    show();
  });
  form.addEventListener("focusout", ({ target }) => {
    if (target.matches(".question textarea")) {
      target.closest(".question").dataset.left = "";
      show();
    }
  });
}
