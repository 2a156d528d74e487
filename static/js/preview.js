/* Previews a chosen logo before it is sent, and says why the server would refuse it.
 *
 * A file that is too large is not sent at all: the field is emptied, and the finding that the server would
 * show, which waits in a template, stands beside it.
 * The picture is read into a data: URL, because the content security policy allows no blob: URLs.
 * The server's check decides; this only saves a round trip.
 */

const KINDS = ["image/png", "image/jpeg", "image/webp"];
const SHORTEST_SIDE = 128;
const LONGEST_SIDE = 4096;
const LONGEST_WEBP_SIDE = 2048;
const NO_PICTURE = "We cannot read this file as an image. Choose another one.";

function flawOfFile(file) {
  return KINDS.includes(file.type) ? "" : "Choose a PNG, JPEG or WebP image. Other files are not accepted.";
}

function listBeside(input) {
  const own = document.getElementById(`findings_${input.name}`);
  if (own) {
    return own;
  }
  const list = document.createElement("ul");
  list.className = "findings";
  list.id = `findings_${input.name}`;
  document.getElementById(`help_${input.name}`).after(list);
  return list;
}

/* Shows these findings beside the field, in place of those about another file. */
function blame(input, findings) {
  const list = listBeside(input);
  list.replaceChildren(...findings);
  const wrong = findings.length > 0;
  input.closest(".field").classList.toggle("field-wrong", wrong);
  input.classList.toggle("is-invalid", wrong);
  input.toggleAttribute("aria-invalid", wrong);
  input.setAttribute("aria-describedby", wrong ? `help_${input.name} ${list.id}` : `help_${input.name}`);
  if (wrong) {
    input.setAttribute("aria-invalid", "true");
  }
}

function refuseIfTooLarge(input) {
  const isTooLarge = input.files[0]?.size > Number(input.dataset.largest);
  const waiting = document.querySelector("template[data-too-large]");
  const findings = isTooLarge ? [...waiting.content.cloneNode(true).querySelectorAll("li")] : [];
  for (const finding of findings) {
    Object.assign(finding.dataset, { field: input.name, rule: waiting.dataset.tooLarge, severity: "reject" });
  }
  blame(input, findings);
  if (isTooLarge) {
    input.value = "";
  }
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

/* Loads the picture and calls say with its description, while the file is the chosen one: a large file may
 * be read only after another was chosen. */
function read(file, picture, isChosen, say) {
  const reader = new FileReader();
  const ifChosen = (act) => () => isChosen() && act();
  const describe = () => {
    const { naturalWidth: width, naturalHeight: height } = picture;
    picture.hidden = false;
    say(`New logo, ${width} by ${height} pixels.${flawOfSize(width, height, file.type)}`);
  };
  const draw = () => {
    picture.onload = ifChosen(describe);
    picture.onerror = ifChosen(() => say(NO_PICTURE));
    picture.src = reader.result;
  };
  reader.addEventListener("load", ifChosen(draw));
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
    const say = (text) => (words.textContent = text);
    read(file, picture, () => input.files[0] === file, say);
  }
}

for (const input of document.querySelectorAll("input[data-preview]")) {
  const preview = document.querySelector(input.dataset.preview);
  input.addEventListener("change", () => {
    refuseIfTooLarge(input);
    show(input, preview);
  });
}
