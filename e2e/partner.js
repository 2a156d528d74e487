/**
 * A partner's client. Each line on standard input is one authorization as JSON; the answer is one line.
 *
 * `{issuer, client_id, client_secret, redirect_uri, scope, challenge}`, where challenge is `S256`, `plain` or
 * `none`. Answered is `{scope}` of the access token, or `{refused, description}`.
 */

import { createInterface } from "node:readline";

import * as client from "openid-client";

async function authorize({ issuer, client_id, client_secret, redirect_uri, scope, challenge }) {
  const config = await client.discovery(
    new URL(issuer),
    client_id,
    undefined,
    client.ClientSecretBasic(client_secret),
    { execute: [client.allowInsecureRequests] },
  );
  config[client.customFetch] = (url, request) => {
    // Of a redirect URI with a query the library sends the rest alone.
    if (request.body instanceof URLSearchParams) request.body.set("redirect_uri", redirect_uri);
    return fetch(url, request);
  };
  const state = client.randomState();
  const verifier = challenge === "none" ? undefined : client.randomPKCECodeVerifier();
  const asked = client.buildAuthorizationUrl(config, {
    redirect_uri,
    scope,
    state,
    ...(await pkce(challenge, verifier)),
  });
  const answered = await browse(asked, redirect_uri);
  const tokens = await client.authorizationCodeGrant(config, answered, {
    expectedState: state,
    pkceCodeVerifier: verifier,
  });
  return { scope: tokens.scope };
}

async function pkce(method, verifier) {
  if (!verifier) return {};
  const challenge = method === "plain" ? verifier : await client.calculatePKCECodeChallenge(verifier);
  return { code_challenge: challenge, code_challenge_method: method };
}

/** What the user's browser does: follow the server with its cookies, until it is sent back to the client. */
async function browse(address, redirectUri) {
  const cookies = new Map();
  for (let url = address; ; ) {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") },
    });
    const to = response.headers.get("location");
    if (!to) throw Object.assign(new Error("not redirected"), await response.json());
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      cookies.set(name, value);
    }
    url = new URL(to, url);
    if (isSamePlace(url, new URL(redirectUri))) return url;
  }
}

const isSamePlace = (one, other) => ["protocol", "host", "pathname"].every((part) => one[part] === other[part]);

/** The error of the standard, wherever the library keeps it. */
function refusal(error) {
  const challenged = Array.isArray(error.cause) ? error.cause[0].parameters : {};
  const { error: refused, error_description: description } = challenged.error ? challenged : error;
  if (!refused) throw error;
  return { refused, description };
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await authorize(JSON.parse(line)).catch(refusal);
  console.log(JSON.stringify(answer));
}
