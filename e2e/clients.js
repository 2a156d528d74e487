/** The clients that this server serves: a copy that follows the portal's feed. */

const isGone = (error) => error.status === 410;

export class Clients {
  #portal;
  #served = new Map();
  #cursor;
  #turn = Promise.resolve();
  #isReported = false;
  #unreported = new Set();

  constructor(portal) {
    this.#portal = portal;
  }

  /** The record of an active client; a suspended or closed one is served as little as an unknown one. */
  find(id) {
    const record = this.#served.get(id);
    return record?.status === "active" ? record : undefined;
  }

  /** Apply what changed since the last time. */
  follow() {
    return this.#inTurn(async () => {
      try {
        await this.#readOn();
      } catch (error) {
        if (!isGone(error)) throw error;
        await this.#startAnew();
      }
      await this.#report();
    });
  }

  /** Read one client at once: its place in the feed may come later than the hint that it changed. */
  refresh(id) {
    return this.#inTurn(async () => {
      this.#apply(await this.#portal.client(id));
      await this.#report();
    });
  }

  /** Tell the portal all that is served, so that it notices what is missing or stale here. */
  reportInventory() {
    return this.#inTurn(() => this.#reportAll());
  }

  async #readOn() {
    if (this.#cursor === undefined) return this.#startAnew();
    for await (const page of this.#pages(this.#cursor)) {
      page.clients.forEach((record) => this.#apply(record));
      this.#cursor = page.cursor;
    }
  }

  /** From nothing: what was served stays until everything is here, and what is in no page then goes. */
  async #startAnew() {
    const served = new Map();
    let cursor;
    for await (const page of this.#pages(undefined)) {
      page.clients.forEach((record) => served.set(record.client_id, record));
      cursor = page.cursor;
    }
    this.#served = served;
    this.#cursor = cursor;
    this.#isReported = false;
  }

  async *#pages(cursor) {
    let page = { cursor };
    do {
      page = await this.#portal.changesSince(page.cursor);
      yield page;
    } while (!page.is_last);
  }

  #apply(record) {
    this.#served.set(record.client_id, record);
    this.#unreported.add(record.client_id);
  }

  /** What could not be reported is reported the next time. */
  async #report() {
    if (!this.#isReported) await this.#reportAll();
    for (const id of this.#unreported) {
      await this.#portal.reportApplied(id, state(this.#served.get(id)));
      this.#unreported.delete(id);
    }
  }

  async #reportAll() {
    const served = [...this.#served].map(([client_id, record]) => ({ client_id, ...state(record) }));
    await this.#portal.reportInventory(served);
    this.#isReported = true;
    this.#unreported.clear();
  }

  /** One after the other, so that no older answer is applied over a newer one. */
  #inTurn(work) {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function state({ version, updated_at }) {
  return { version, updated_at };
}
