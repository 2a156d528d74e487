/* Keeps the error summary true while somebody corrects the form: strikes out what the live check finds
 * no more, and takes that back where it returns. What the live check does not see, such as a logo, stays
 * until the form is saved.
 */

const summary = document.querySelector("[data-error-summary]");
const links = [...(summary?.querySelectorAll("a[data-for-field]") ?? [])];
const heading = summary?.querySelector("h2");
const words = heading?.textContent;
const title = document.title;

const boxOf = (name) => document.querySelector(`.field > #help_${CSS.escape(name)}`)?.parentElement;

function isEmpty(box, name) {
  const controls = [...box.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  return controls.every((one) => (one.matches("[type=radio], [type=checkbox]") ? !one.checked : !one.value.trim()));
}

/* In a list, only what is said about the same row counts: elsewhere, places move as options are chosen. */
function isWrong(box, { forField, forIndex }) {
  const isList = box.querySelector("[data-row-of]") !== null;
  return [...box.querySelectorAll("li.finding[data-severity=reject]")].some(
    ({ dataset }) => dataset.field === forField && (!isList || dataset.index === forIndex),
  );
}

const mayBeEmpty = (box) =>
  box.querySelector(":scope > :is(label, legend) > .optional:not(.optional-without-script)") !== null;

function isCorrected(link) {
  const box = boxOf(link.dataset.forField);
  if (!box || isWrong(box, link.dataset)) {
    return false;
  }
  return mayBeEmpty(box) || !isEmpty(box, link.dataset.forField);
}

function mark(link, corrected) {
  const item = link.closest("li");
  if (item && item.classList.contains("corrected") !== corrected) {
    item.classList.toggle("corrected", corrected);
    item.querySelector(".visually-hidden")?.remove();
    if (corrected) {
      const said = document.createElement("span");
      said.className = "visually-hidden";
      said.textContent = " (corrected)";
      item.append(said);
    }
  }
}

function update() {
  links.forEach((link) => mark(link, isCorrected(link)));
  const left = summary.querySelectorAll("li:not(.corrected)").length;
  summary.classList.toggle("all-corrected", left === 0);
  heading.textContent = left ? words : "You have corrected all of these";
  document.title = left ? title : title.replace(/^Error: /, "");
}

if (summary) {
  summary.setAttribute("role", "group"); // an alert would be read from the beginning with every change
  document.addEventListener("findings:shown", update);
}
