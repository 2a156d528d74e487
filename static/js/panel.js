/* Keeps the panel beside the form true while somebody types: the consent screen, and how far each
 * section is, as the live check counts it. Without this script it shows what was last saved.
 */

const panel = document.querySelector(".form-panel");
const form = document.querySelector("form[data-check-url]");
const consent = panel.querySelector("[data-consent]");
const mark = consent.querySelector("[data-consent-mark]");
const scopes = consent.querySelector("[data-consent-scopes]");
const picked = document.querySelector("#logo_preview img");
const saved = mark.querySelector("img");

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

const typed = (name) => form.elements.namedItem(name).value.trim();

function hostOf(address) {
  return URL.canParse(address) ? new URL(address).hostname : "";
}

function initial(name) {
  const letter = make("span", "consent-initial", [...name].slice(0, 1).join("").toUpperCase());
  letter.setAttribute("aria-hidden", "true");
  return letter;
}

function chosenPicture() {
  const picture = make("img", "consent-logo");
  picture.alt = "";
  picture.src = picked.src;
  return picture;
}

function drawMark() {
  const isRemoved = form.elements.namedItem("remove_logo")?.checked;
  const isChosen = form.elements.namedItem("logo").files.length > 0 && !picked.hidden;
  mark.replaceChildren(
    isChosen ? chosenPicture() : saved && !isRemoved ? saved : initial(typed("client_name")),
  );
}

function drawWords() {
  consent.querySelector("[data-consent-name] strong").textContent = typed("client_name") || "Your product";
  const host = consent.querySelector("[data-consent-host]");
  if (hostOf(typed("client_uri")) !== host.textContent.trim().split(" ")[0]) {
    host.textContent = hostOf(typed("client_uri"));
  }
}

function drawScopes() {
  const items = [...form.querySelectorAll(".scope-option:has([name=scope]:checked)")].map((option) => ({
    name: option.querySelector("[name=scope]").value,
    words: option.querySelector("[data-scope-words]").textContent,
  }));
  items.sort((one, other) => (one.name < other.name ? -1 : 1));
  scopes.replaceChildren(
    ...(items.length
      ? items.map(({ name, words }) => make("li", name.endsWith(":write") ? "consent-writes" : "", words))
      : [make("li", "consent-quiet", "Nothing yet. Choose scopes.")]),
  );
}

form.addEventListener("input", ({ target }) => {
  if (target.name === "scope") {
    drawScopes();
  } else if (target.name === "client_name" || target.name === "client_uri") {
    drawWords();
    drawMark();
  }
});
form.addEventListener("change", ({ target }) => {
  if (target.name === "logo" || target.name === "remove_logo") {
    drawMark();
  }
});
picked.addEventListener("load", drawMark);

let counts = [];
let awaited = [];

/* A count without the problems of which the page says nothing yet. */
function told(count) {
  const copy = count.cloneNode(true);
  const problems = copy.querySelector("[data-problems]");
  const section = document.getElementById(count.dataset.progressOf);
  const untold = awaited.filter(({ dataset }) => section.querySelector(`#help_${CSS.escape(dataset.field)}`));
  const left = Number(problems?.dataset.problems ?? 0) - untold.length;
  if (left > 0) {
    problems.querySelector("strong").textContent = `${left} problem${left === 1 ? "" : "s"}`;
  } else {
    problems?.remove();
  }
  return copy;
}

function drawProgress() {
  for (const count of counts.map(told)) {
    const shown = panel.querySelector(`[data-progress-of="${count.dataset.progressOf}"]`);
    if (shown.textContent !== count.textContent) {
      shown.replaceWith(count);
    }
  }
}

form.addEventListener("findings:shown", ({ detail }) => {
  awaited = detail;
  drawProgress();
});
form.addEventListener("progress", ({ detail: list }) => {
  counts = [...(list?.querySelectorAll("[data-progress-of]") ?? [])];
  drawProgress();
});
