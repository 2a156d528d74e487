/* Shows the findings of the live check, as the server renders them, at their fields and rows.
 *
 * A finding that is shown already and still holds is kept, so that a screen reader does not repeat
 * it and a pressed button keeps its place. Empty fields and rows that nobody has touched are left
 * alone. Fires "findings:shown" afterwards, with the findings that it does not show yet.
 */

function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

/* Renumbers the finding for its row on the page: the server does not count empty rows. */
function placed(item, place) {
  item.dataset.index = place;
  for (const button of item.querySelectorAll("[data-for-index]")) {
    button.dataset.forIndex = place;
  }
  for (const line of item.querySelectorAll("[data-line]")) {
    line.textContent = `Line ${place + 1}`;
  }
  return item;
}

const saysTheSame = (one, other) =>
  one.dataset.rule === other.dataset.rule &&
  one.dataset.severity === other.dataset.severity &&
  one.textContent === other.textContent;

/* Makes the list show exactly these findings; focus that would be lost moves to the field. */
function replaceFindings(list, findings, line) {
  const before = new Set(list.children);
  const items = findings.map((finding) => {
    const same = [...before].find((item) => saysTheSame(item, finding));
    before.delete(same);
    return same ?? finding;
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

/* One field of the form: its box, its controls, and the list of findings below its help text. */
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
    (help.nextElementSibling?.matches("details") ? help.nextElementSibling : help).after(region);
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

  /* The page gets copies of the findings, because the originals may be shown again. */
  show(findings) {
    const rows = this.hasRows ? this.rows : [];
    const filled = rows.filter((row) => row.value.trim());
    const about = (row) => findings.filter((item) => filled[item.dataset.index] === row);
    if (!this.isEmpty || this.touched.has(this.box)) {
      const line = this.controls[0].matches("input[type=text]") ? this.controls[0] : null;
      replaceFindings(this.list, about(undefined).map((item) => item.cloneNode(true)), line);
    }
    rows.forEach((row, place) => {
      if (row.value.trim() || this.touched.has(row)) {
        const own = filled.includes(row) ? about(row) : [];
        const items = own.map((item) => placed(item.cloneNode(true), place));
        replaceFindings(row.parentElement.querySelector(".findings"), items, row);
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

/* The boxes for the reason that a finding misses: why Pleo should accept a value, or why a scope is needed. */
function reasonBoxes({ dataset: { rule, field, index, scope } }) {
  if (rule === "S-07") {
    return [document.getElementById(`id_scope-reason-${scope}`)?.parentElement].filter(Boolean);
  }
  const choices = document.querySelectorAll(`.override-choice[data-for-field="${CSS.escape(field)}"]`);
  return rule === "G-06" ? [...choices].filter((choice) => choice.dataset.forIndex === index) : [];
}

/* A missing reason is shown only once its field was left or the server reported it. */
const isAwaited = (finding) =>
  reasonBoxes(finding).some((box) => !("left" in box.dataset) && !box.querySelector("textarea.is-invalid"));

for (const form of document.querySelectorAll("form[data-check-url]")) {
  const fields = [...form.querySelectorAll(".field > .help[id^='help_']")]
    .map((help) => new Field(help))
    .filter((field) => field.isChecked);
  let latest = null;
  const show = () => {
    const awaited = latest?.filter(isAwaited) ?? [];
    const shown = latest?.filter((finding) => !awaited.includes(finding)) ?? [];
    for (const field of latest ? fields : []) {
      field.show(shown.filter((item) => item.dataset.field === field.name));
    }
    form.dispatchEvent(new CustomEvent("findings:shown", { bubbles: true, detail: awaited }));
  };
  form.addEventListener("checked", ({ detail: findings }) => {
    latest = findings;
    show();
  });
  form.addEventListener("focusout", ({ target }) => {
    const box = target.closest(".override-choice, .scope-reason");
    if (box && target.matches("textarea")) {
      box.dataset.left = "";
      show();
    }
  });
}
