/* Fills the texts of the connect panel: the chosen redirect URI, and a new verifier, challenge and state.
 *
 * [data-place] says what stands in an element. The secret is never put there: copy.js adds it to what
 * is copied.
 */

const SAFE_IN_SHELL = /^[\w@%+=:,./-]+$/;
const inShell = (text) => (SAFE_IN_SHELL.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`);
const SPELLINGS = {
  "uri-shell": inShell,
  "uri-parameter": (uri) => inShell(`redirect_uri=${uri}`),
  "uri-encoded": encodeURIComponent,
  "uri-json": (uri) => JSON.stringify(uri).slice(1, -1),
};

function put(place, text) {
  for (const element of document.querySelectorAll(`[data-place="${place}"]`)) {
    element.textContent = text;
  }
}

function choose(uri) {
  for (const [place, spell] of Object.entries(SPELLINGS)) {
    put(place, spell(uri));
  }
}

/* Base64url without padding, RFC 7636 appendix A. */
const encoded = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const random = (length) => encoded(crypto.getRandomValues(new Uint8Array(length)));

async function makeValues() {
  const verifier = random(32);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  put("verifier", verifier);
  put("challenge", encoded(new Uint8Array(hash)));
  put("state", random(16));
}

function showWhatScriptsDo() {
  document.querySelectorAll("[data-without-script]").forEach((element) => (element.hidden = true));
  document.querySelectorAll("[data-with-script]").forEach((element) => (element.hidden = false));
}

for (const box of document.querySelectorAll("[data-choose-uri]")) {
  box.hidden = false;
  const select = box.querySelector("select");
  select.addEventListener("change", () => choose(select.selectedOptions[0].text));
}
/* Only pages that came over a safe connection may compute a hash. */
if (crypto.subtle && document.querySelector("[data-snippet]")) {
  await makeValues();
  showWhatScriptsDo();
  document.querySelector("[data-new-pkce]").addEventListener("click", makeValues);
}
