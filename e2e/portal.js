/** The portal's API, as an authorization server calls it. */

const PATIENCE = 10_000;

/** An answer that is none of those that the caller can use. */
export class Refused extends Error {
  constructor(response, asked) {
    super(`${asked} answered ${response.status}`);
    this.status = response.status;
  }
}

export class Portal {
  #base;
  #token;
  #environment;

  constructor({ base, token, environment }) {
    this.#base = new URL("/api/v1/", base);
    this.#token = token;
    this.#environment = environment;
  }

  /** One page of the feed: what changed after the cursor, or everything there is if there is none. */
  changesSince(cursor) {
    const query = new URLSearchParams({ environment: this.#environment });
    if (cursor) query.set("changed_since", cursor);
    return this.#ask("GET", `clients?${query}`);
  }

  client(id) {
    return this.#ask("GET", `clients/${id}`);
  }

  /** Whether the secret works now; none works for a client that the portal does not know. */
  async isRightSecret(id, secret) {
    try {
      const { active } = await this.#ask("POST", `clients/${id}/verify-secret`, { client_secret: secret });
      return active;
    } catch (error) {
      if (error.status === 404) return false;
      throw error;
    }
  }

  reportApplied(id, served) {
    return this.#ask("PUT", `clients/${id}/applied`, served);
  }

  reportInventory(clients) {
    return this.#ask("PUT", "inventory", { clients });
  }

  reportUsage(clients) {
    return this.#ask("POST", "usage", { clients });
  }

  async #ask(method, path, body) {
    const response = await fetch(new URL(path, this.#base), {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: "application/json",
        ...(body && { "content-type": "application/json" }),
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) throw new Refused(response, `${method} ${path}`);
    return response.status === 204 ? undefined : response.json();
  }
}
