/** Webhooks after Standard Webhooks: whether one really comes from the portal. */

import { createHmac, timingSafeEqual } from "node:crypto";

const TOLERANCE = 5 * 60;

/** Whether one of the keys (`whsec_…`) made one of the signatures, and not too long ago. */
export function isGenuine(headers, body, keys, now = Date.now()) {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  const signatures = (headers["webhook-signature"] ?? "").split(" ");
  if (!id || !(Math.abs(now / 1000 - Number(timestamp)) <= TOLERANCE)) return false;
  const expected = keys.map((key) => signature(key, `${id}.${timestamp}.${body}`));
  return signatures.some((given) => expected.some((right) => isSame(given, right)));
}

function signature(key, content) {
  const secret = Buffer.from(key.replace(/^whsec_/, ""), "base64");
  return `v1,${createHmac("sha256", secret).update(content).digest("base64")}`;
}

function isSame(given, right) {
  const [one, other] = [Buffer.from(given), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
