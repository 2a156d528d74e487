// Shows the times of a page in the reader's own zone, with UTC in brackets. English only, as the pages are.
// Without this script, pages show UTC. A time that is shown as an age gets both as its title.

const EXACT = /^(\d+) (\p{L}+) \d{4}, \d\d:\d\d UTC$/u;

function parts(date, zone) {
  const options = {
    day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    timeZone: zone,
  };
  const found = new Intl.DateTimeFormat("en-GB", options).formatToParts(date);
  return Object.fromEntries(found.map(({ type, value }) => [type, value]));
}

function inBoth(date, isShort) {
  const local = parts(date);
  const utc = parts(date, "UTC");
  const month = (name) => (isShort ? name.slice(0, 3) : name);
  const isSameDay = local.day === utc.day && local.month === utc.month;
  const day = isSameDay ? "" : `${utc.day} ${month(utc.month)}, `;
  return (
    `${local.day} ${month(local.month)} ${local.year}, ${local.hour}:${local.minute} ` +
    `(${day}${utc.hour}:${utc.minute} UTC)`
  );
}

for (const time of document.querySelectorAll('time[datetime*="T"]')) {
  const date = new Date(time.dateTime);
  if (Number.isNaN(date.getTime()) || date.getTimezoneOffset() === 0) continue;
  const exact = EXACT.exec(time.textContent.trim().replace(/\s+/gu, " "));
  if (exact) time.textContent = inBoth(date, exact[2].length <= 3);
  else time.title = inBoth(date, false);
}
