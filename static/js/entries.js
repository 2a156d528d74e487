/* Takes a pasted list apart: what people copy out of letters, tables and settings of other programs.
 *
 * It parts at line ends, and within a line where another address begins; bullets, quotation marks
 * and what parts the entries are left behind. The reader sees the rows that come of it: nothing is
 * parted where nobody looks.
 */

const BULLET = /^\s*(?:[-*•–]|\d{1,2}[.)])\s+/;
const WRAPPING = /^[\s"'“”‘’`]+|[\s"'“”‘’`,;]+$/g;
const NEXT = {
  web: /[\s,;"'“”]+(?=https?:\/\/)/i,
  mail: /[\s,;]+(?=[^\s,;]+@)/,
};

const bare = (text) => text.replace(BULLET, "").replace(WRAPPING, "");

/* A line of several addresses. One in which something else stands between them stays whole. */
function parted(line, kind) {
  const parts = line.replace(BULLET, "").split(NEXT[kind]).map(bare).filter(Boolean);
  const mark = kind === "mail" ? "@" : "://";
  return parts.length > 1 && parts.every((part) => part.includes(mark)) ? parts : [bare(line)];
}

/* kind: "web" or "mail". */
export function entriesIn(text, kind) {
  return text
    .split(/[\r\n]+/)
    .flatMap((line) => parted(line, kind))
    .filter(Boolean);
}
