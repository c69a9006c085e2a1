/** Text on its way out, one byte a character. Whoever writes makes sure that there is room, three bytes more included. */
export interface TextBuffer {
  readonly bytes: Uint8Array;
  /** The same bytes. Four digits are stored at once through it. */
  readonly view: DataView;
  /** Bytes in use. */
  length: number;
}

export function createTextBuffer(capacity: number): TextBuffer {
  const bytes = new Uint8Array(capacity);
  return { bytes, view: new DataView(bytes.buffer), length: 0 };
}

/** The bytes of a text of ASCII characters. */
export function textBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Up to four ASCII characters as one word, the first in the lowest byte: `setInt32(at, word, true)` writes them. */
export function textWord(text: string): number {
  return [...text].reduce((word, character, place) => word | (character.charCodeAt(0) << (place * 8)), 0);
}
