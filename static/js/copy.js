/* Copy buttons: [data-copy] holds the selector of the element whose text is copied. Download buttons make a
 * file of it: [data-download] holds the selector, [data-download-name] the name of the file.
 *
 * The buttons are hidden in the page and shown here, because they need this script. The result is
 * put in the live region [data-copy-answer], so that screen readers announce it, and shown on the
 * button, which keeps its size. Where the browser refuses, the text is selected, to be copied by key.
 */

const SHOWN_FOR = 3000; // milliseconds
const answer = document.querySelector("[data-copy-answer]");

function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

let selected = null;

function say(text) {
  if (answer) {
    answer.textContent = text;
  }
}

/* The texts to copy have a place for the secret. It is filled in a copy that is never in the page, and
 * only while the secret is.
 */
function textOf(source) {
  const filled = source.cloneNode(true);
  const secret = document.querySelector("[data-secret]")?.textContent.trim();
  for (const place of filled.querySelectorAll("[data-place=secret]")) {
    place.textContent = secret || place.textContent;
  }
  return filled.textContent.trim();
}

function answerOn(button, text) {
  button.querySelector(".copy-answer").textContent = text;
  button.dataset.copied = "";
  window.setTimeout(() => delete button.dataset.copied, SHOWN_FOR);
}

/* A copy by key of what was selected here gets the whole text as well, not the place for the secret. */
function copyByKey(event) {
  if (selected?.isConnected && window.getSelection().toString().trim() === selected.textContent.trim()) {
    event.clipboardData.setData("text/plain", textOf(selected));
    event.preventDefault();
  }
}

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  const what = button.dataset.copyName || "Text";
  if (!source || !source.textContent) {
    say(`${what} is no longer on this page.`);
    return;
  }
  try {
    await navigator.clipboard.writeText(textOf(source));
    answerOn(button, "Copied");
    say(`${what} copied.`);
  } catch {
    select(source);
    selected = source;
    answerOn(button, "Press Ctrl+C");
    say(`${what} is not copied yet. It is selected: press Ctrl+C or ⌘C to copy it.`);
  }
}

/* The file is made from what the page shows, so that the secret is in no other response. */
function download(button) {
  const source = document.querySelector(button.dataset.download);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${textOf(source)}\n`], { type: "application/octet-stream" }));
  link.download = button.dataset.downloadName;
  link.click();
  URL.revokeObjectURL(link.href);
  say(`${button.dataset.downloadName} downloaded.`);
}

document.addEventListener("copy", copyByKey);
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
for (const button of document.querySelectorAll("button[data-download]")) {
  button.hidden = false;
  button.addEventListener("click", () => download(button));
}
