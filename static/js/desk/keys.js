/* Single keys of the desk: what carries data-key is followed, pressed or, with data-key-focus, focused.
 *
 * Nothing is ever decided by a key alone. Keys rest while something is typed, together with Ctrl,
 * Alt or Meta, and until the reader turns them on (WCAG 2.1.4); the choice stays in this browser.
 */

const STORED = "desk-keys";
const help = document.querySelector("[data-keys-help]");
const toggle = help?.querySelector("input");

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage is shut off: the choice holds until the page is left
  }
}

function store(value) {
  try {
    localStorage.setItem(STORED, value);
  } catch {
    // as above
  }
}

const isTyping = (element) =>
  element.matches("input:not([type=radio], [type=checkbox], [type=submit]), textarea, select") ||
  element.isContentEditable;

function press(event) {
  const held = event.ctrlKey || event.altKey || event.metaKey || event.repeat;
  if (held || !toggle.checked || isTyping(event.target)) {
    return;
  }
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not(:disabled)`);
  if (!target) {
    return;
  }
  event.preventDefault();
  if (target.matches("[data-key-focus]")) {
    target.querySelector("input:not(:disabled)")?.focus();
  } else {
    target.click();
  }
}

if (toggle) {
  help.hidden = false;
  toggle.checked = stored() === "on";
  toggle.addEventListener("change", () => store(toggle.checked ? "on" : "off"));
  document.addEventListener("keydown", press);
}
