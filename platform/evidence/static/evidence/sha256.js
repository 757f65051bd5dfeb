/**
 * SHA-256 of a file piece by piece (FIPS 180-4). The browser's own digest wants the whole file in memory, which a video
 * of two gigabytes does not fit into; photos go on using the browser's.
 */
const K = new Uint32Array(64);
const START = new Uint32Array(8);

// Constants: fractional parts of the cube roots, and square roots, of the first primes.
const part = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
for (let n = 2, found = 0; found < 64; n += 1) {
  let prime = true;
  for (let d = 2; d * d <= n; d += 1) if (n % d === 0) { prime = false; break; }
  if (!prime) continue;
  if (found < 8) START[found] = part(Math.sqrt(n));
  K[found] = part(Math.cbrt(n));
  found += 1;
}

/** @param {Uint32Array} state @param {DataView} view @param {number} at */
function block(state, view, at, w) {
  for (let i = 0; i < 16; i += 1) w[i] = view.getUint32(at + i * 4);
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15], y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

const PIECE = 4 << 20;

/** @param {Blob} file @param {(part: number) => void} [onProgress] @returns {Promise<string>} lower-case hex */
export async function sha256(file, onProgress) {
  const state = START.slice(), w = new Int32Array(64);
  let rest = new Uint8Array(0);
  for (let at = 0; at < file.size; at += PIECE) {
    const piece = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
    const whole = piece.length - (piece.length % 64), view = new DataView(piece.buffer);
    for (let i = 0; i < whole; i += 64) block(state, view, i, w);
    rest = piece.slice(whole);  // pieces are multiples of 64, so only the last leaves something
    onProgress?.(Math.min(1, (at + PIECE) / file.size));
  }
  const tail = new Uint8Array(rest.length < 56 ? 64 : 128), view = new DataView(tail.buffer);
  tail.set(rest);
  tail[rest.length] = 0x80;
  view.setUint32(tail.length - 8, Math.floor(file.size / 2 ** 29));
  view.setUint32(tail.length - 4, (file.size * 8) >>> 0);
  for (let i = 0; i < tail.length; i += 64) block(state, view, i, w);
  return [...state].map((word) => word.toString(16).padStart(8, "0")).join("");
}
