/* Moves the focus to the error summary, and from its links to the fields.
 *
 * Without scripting the links work as fragments; this adds the focus, and for lists the row. If the
 * URL's fragment names a field, the focus goes to that field instead of the summary.
 */

const summary = document.querySelector("[data-error-summary]");

const rowOf = (name, index) =>
  document.querySelectorAll(`[data-row-of="${CSS.escape(name)}"]`)[Number(index)];

const target = (link) =>
  (link.dataset.forIndex && rowOf(link.dataset.forField, link.dataset.forIndex)) ||
  document.getElementById(link.hash.slice(1));

function follow(event) {
  const link = event.target.closest("a[href^='#']");
  const field = link && target(link);
  if (!field) {
    return;
  }
  event.preventDefault();
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
}

const named = () =>
  window.location.hash.startsWith("#id_") && document.getElementById(window.location.hash.slice(1));

summary?.addEventListener("click", follow);
document.addEventListener("DOMContentLoaded", () => (named() || summary)?.focus());
