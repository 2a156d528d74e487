/* Removes a revealed secret from the page when the page is left, or on request.
 *
 * A browser may keep a page in memory for its Back button. The secret must not be in it: it is
 * wiped before the page is stored, and a page restored from memory is reloaded.
 */

function wipe() {
  for (const element of document.querySelectorAll("[data-secret]")) {
    element.textContent = "";
  }
  window.getSelection()?.removeAllRanges();
}

function hide(button) {
  wipe();
  button.disabled = true;
  button.textContent = "Hidden";
}

window.addEventListener("pagehide", wipe);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    wipe();
    window.location.reload();
  }
});

for (const button of document.querySelectorAll("button[data-hide-secret]")) {
  button.hidden = false;
  button.addEventListener("click", () => hide(button));
}
