// Asks the browser for a passkey and sends its answer with the form. A form says what it needs in data-passkey
// (create or get), and where the options are: in an element (data-passkey-options) or at an address
// (data-passkey-from), which gives a new challenge each time.

const UNSUPPORTED = "This browser does not support passkeys. Update it, or use another one.";
const CANCELLED = "No passkey was used. Try again.";
const REFUSED = "The server did not answer. Try again in a minute.";

const optionsOf = async (form) => {
  const { passkeyOptions, passkeyFrom } = form.dataset;
  if (passkeyOptions) return JSON.parse(document.getElementById(passkeyOptions).textContent);
  const answer = await fetch(passkeyFrom, { headers: { Accept: "application/json" } });
  return answer.ok ? (await answer.json()).request_options : null;
};

const ask = async (kind, { publicKey }) =>
  kind === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });

const use = async (form, say) => {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return say(UNSUPPORTED);
  try {
    const options = await optionsOf(form);
    if (!options) return say(REFUSED);
    const credential = await ask(form.dataset.passkey, options);
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    say(CANCELLED);
  }
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const problem = form.querySelector("[data-passkey-problem]");
  const say = (text) => {
    problem.textContent = text;
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    say("");
    use(form, say);
  });
}
