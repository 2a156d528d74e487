/* Offers the spelling that a finding suggests as one press.
 *
 * [data-suggestion] holds the words, data-for-field and data-for-index where they belong; rows.js
 * keeps the index right while rows come and go. Whatever is taken over stays in view and can be
 * changed before it is sent.
 */

function place(suggestion) {
  const { forField: field, forIndex: index } = suggestion.dataset;
  const rows = document.querySelectorAll(`[data-row-of="${CSS.escape(field)}"]`);
  return index ? rows[Number(index)] : document.querySelector(`input[type="text"][name="${CSS.escape(field)}"]`);
}

function use(suggestion) {
  const input = place(suggestion);
  if (input) {
    input.value = suggestion.textContent;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  }
}

const takers = [...document.querySelectorAll("[data-suggestion]")].filter(place);

for (const suggestion of takers) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-secondary btn-sm ms-2";
  button.textContent = "Use this";
  button.addEventListener("click", () => use(suggestion));
  suggestion.after(button);
}
