/* Saves the form while somebody types, says so in #saved, and warns before unsaved text is left.
 *
 * The whole form is sent, except files, two seconds after the last key and when the page is hidden or
 * left. One request runs at a time; what was typed meanwhile is sent after it. The server refuses a text
 * that is older than the stored one (409); then the page shows what changed and leaves the rest to a press
 * on Save. A text whose answer got lost is sent again as it was: the server knows what it has stored.
 */

const PAUSE = 2000; // milliseconds without a key before the form is saved
const PATIENCE = 1000; // milliseconds after which the page says that it is saving
const HOLD = 5000; // milliseconds that a press on Save waits for a request that runs, and typing for Save
const RETRIES = [5, 10, 20, 40, 60]; // seconds between attempts
const LONGEST_KEPT_ALIVE = 60000; // bytes; browsers send at most 64 KiB of a page that is gone

const APART = new Set(["csrfmiddlewaretoken", "draft_version", "start_key", "organisation"]);
const UNREACHED = "We cannot reach the portal. We will try again.";
const REASONS = {
  404: "We cannot find this registration. You may have signed in with another account.",
  413: "The text is too long.",
};

/* Lines end as in a form that is pressed to be sent, or the server would take the same text for another. */
function fields(form, isSent) {
  const sent = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== "remove_logo" && isSent(name)) {
      sent.append(name, value.replace(/\r\n?|\n/g, "\r\n"));
    }
  }
  return sent.toString();
}

const textOf = (form) => fields(form, (name) => !APART.has(name));
const restOf = (form) => fields(form, (name) => APART.has(name));

/* A chosen file and a ticked "Remove this logo" wait for a press on Save. */
const hasLogoChange = (form) =>
  Boolean(form.querySelector("[name=logo]")?.files?.length || form.querySelector("[name=remove_logo]:checked"));

const clock = (time) =>
  new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

const fragment = (html) => new DOMParser().parseFromString(html, "text/html").body.firstElementChild;

