/* Previews a chosen logo before it is sent, and says why the server would refuse it.
 *
 * The picture is read into a data: URL, because the content security policy allows no blob: URLs.
 * The server's check decides; this only saves a round trip.
 */

const KINDS = ["image/png", "image/jpeg", "image/webp"];
const LARGEST = 1024 * 1024;
const SHORTEST_SIDE = 128;
const LONGEST_SIDE = 4096;
const LONGEST_WEBP_SIDE = 2048;
const NO_PICTURE = "We cannot read this file as an image. Choose another one.";

function flawOfFile(file) {
  if (!KINDS.includes(file.type)) {
    return "Choose a PNG, JPEG or WebP image. Other files are not accepted.";
  }
  return file.size > LARGEST ? "This file is larger than 1 MiB. Choose a smaller one." : "";
}

function flawOfSize(width, height, type) {
  if (Math.min(width, height) < SHORTEST_SIDE) {
    return ` This is too small: use at least ${SHORTEST_SIDE} by ${SHORTEST_SIDE} pixels.`;
  }
  if (type === "image/webp" && Math.max(width, height) > LONGEST_WEBP_SIDE) {
    return ` This is too large for a WebP: use at most ${LONGEST_WEBP_SIDE} by ${LONGEST_WEBP_SIDE} pixels, or a PNG.`;
  }
  const isTooLarge = Math.max(width, height) > LONGEST_SIDE;
  return isTooLarge ? ` This is too large: use at most ${LONGEST_SIDE} by ${LONGEST_SIDE} pixels.` : "";
}

/* Loads the picture and calls say with its description; show ignores an outdated file. */
function read(file, picture, say) {
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    picture.onload = () => {
      const { naturalWidth: width, naturalHeight: height } = picture;
      picture.hidden = false;
      say(`New logo, ${width} by ${height} pixels.${flawOfSize(width, height, file.type)}`);
    };
    picture.onerror = () => say(NO_PICTURE);
    picture.src = reader.result;
  });
  reader.readAsDataURL(file);
}

function show(input, preview) {
  const picture = preview.querySelector("img");
  const words = preview.querySelector("[data-preview-words]");
  const file = input.files[0];
  preview.hidden = !file;
  picture.hidden = true;
  words.textContent = file ? flawOfFile(file) : "";
  if (file && !words.textContent) {
    read(file, picture, (text) => {
      if (input.files[0] === file) {
        words.textContent = text;
      }
    });
  }
}

for (const input of document.querySelectorAll("input[data-preview]")) {
  const preview = document.querySelector(input.dataset.preview);
  input.addEventListener("change", () => show(input, preview));
}
