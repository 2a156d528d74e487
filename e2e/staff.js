/**
 * Serves a provider at which staff sign in, on a free port of the loopback address, and prints its address.
 *
 * Each line of JSON on its standard input is who signs in from then on, without a page: `sub`, `claims`, and `acr`
 * and `amr` for how they did. It answers each with a line. CLIENT_ID, CLIENT_SECRET and REDIRECT_URI are those of the
 * portal, ACR the values of `acr` that it knows.
 */

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

import Provider from "oidc-provider";

import { consent, signingKey } from "./provider.js";

const { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, ACR } = process.env;
const people = new Map();
let next = null;

function providerFor(issuer) {
  return new Provider(issuer, {
    acrValues: ACR.split(" "),
    claims: {
      openid: ["sub", "amr"],
      email: ["email", "email_verified"],
      profile: ["name", "groups", "employment"],
    },
    clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [REDIRECT_URI] }],
    cookies: { keys: [randomBytes(32).toString("hex")] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...people.get(id), sub: id }) }),
    interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
    jwks: { keys: [signingKey()] },
    loadExistingGrant: consent,
    pkce: { methods: ["S256"], required: () => true },
    renderError: (ctx, refusal) => {
      ctx.body = refusal;
    },
    responseTypes: ["code"],
    scopes: ["openid", "email", "profile"],
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
  });
}

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = providerFor(issuer);
  const answer = provider.callback();
  const signIn = (request, response) => {
    const { sub: accountId, acr, amr } = next;
    const result = next.refuses ? { error: "access_denied" } : { login: { accountId, acr, amr } };
    return provider.interactionFinished(request, response, result);
  };
  server.on("request", (request, response) =>
    request.url.startsWith("/sign-in/") ? signIn(request, response) : answer(request, response),
  );
  console.log(issuer);
});

createInterface({ input: process.stdin }).on("line", (line) => {
  next = JSON.parse(line);
  people.set(next.sub, next.claims);
  console.log("ready");
});
