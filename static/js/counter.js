/* Says below a text how long it is: one that has limits names them, as [data-least] and [data-most].
 *
 * It counts as the server does: characters without blanks around them, and two for the end of a line.
 */

function lengthOf(text) {
  return [...text.trim().replace(/\n/g, "\r\n")].length;
}

function words(length, { least, most }) {
  if (length < Number(least)) {
    return `${length} characters. At least ${least} are needed.`;
  }
  return length > Number(most) ? `${length} characters. At most ${most} fit.` : `${length} of ${most} characters`;
}

for (const text of document.querySelectorAll("textarea[data-most]")) {
  const count = document.createElement("p");
  count.className = "help text-count";
  text.after(count);
  const tell = () => {
    const length = lengthOf(text.value);
    count.textContent = length ? words(length, text.dataset) : "";
  };
  text.addEventListener("input", tell);
  tell();
}
