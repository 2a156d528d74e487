/* Takes over the spelling that a finding suggests without leaving the page.
 *
 * A button's data-suggestion holds the words, data-for-field and data-for-index where they belong;
 * rows.js keeps the index right while rows come and go. Whatever is taken over stays in view and
 * can be changed before it is sent. Without this script the button saves the form.
 */

function place(suggestion) {
  const { forField: field, forIndex: index } = suggestion.dataset;
  const rows = document.querySelectorAll(`[data-row-of="${CSS.escape(field)}"]`);
  return index ? rows[Number(index)] : document.querySelector(`input[type="text"][name="${CSS.escape(field)}"]`);
}

function use(event) {
  const suggestion = event.currentTarget;
  const input = place(suggestion);
  if (input) {
    event.preventDefault();
    input.value = suggestion.dataset.suggestion;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  }
}

for (const suggestion of document.querySelectorAll("button[data-suggestion]")) {
  suggestion.addEventListener("click", use);
}
