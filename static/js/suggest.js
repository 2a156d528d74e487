/* Applies a suggested value, or adds the addresses of a known client, without leaving the page.
 *
 * button[data-suggestion] holds the value, data-for-field and data-for-index say where it belongs;
 * rows.js keeps the index right as rows come and go. button[data-preset] holds redirect URIs,
 * separated by spaces. What is applied stays visible and can be changed before it is sent.
 * Without this script, or if the page has no field to write to, the buttons save the form.
 */

const PRESET_LIST = "textarea[data-rows][name='redirect_uris']";

const answer = document.createElement("p");
answer.className = "visually-hidden";
answer.setAttribute("role", "status");
document.querySelector("main").append(answer);

function lineFor({ forField: field, forIndex: index }) {
  const rows = document.querySelectorAll(`[data-row-of="${CSS.escape(field)}"]`);
  return index ? rows[Number(index)] : document.querySelector(`input[type="text"][name="${CSS.escape(field)}"]`);
}

function use(button, event) {
  const line = lineFor(button.dataset);
  if (!line) {
    return;
  }
  event.preventDefault();
  line.value = button.dataset.suggestion;
  line.dispatchEvent(new Event("input", { bubbles: true }));
  line.dispatchEvent(new Event("change", { bubbles: true }));
  line.focus();
}

const counted = (number) => (number === 1 ? "1 redirect URI" : `${number} redirect URIs`);

function add(button, event) {
  const list = document.querySelector(PRESET_LIST);
  if (!list) {
    return;
  }
  event.preventDefault();
  const present = new Set(list.value.split(/[\r\n]+/).map((line) => line.trim()));
  const missing = button.dataset.preset.split(/\s+/).filter((uri) => uri && !present.has(uri));
  list.dispatchEvent(new CustomEvent("rows:add", { detail: missing }));
  answer.textContent = missing.length
    ? `Added ${counted(missing.length)}: ${missing.join(", ")}.`
    : "Nothing was added: it is already in the list.";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-suggestion], button[data-preset]");
  if (button) {
    ("preset" in button.dataset ? add : use)(button, event);
  }
});