function link(address, text) {
  const made = document.createElement("a");
  made.href = address;
  made.textContent = text;
  return made;
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.status = document.getElementById("saved");
    this.saved = form.dataset.autosave === "saved" ? textOf(form) : null;
    this.isStopped = form.dataset.autosave === "clash";
    this.isLeaving = false;
    this.unanswered = null;
    this.refused = null;
    this.notice = null;
    this.attempts = 0;
    this.quietUntil = 0;
    form.autocomplete = "off"; // or Back would put older text over what is stored
    for (const name of ["input", "change", "rows:change"]) {
      form.addEventListener(name, () => (this.isLeaving ? this.doubt() : this.soon(PAUSE)));
    }
    form.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.stay());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.save() : this.tryAgain()));
    window.addEventListener("focus", () => this.tryAgain());
    window.addEventListener("pagehide", () => this.save());
    window.addEventListener("pageshow", (event) => event.persisted && this.comeBack());
    if (!this.isStopped) {
      this.say("The draft is saved while you type.");
    }
    window.addEventListener("beforeunload", (event) => this.warn(event));
    if (this.saved === null) {
      this.soon(PAUSE);
    }
  }

  get isDirty() {
    return textOf(this.form) !== this.saved;
  }

  /* A new form is saved once it has the client's name, or two other fields. */
  get isWorthSaving() {
    const controls = [...this.form.querySelectorAll("input[type=text][name], textarea[name]")];
    const filled = controls.filter((control) => control.value.trim());
    const isNew = this.form.querySelector("[name=start_key]") !== null;
    return !isNew || filled.length > 1 || filled[0]?.name === "client_name";
  }

  say(text) {
    if (this.status.textContent !== text) {
      this.status.textContent = text;
    }
  }

  soon(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), Math.max(pause, this.quietUntil - Date.now()));
  }

  wait(seconds) {
    this.quietUntil = Date.now() + seconds * 1000;
    this.soon(0);
  }

  /* Somebody is back, perhaps from signing in. */
  tryAgain() {
    if (this.attempts) {
      this.quietUntil = 0;
    }
    this.refused = null;
    this.save();
  }

  save() {
    if (this.sending || this.isStopped || this.isLeaving) {
      return;
    }
    clearTimeout(this.timer);
    if (Date.now() < this.quietUntil) {
      this.soon(0);
    } else if (this.isDirty && this.isWorthSaving && textOf(this.form) !== this.refused) {
      this.sending = this.send().finally(() => this.settle());
    }
  }

  settle() {
    this.sending = null;
    if (this.isDirty) {
      this.soon(PAUSE);
    }
  }

  async send() {
    const text = this.unanswered ?? textOf(this.form);
    const saving = setTimeout(() => this.say("Saving…"), PATIENCE);
    this.unanswered = text;
    this.request = new AbortController();
    try {
      const response = await this.post(`${text}&${restOf(this.form)}`);
      const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
      await this.take(response, isJson ? await response.json() : {}, text);
    } catch {
      this.retry(UNREACHED);
    } finally {
      clearTimeout(saving);
    }
  }

  post(body) {
    return fetch(this.form.getAttribute("action"), {
      method: "POST",
      body,
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
      keepalive: body.length < LONGEST_KEPT_ALIVE,
      signal: this.request.signal,
    });
  }

  async take(response, answer, text) {
    if (response.status >= 500 || (response.ok && !answer.draft_version)) {
      this.retry(UNREACHED);
      return;
    }
    this.unanswered = null;
    if (response.ok) {
      this.keep(answer, text);
    } else if (response.status === 409) {
      this.clash(answer);
    } else if (response.status === 401) {
      this.signedOut(answer);
    } else if (response.status === 429) {
      this.say(`Not saved yet: ${answer.reason} We will try again.`);
      this.wait(Number(response.headers.get("Retry-After")) || RETRIES.at(-1));
    } else if (answer.csrf_token && !this.hasNewToken) {
      this.hasNewToken = true;
      this.useToken(answer.csrf_token);
      await this.send();
    } else {
      this.refused = text;
      this.say(`Not saved: ${answer.reason ?? REASONS[response.status] ?? UNREACHED}`);
    }
  }

  keep(answer, text) {
    this.saved = text;
    this.attempts = 0;
    this.hasNewToken = false;
    this.form.querySelector("[name=draft_version]").value = answer.draft_version;
    this.moveTo(answer.location);
    this.show(null);
    this.say(this.isDirty ? "Saving…" : `Saved ${clock(answer.saved_at)}`);
  }

  /* After the first save, the page is the one of the registration. Its organisation is fixed. */
  moveTo(location) {
    if (!location) {
      return;
    }
    const organisation = this.form.querySelector("[name=organisation]");
    this.form.setAttribute("action", location);
    this.form.dataset.registration = location.split("/").at(-3);
    this.form.querySelector("[name=start_key]")?.remove();
    if (organisation) {
      organisation.disabled = true;
    }
    window.history.replaceState(window.history.state, "", location + window.location.hash);
  }

  /* The version stays the one that the page was about: a press on Save is answered with both texts. */
  clash(answer) {
    this.isStopped = true;
    this.moveTo(answer.location);
    const notice = fragment(answer.notice);
    notice.setAttribute("role", "alert");
    this.show(notice);
    this.status.replaceChildren("Not saved: ", link("#clash", "see what changed"), ".");
  }

  signedOut(answer) {
    if (this.notice === null) {
      const notice = document.createElement("p");
      notice.className = "note note-danger save-notice";
      notice.setAttribute("role", "alert");
      const what = `${answer.reason} What you typed is still on this page, but it is not saved. `;
      const signIn = link(answer.sign_in, "Sign in in a new tab");
      Object.assign(signIn, { target: "_blank", rel: "noopener" });
      notice.append(what, signIn, ". This page then saves by itself.");
      this.show(notice);
    }
    this.retry(answer.reason);
  }

  show(notice) {
    this.notice?.remove();
    this.notice = notice;
    if (notice) {
      this.form.prepend(notice);
    }
  }

  retry(reason) {
    this.say(`Not saved: ${reason}`);
    this.wait(RETRIES[Math.min(this.attempts, RETRIES.length - 1)]);
    this.attempts += 1;
  }

  useToken(token) {
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) {
      field.value = token;
    }
  }

  /* A press on Save waits for a request that runs, so that the two do not meet as strangers. */
  submit(event) {
    if (!this.sending || this.isReleased) {
      this.isLeaving = true;
      this.pressedText = textOf(this.form);
      clearTimeout(this.timer);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (this.pressed === undefined) {
      this.release();
    }
    this.pressed = event.submitter;
  }

  async release() {
    await Promise.race([this.sending, new Promise((resolve) => setTimeout(resolve, HOLD))]);
    this.request.abort();
    this.isReleased = true;
    this.form.requestSubmit(this.pressed);
    this.isReleased = false;
    this.pressed = undefined;
  }

  /* Somebody types on after a press on Save, so perhaps its answer does not come any more. */
  doubt() {
    clearTimeout(this.doubting);
    this.doubting = setTimeout(() => this.stay(), HOLD);
  }

  /* Esc stopped the page that Save was loading, so this one goes on. Nobody knows whether the server has
   * stored what was sent: the same text is sent again first, which it recognises. */
  stay() {
    clearTimeout(this.doubting);
    if (this.isLeaving) {
      this.isLeaving = false;
      this.unanswered = this.pressedText;
      this.saved = null;
      this.soon(PAUSE);
    }
  }

  /* Back led to the page as it was left, which does not know what a press on Save has stored. */
  comeBack() {
    if (this.isLeaving) {
      this.isLeaving = false;
      this.saved = null;
    }
    this.tryAgain();
  }

  warn(event) {
    if (!this.isLeaving && (this.isDirty || hasLogoChange(this.form))) {
      event.preventDefault();
      this.save();
    }
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) {
  new Autosave(form);
}
