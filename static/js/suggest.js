/* Applies a suggested value, or adds entries to a list, without leaving the page.
 *
 * button[data-suggestion] holds the value, or several, one a line; data-for-field and data-for-index
 * say where they belong; without an index they replace the whole list. rows.js keeps the index right
 * as rows come and go. button[data-preset] holds entries of the list data-for-list, separated by
 * spaces. What is applied stays visible and can be changed before it is sent.
 * Without this script, or if the page has no field to write to, the buttons save the form.
 */

const answer = document.createElement("p");
answer.className = "visually-hidden";
answer.setAttribute("role", "status");
document.querySelector("main").append(answer);

function use(button, event) {
  const { suggestion, forField, forIndex } = button.dataset;
  const field = CSS.escape(forField);
  const rows = document.querySelectorAll(`[data-row-of="${field}"]`);
  const place = forIndex === undefined ? undefined : Number(forIndex);
  const line = document.querySelector(`input[type="text"][name="${field}"]`);
  if (rows[place ?? 0]) {
    event.preventDefault();
    const list = document.querySelector(`textarea[data-rows][name="${field}"]`);
    const detail = { place, lines: suggestion.split("\n") };
    list.dispatchEvent(new CustomEvent("rows:replace", { detail }));
  } else if (line) {
    event.preventDefault();
    line.value = suggestion;
    line.dispatchEvent(new Event("input", { bubbles: true }));
    line.dispatchEvent(new Event("change", { bubbles: true }));
    line.focus();
  }
}

const listOf = (button) => document.querySelector(`textarea[data-rows][name="${button.dataset.forList}"]`);
const entriesIn = (list) => list.value.split(/[\r\n]+/).map((line) => line.trim());
const counted = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

function add(button, event) {
  const list = listOf(button);
  if (!list) {
    return;
  }
  event.preventDefault();
  const present = new Set(entriesIn(list));
  const missing = button.dataset.preset.split(/\s+/).filter((entry) => entry && !present.has(entry));
  list.dispatchEvent(new CustomEvent("rows:add", { detail: missing }));
  answer.textContent = missing.length
    ? `Added ${counted(missing.length, list.dataset.rows)}: ${missing.join(", ")}.`
    : "Nothing was added: it is already in the list.";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-suggestion], button[data-preset]");
  if (button) {
    ("preset" in button.dataset ? add : use)(button, event);
  }
});
