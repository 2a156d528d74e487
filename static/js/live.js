/* The live check: sends the form while somebody types, and passes the findings to findings.js
 * and the progress to panel.js.
 *
 * The whole form is sent, except files, because the rules compare fields with each other. Only
 * one request runs at a time: a change makes its response outdated, so the request is aborted.
 * Without a response (no network, signed out, an error) the page shows nothing: saving checks
 * everything again.
 */

const PAUSE = 400; // milliseconds without a key before the form is sent
const LONG_PAUSE = 60; // seconds, if the server is busy and does not say for how long

function questionOf(form) {
  const question = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") {
      question.append(name, value);
    }
  }
  if (form.dataset.registration) {
    question.append("registration", form.dataset.registration);
  }
  return question.toString();
}

class LiveCheck {
  constructor(form) {
    this.form = form;
    this.timer = null;
    this.asking = null;
    this.answered = null;
    this.quietUntil = 0;
    form.addEventListener("input", () => this.soon(PAUSE));
    form.addEventListener("change", () => this.soon(0));
    form.addEventListener("rows:change", () => this.soon(0));
    form.addEventListener("focusout", () => this.timer && this.soon(0));
    form.addEventListener("submit", () => this.stop());
  }

  soon(pause) {
    this.stop();
    this.timer = setTimeout(() => this.ask(), Math.max(pause, this.quietUntil - Date.now()));
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
    this.asking?.abort();
  }

  async ask() {
    this.timer = null;
    const question = questionOf(this.form);
    if (question === this.answered) {
      return;
    }
    const asking = new AbortController();
    this.asking = asking;
    const answer = await this.answerTo(question, asking.signal).catch(() => null);
    if (answer && !asking.signal.aborted) {
      this.answered = question;
      const page = new DOMParser().parseFromString(answer.list, "text/html");
      this.form.dispatchEvent(new CustomEvent("checked", { detail: [...page.querySelectorAll("li.finding")] }));
      this.form.dispatchEvent(new CustomEvent("progress", { detail: page.querySelector("[data-progress]") }));
    }
  }

  async answerTo(question, signal) {
    const response = await fetch(this.form.dataset.checkUrl, {
      method: "POST",
      body: question,
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html" },
      redirect: "manual",
      signal,
    });
    if (response.status === 429 && !signal.aborted) {
      this.wait(Number(response.headers.get("Retry-After")) || LONG_PAUSE);
    }
    const isHtml = response.headers.get("Content-Type")?.startsWith("text/html");
    return response.ok && isHtml ? { list: await response.text() } : null;
  }

  wait(seconds) {
    this.quietUntil = Date.now() + seconds * 1000;
    this.soon(0);
  }
}

for (const form of document.querySelectorAll("form[data-check-url]")) {
  new LiveCheck(form);
}
