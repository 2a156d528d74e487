/* Submits a form only once: a second press while waiting for the response does nothing.
 *
 * The server is safe against repeats; this spares people the "somebody else was faster" page.
 * No button is disabled, so that the pressed button's name and value are posted.
 */

function once(event) {
  const form = event.target;
  if (!form.matches("[data-once]")) {
    return;
  }
  if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  form.setAttribute("aria-busy", "true");
}

function rearm() {
  for (const form of document.querySelectorAll("form[data-once][aria-busy]")) {
    form.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", once);
document.addEventListener("keydown", ({ key }) => key === "Escape" && rearm()); // it stops a page that loads
window.addEventListener("pageshow", rearm);
