/**
 * Serves the authorization server on a free port of the loopback address, and prints its address.
 *
 * PORTAL_URL, PORTAL_TOKEN and ENVIRONMENT say whose clients it serves, SCOPES what these may ask for,
 * WEBHOOK_KEYS who may send it hints (nobody if empty), FEED_EVERY after how many seconds it asks without one.
 */

import { createServer } from "node:http";
import { setInterval } from "node:timers/promises";

import { Clients } from "./clients.js";
import { Portal } from "./portal.js";
import { authorizationServer } from "./provider.js";
import { isGenuine } from "./webhooks.js";

const { PORTAL_URL, PORTAL_TOKEN, ENVIRONMENT, SCOPES, WEBHOOK_KEYS = "", FEED_EVERY = "5" } = process.env;
const INVENTORY_EVERY = 10 * 60_000;
const USAGE_EVERY = 60_000;

const portal = new Portal({ base: PORTAL_URL, token: PORTAL_TOKEN, environment: ENVIRONMENT });
const clients = new Clients(portal);
const keys = WEBHOOK_KEYS.split(",").filter(Boolean);
let used = new Map();

async function isRight(id, secret) {
  const active = await portal.isRightSecret(id, secret);
  if (active) used.set(id, new Date().toISOString());
  return active;
}

async function takeHint(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const genuine = isGenuine(request.headers, body, keys);
  response.writeHead(genuine ? 204 : 401).end();
  if (genuine) await clients.refresh(JSON.parse(body).data.client_id);
}

async function reportUsage() {
  const uses = [...used].map(([client_id, last_used_at]) => ({ client_id, last_used_at }));
  used = new Map();
  if (uses.length) await portal.reportUsage(uses);
}

/** Whatever fails is tried again the next time; meanwhile the clients are served as they were. */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    console.error(String(error));
  }
}

async function every(milliseconds, work) {
  for await (const _ of setInterval(milliseconds)) await attempt(work);
}

const server = createServer();
server.listen(0, "127.0.0.1", async () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = authorizationServer(issuer, { clients, isRight, scopes: SCOPES.split(" ") });
  const answer = provider.callback();
  const signIn = (request, response) =>
    provider.interactionFinished(request, response, { login: { accountId: "someone" } });
  server.on("request", (request, response) => {
    if (request.url === "/hooks") return attempt(() => takeHint(request, response));
    if (request.url.startsWith("/sign-in/")) return attempt(() => signIn(request, response));
    return answer(request, response);
  });
  await attempt(() => clients.follow());
  console.log(issuer);
  every(Number(FEED_EVERY) * 1000, () => clients.follow());
  every(INVENTORY_EVERY, () => clients.reportInventory());
  every(USAGE_EVERY, reportUsage);
});

process.on("SIGTERM", async () => {
  await attempt(reportUsage);
  process.exit();
});
