/** An authorization server, whose clients and secrets are the portal's. */

import { generateKeyPairSync, randomBytes } from "node:crypto";

import Provider, { errors } from "oidc-provider";
import MemoryAdapter from "oidc-provider/lib/adapters/memory_adapter.js";

const NOBODYS_SECRET = randomBytes(32).toString("hex");

/** The provider for these scopes; `isRight(id, secret)` asks the portal about a secret. */
export function authorizationServer(issuer, { clients, isRight, scopes }) {
  const adapter = { find: async (id) => asMetadata(clients.find(id)) };
  const provider = new Provider(issuer, {
    adapter: (model) => (model === "Client" ? adapter : new MemoryAdapter(model)),
    clientAuthMethods: ["client_secret_basic"],
    cookies: { keys: [randomBytes(32).toString("hex")] },
    extraClientMetadata: { properties: ["pkce_required", "pkce_exception_expires_on"] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
    issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
    jwks: { keys: [signingKey()] },
    loadExistingGrant: consent,
    pkce: { methods: ["S256"], required: (_, client) => isPkceRequired(client, new Date(Date.now())) },
    renderError: (ctx, refusal) => {
      ctx.body = refusal;
    },
    responseTypes: ["code"],
    scopes: ["openid", ...scopes],
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 3600,
      Interaction: 600,
      RefreshToken: 3600,
      Session: 3600,
    },
  });
  provider.Client.prototype.compareClientSecret = async function compare(secret) {
    try {
      return await isRight(this.clientId, secret);
    } catch {
      const unavailable = new errors.TemporarilyUnavailable("the secret cannot be verified now");
      throw Object.assign(unavailable, { statusCode: 503 });
    }
  };
  // As written: two addresses that a browser takes for the same are still two.
  provider.Client.prototype.redirectUriAllowed = function isRegistered(uri) {
    return this.redirectUris.includes(uri);
  };
  return provider;
}

/** The day after the last one of an exception needs no message from the portal. */
export function isPkceRequired({ pkce_required, pkce_exception_expires_on }, now) {
  return pkce_required !== false || !(now.toISOString().slice(0, 10) <= pkce_exception_expires_on);
}

/**
 * The provider wants a secret to compare with, and the portal gives none to anybody. Without a scope it would
 * allow every one.
 */
function asMetadata(record) {
  return record && { ...record, scope: record.scope ?? "openid", client_secret: NOBODYS_SECRET };
}

/** No test is about consent, so every user agrees to what the client may ask for. */
export async function consent({ oidc }) {
  const grant = new oidc.provider.Grant({ accountId: oidc.account.accountId, clientId: oidc.client.clientId });
  grant.addOIDCScope(oidc.params.scope);
  await grant.save();
  return grant;
}

export function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "e2e" };
}
