/* The desk's keyboard shortcuts: an element with data-key is clicked or, with data-key-focus, focused.
 *
 * No key alone ever decides anything. Shortcuts are off in text fields, with Ctrl, Alt or Meta, and
 * until the reader turns them on (WCAG 2.1.4); the setting is kept in this browser.
 */

const STORED = "desk-keys";
const help = document.querySelector("[data-keys-help]");
const toggle = help?.querySelector("input");

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage is disabled: the setting lasts until the page is left
  }
}

function store(value) {
  try {
    localStorage.setItem(STORED, value);
  } catch {
    // storage is disabled, as above
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
