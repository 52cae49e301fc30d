// Parameters of both codes: the catalogue of parametrised CRC algorithms, "CRC-32/ISCSI" and "CRC-64/NVME"; both
// reflected, so the polynomials stand here with their bits reversed.
const crc32cPolynomial = 0x82f63b78;
const crc64nvmePolynomial = 0x9a6c9329ac4bc9b5n;

const crc32cTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1)
    value = value & 1 ? (value >>> 1) ^ crc32cPolynomial : value >>> 1;
  return value;
});

export function crc32c(body: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of body) value = (crc32cTable[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** The 64-bit table as two halves: arithmetic on 32-bit numbers is much faster than on big integers. */
const crc64High = new Uint32Array(256);
const crc64Low = new Uint32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit += 1)
    value = value & 1n ? (value >> 1n) ^ crc64nvmePolynomial : value >> 1n;
  crc64High[byte] = Number(value >> 32n);
  crc64Low[byte] = Number(value & 0xffffffffn);
}

export function crc64nvme(body: Uint8Array): bigint {
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (const byte of body) {
    const index = (low ^ byte) & 0xff;
    const shifted = ((low >>> 8) | (high << 24)) >>> 0;
    low = (shifted ^ (crc64Low[index] ?? 0)) >>> 0;
    high = ((high >>> 8) ^ (crc64High[index] ?? 0)) >>> 0;
  }
  return (BigInt((high ^ 0xffffffff) >>> 0) << 32n) | BigInt((low ^ 0xffffffff) >>> 0);
}
