// Korean particles after a name that is known only when it is shown: 이/가, 을/를, 은/는, 과/와, 으로/로.
// Whether a Latin word ends in a consonant is told by its last letter, as it would be read: near enough for names.

// Private-use characters stand round the pair, so that text from AWS that happens to hold "(이/가)" is left alone.
const OPEN = "\uE000";
const CLOSE = "\uE001";
const PAIR = /\}((?:<\/\w+>)?)\((이\/가|을\/를|은\/는|과\/와|으로\/로)\)/g;

/** Marks the pairs in a message before it is parsed. */
export function mark(message: string): string {
  return message.replace(PAIR, `}$1${OPEN}$2${CLOSE}`);
}

/** 0 no final consonant, 8 ㄹ, other numbers another. */
function final(char: string): number {
  const code = char.charCodeAt(0);
  if (code >= 0xac00 && code <= 0xd7a3) return (code - 0xac00) % 28;
  if (/[l178]/i.test(char)) return 8;
  return /[mn036]/i.test(char) ? 1 : 0;
}

/** Puts the fitting one of each marked pair. */
export function fit(text: string): string {
  if (!text.includes(OPEN)) return text;
  return text.replace(/(.?)\uE000([^\uE001]*)\uE001/gu, (_, before: string, pair: string) => {
    const [closed = "", open = ""] = pair.split("/");
    const last = final(before);
    return before + ((pair === "으로/로" ? last !== 0 && last !== 8 : last !== 0) ? closed : open);
  });
}
