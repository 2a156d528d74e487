/* Keeps "6 days left" true while a page stays open: [data-until] holds when it is over.
 *
 * Without this script the words are those of the moment at which the page was loaded.
 */

const UNITS = [["days", 86400], ["hours", 3600], ["minutes", 60]];
const EVERY = 20_000; // milliseconds

function left(seconds) {
  for (const [unit, length] of UNITS) {
    if (seconds >= 2 * length) return `${Math.floor(seconds / length)} ${unit} left`;
  }
  return seconds > 0 ? "ends in a moment" : "ended";
}

function refresh() {
  for (const element of document.querySelectorAll("[data-until]")) {
    element.textContent = left((new Date(element.dataset.until) - Date.now()) / 1000);
  }
}

window.setInterval(refresh, EVERY);
