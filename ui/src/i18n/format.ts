// Durations, ages, instants and counts as the design writes them: under ten minutes two units, above it one; hours keep
// minutes only where they are the subject. Absolute times are local, 24 hours.

import type { Count } from "$/gen/api";
import { m } from "$/gen/messages";
import { i18n } from "./index.svelte";
import { number } from "./number";

export { number };

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;
const two = (n: number): string => String(n).padStart(2, "0");

/** `6s`, `9m 31s`, `41m`, `3h`, `2d`. */
export function duration(ms: number): string {
  if (ms < M) return m.unit.s({ s: Math.floor(ms / S) });
  if (ms < 10 * M) return m.unit.ms({ m: Math.floor(ms / M), s: two(Math.floor((ms % M) / S)) });
  return age(ms);
}

/** `2h 14m` where hours are the subject: what waits, what is left, how long something served. */
export function long(ms: number): string {
  if (ms < H) return duration(ms);
  if (ms < D) return m.unit.hm({ h: Math.floor(ms / H), m: two(Math.floor((ms % H) / M)) });
  return m.unit.dh({ d: Math.floor(ms / D), h: Math.floor((ms % D) / H) });
}

/** One unit: `4s`, `12m`, `3h`, `2d`. */
export function age(ms: number): string {
  if (ms < M) return m.unit.s({ s: Math.floor(ms / S) });
  if (ms < H) return m.unit.m({ m: Math.floor(ms / M) });
  if (ms < D) return m.unit.h({ h: Math.floor(ms / H) });
  return m.unit.d({ d: Math.floor(ms / D) });
}

/** In a sentence: `4 s`, `12 min`, `3 h`, `2 d`. */
export function span(ms: number): string {
  if (ms < M) return m.span.s({ s: Math.floor(ms / S) });
  if (ms < H) return m.span.m({ m: Math.floor(ms / M) });
  if (ms < D) return m.span.h({ h: Math.floor(ms / H) });
  return m.span.d({ d: Math.floor(ms / D) });
}

/** `12 min ago`. */
export const ago = (ms: number): string => m.span.ago({ span: span(ms) });

const intl = new Map<string, Intl.DateTimeFormat>();
function made(key: string, options: Intl.DateTimeFormatOptions, at: string | number): string {
  const locale = i18n.language === "ko" ? "ko-KR" : "en-GB";
  const id = `${locale} ${key}`;
  let format = intl.get(id);
  if (!format) intl.set(id, (format = new Intl.DateTimeFormat(locale, options)));
  return format.format(new Date(at));
}

/** `14:11:23`. */
export const clockTime = (at: string | number): string => made("time", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }, at);
/** `14:11`. */
export const hourTime = (at: string | number): string => made("hour", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, at);
/** The whole instant, for a tooltip. */
export const absolute = (at: string | number): string => made("full", { dateStyle: "medium", timeStyle: "long", hourCycle: "h23" }, at);

/** `today 14:09`, `yesterday 17:32`, `20 Nov 11:05`; the year only where it is another. */
export function day(at: string, now: number): string {
  const then = new Date(at);
  const today = new Date(now);
  const midnight = new Date(today.getFullYear(), today.getMonth(), today.getDate()).getTime();
  const time = hourTime(at);
  if (then.getTime() >= midnight) return m.day.today({ time });
  if (then.getTime() >= midnight - D) return m.day.yesterday({ time });
  if (then.getFullYear() === today.getFullYear()) return `${made("day", { day: "numeric", month: "short" }, at)} ${time}`;
  return made("date", { day: "numeric", month: "short", year: "numeric" }, at);
}

/** `14:11`, or with its day where it is longer ago than one. */
export const moment = (at: string, now: number): string => (now - Date.parse(at) < D ? hourTime(at) : day(at, now));

/** `58`, or `1000+` where it is only the least there are. */
export const count = (c: Count): string => number(c.n) + (c.exact ? "" : "+");

/** A commit or digest as short as it stays known: `9f3c2e1`, `sha256:7be1…04ca`, `a91c07de…e2f4`. */
export function shortId(id: string): string {
  if (/^[0-9a-f]{40}$/.test(id)) return id.slice(0, 7);
  const digest = /^(sha256:)([0-9a-f]{8,})$/.exec(id);
  if (digest?.[1] && digest[2]) return `${digest[1]}${digest[2].slice(0, 4)}…${digest[2].slice(-4)}`;
  return id.length > 18 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}
