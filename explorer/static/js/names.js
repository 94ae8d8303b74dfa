// The names of all connected models, best first by impact, as bytes and as a string of lower-case ASCII letters with one character a byte
// (windows-1252), so that both have the same offsets.

import { data } from "./data.js";

const NEWLINE = 10;
let loading = null;

export class Names {
  constructor(bytes) {
    this.bytes = bytes;
    const isEnded = bytes.length === 0 || bytes[bytes.length - 1] === NEWLINE;
    const lowered = new Uint8Array(bytes.length + (isEnded ? 0 : 1)); // each name ends with a newline
    lowered.set(bytes);
    if (!isEnded) lowered[bytes.length] = NEWLINE;
    let lines = 0;
    for (let at = 0; at < lowered.length; at++) {
      const byte = lowered[at];
      if (byte >= 65 && byte <= 90) lowered[at] = byte + 32;
      else if (byte === NEWLINE) lines++;
    }
    this.count = lines;
    this.starts = new Uint32Array(this.count + 1);
    let line = 1;
    for (let at = lowered.indexOf(NEWLINE); at >= 0; at = lowered.indexOf(NEWLINE, at + 1)) this.starts[line++] = at + 1;
    this.text = oneCharacterAByte(lowered);
  }

  name(index) {
    return new TextDecoder().decode(this.bytes.subarray(this.starts[index], this.starts[index + 1] - 1));
  }

  /** Index of the model with exactly this name, or -1. */
  index(name) {
    const wanted = `${asSearched(name)}\n`;
    for (let at = this.text.indexOf(wanted); at >= 0; at = this.text.indexOf(wanted, at + 1)) {
      if (at > 0 && this.text.charCodeAt(at - 1) !== NEWLINE) continue;
      const line = this.lineAt(at);
      if (this.name(line) === name) return line; // the same letters, in the same case
    }
    return -1;
  }

  /** The best `limit` models whose name contains every word. */
  search(query, limit) {
    const words = query.trim().split(/\s+/).filter(Boolean).map(asSearched);
    const found = [];
    if (!words.length) return found;
    let line = 0;
    while (line < this.count && found.length < limit) {
      let furthest = line;
      for (const word of words) {
        const at = this.text.indexOf(word, this.starts[furthest]);
        if (at < 0) return found;
        furthest = this.lineAt(at);
      }
      // A hit if no word moved on.
      if (furthest === line || words.length === 1 || words.every((word) => this.lineContains(furthest, word))) {
        found.push(furthest);
        line = furthest + 1;
      } else {
        line = furthest;
      }
    }
    return found;
  }

  /** The best hits, first the model with exactly this name. */
  best(query, limit) {
    const found = this.search(query, limit + 1);
    const isMore = found.length > limit;
    const exact = isMore ? this.index(query) : found.find((index) => this.name(index) === query) ?? -1;
    return { found: [...new Set(exact >= 0 ? [exact, ...found] : found)].slice(0, limit), exact, isMore };
  }

  lineContains(line, word) {
    const at = this.text.indexOf(word, this.starts[line]);
    return at >= 0 && at < this.starts[line + 1] - 1;
  }

  lineAt(offset) {
    let [low, high] = [0, this.count];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= offset) low = middle; else high = middle;
    }
    return low;
  }
}

function oneCharacterAByte(bytes) {
  return new TextDecoder("windows-1252").decode(bytes);
}

function asSearched(text) {
  return oneCharacterAByte(new TextEncoder().encode(text).map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte)));
}

export function names() {
  loading ??= data.u8("map/names.txt.gz", "The names of models").then((bytes) => new Names(bytes));
  loading.catch(() => { loading = null; });
  return loading;
}
