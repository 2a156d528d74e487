/* Shows a chosen logo before it is sent.
 *
 * The picture is read into a data: address, because the page's policy allows no blob: ones.
 * What counts is the server's check; this only spares a round trip.
 */

const KINDS = ["image/png", "image/jpeg", "image/webp"];
const LARGEST = 1024 * 1024;

function problem(file) {
  if (!KINDS.includes(file.type)) {
    return "Choose a PNG, JPEG or WebP picture.";
  }
  return file.size > LARGEST ? "This file is larger than 1 MiB." : "";
}

function show(input, preview) {
  const picture = preview.querySelector("img");
  const words = preview.querySelector("[data-preview-words]");
  const file = input.files[0];
  preview.hidden = !file;
  picture.hidden = true;
  if (!file) {
    return;
  }
  words.textContent = problem(file);
  if (words.textContent) {
    return;
  }
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    picture.src = reader.result;
    picture.hidden = false;
  });
  reader.readAsDataURL(file);
  picture.addEventListener(
    "load",
    () => {
      words.textContent = `New logo, ${picture.naturalWidth} by ${picture.naturalHeight} pixels.`;
    },
    { once: true },
  );
}

for (const input of document.querySelectorAll("input[data-preview]")) {
  const preview = document.querySelector(input.dataset.preview);
  input.addEventListener("change", () => show(input, preview));
}
