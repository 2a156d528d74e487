/* Asks the server what the rules say while somebody types, and hands the list items to findings.js.
 *
 * The whole form goes along, since the rules judge fields beside each other; files stay here.
 * One request is on its way at a time. What changes meanwhile makes its answer worthless, so it is
 * dropped. Where no answer comes (no network, signed out, a fault) the page says nothing: saving
 * checks everything once more.
 */

const PAUSE = 400; // milliseconds without a key before the question goes out
const LONG_PAUSE = 60; // seconds, where the server is busy and does not say how long

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
    return response.ok ? { list: await response.text() } : null;
  }

  wait(seconds) {
    this.quietUntil = Date.now() + seconds * 1000;
    this.soon(0);
  }
}

for (const form of document.querySelectorAll("form[data-check-url]")) {
  new LiveCheck(form);
}
