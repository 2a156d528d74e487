/* Keeps what a reviewer types on the review page, on another page into one of its boxes, or on a page with a form
 * of its own, two seconds after the last key and before the page is left.
 *
 * The page is one form. All of it is sent, and the server keeps it for this reviewer; nothing is decided and
 * nobody is told. data-keeps names what is sent with it where the form's own address would act on it otherwise.
 * A press on a button waits for a request that runs, so that the server never gets an older text after a newer
 * one.
 */

const PAUSE = 2000; // milliseconds without a key
const RETRY = 15000; // milliseconds after which a try that failed is repeated
const PATIENCE = 3000; // milliseconds that a link or a button waits for a request that runs
const LONGEST_KEPT_ALIVE = 60000; // bytes; browsers send at most 64 KiB of a page that is gone

const SIGNED_OUT = "You are signed out, so this is not kept yet. Sign in again in another tab, then come back here.";
const FAILED = "What you typed is not kept yet. We will try again.";

const form = document.querySelector("form[data-keeps]");
const status = document.getElementById("kept");
const counter = document.querySelector("[data-ticked]");

let timer = null;
let running = null;
let isDirty = false;
let isSent = false;

const say = (words) => {
  if (status) {
    status.textContent = words;
  }
};

function body() {
  const sent = new URLSearchParams(new FormData(form));
  if (form.dataset.keeps) {
    sent.append(form.dataset.keeps, "1"); // or the form would do what it is for
  }
  return sent;
}

/* Says why the server does not keep it; another failure may pass. */
class Refused extends Error {}

function refusal(answer, said) {
  if (answer.type === "opaqueredirect" || answer.status === 401) {
    return new Refused(SIGNED_OUT);
  }
  if (answer.status === 403) {
    return new Refused(`This is not kept. ${said.reason || "You can no longer review this."}`);
  }
  return said.reason ? new Refused(`This is not kept. ${said.reason}`) : new Error(FAILED);
}

async function send(text, isRetried = false) {
  const keepalive = text.length < LONGEST_KEPT_ALIVE;
  const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
  const answer = await fetch(form.action, { method: "POST", headers, body: text, keepalive, redirect: "manual" });
  const said = answer.type === "basic" ? await answer.json().catch(() => ({})) : {};
  if (said.csrf_token) {
    form.elements.csrfmiddlewaretoken.value = said.csrf_token;
  }
  if (said.csrf_token && !isRetried) {
    await send(body().toString(), true); // after signing in again in another tab
    return;
  }
  if (!answer.ok) {
    throw refusal(answer, said);
  }
  const name = form.dataset.keeps ? "kept" : "draft";
  form.elements[name].value = said[name];
}

async function keep() {
  clearTimeout(timer);
  if (running) {
    await running;
  }
  if (!isDirty || isSent) {
    return;
  }
  isDirty = false;
  running = send(body().toString())
    .then(() => say(`Kept for you at ${new Date().toLocaleTimeString("en-GB").slice(0, 5)}.`))
    .catch((error) => {
      isDirty = true;
      say(error instanceof Refused ? error.message : FAILED);
      timer = error instanceof Refused ? null : setTimeout(keep, RETRY);
    })
    .finally(() => {
      running = null;
    });
  await running;
}

const atMost = (work) => Promise.race([work, new Promise((done) => setTimeout(done, PATIENCE))]);

function changed() {
  isDirty = true;
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
  if (counter) {
    counter.textContent = form.querySelectorAll("[name=ticks]:checked").length;
  }
}

async function press(event) {
  if (event.target !== form || isSent) {
    return;
  }
  if (running) {
    event.preventDefault();
    event.stopImmediatePropagation();
    await atMost(running);
    running = null; // or the press would wait again for a request that hangs
    form.requestSubmit(event.submitter);
    return;
  }
  clearTimeout(timer);
  isSent = true;
}

async function follow(event) {
  const link = event.target.closest("a[href]");
  const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const leaves = link && isPlain && !link.target && link.getAttribute("href")[0] !== "#";
  if (!leaves || event.defaultPrevented || !(isDirty || running)) {
    return;
  }
  event.preventDefault();
  await atMost(keep());
  window.location.assign(link.href);
}

function warn(event) {
  if (isDirty && !isSent) {
    event.preventDefault();
  }
}

if (form) {
  form.autocomplete = "off"; // or Back would put older text over what is kept
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  document.addEventListener("submit", press, { capture: true });
  document.addEventListener("click", follow);
  document.addEventListener("visibilitychange", () => keep());
  window.addEventListener("focus", () => keep()); // perhaps from signing in
  window.addEventListener("pagehide", () => keep());
  window.addEventListener("beforeunload", warn);
  document.addEventListener("keydown", (event) => {
    isSent = event.key === "Escape" ? false : isSent; // the press was stopped
  });
  window.addEventListener("pageshow", (event) => {
    isSent = event.persisted ? false : isSent;
  });
}
