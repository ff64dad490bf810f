/**
 * Floating-point numbers as MySQL writes them in text (`my_gcvt` and `my_fcvt` of its dtoa.c): the shortest digits that
 * give the same number again, so that the binary protocol's values read like the text protocol's.
 */

/** A magnitude as 0.DIGITS × 10^point, without zeros at either end; no digits for zero. */
interface Digits {
  readonly digits: string;
  readonly point: number;
}

function digitsOf(text: string): Digits {
  const [mantissa = "", exponent = "0"] = text.split("e");
  const [whole = "", part = ""] = mantissa.split(".");
  const all = whole + part;
  const leading = all.length - all.replace(/^0+/, "").length;
  return { digits: all.slice(leading).replace(/0+$/, ""), point: whole.length - leading + Number(exponent) };
}

/** Shortest decimal text that gives the same 32-bit float again. */
export function shortestFloat32(value: number): string {
  for (let precision = 6; precision < 9; precision += 1) {
    const text = value.toPrecision(precision);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

const signOf = (value: number): string => (value < 0 || Object.is(value, -0) ? "-" : "");

/** Text of a number whose decimals are not fixed: plain up to 15 digits before the point, else `1.5e20`. `shortest`: its shortest digits. */
export function generalText(value: number, shortest: string): string {
  const { digits, point } = digitsOf(shortest.replace(/^-/, ""));
  const sign = signOf(value);
  if (digits === "") return `${sign}0`;
  if (point > 15 || point < -14) {
    const rest = digits.slice(1);
    return `${sign}${digits[0]}${rest === "" ? "" : `.${rest}`}e${point - 1}`;
  }
  return sign + plain({ digits, point });
}

/** Text of a number with a fixed number of decimals (0 to 30). */
export function fixedText(value: number, decimals: number): string {
  const magnitude = Math.abs(value);
  const shortest = digitsOf(String(magnitude));
  const fits = shortest.digits === "" || shortest.digits.length - shortest.point <= decimals;
  return signOf(value) + (fits ? withDecimals(plain(shortest), decimals) : rounded(magnitude, shortest, decimals));
}

function plain({ digits, point }: Digits): string {
  if (digits === "") return "0";
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return digits.padEnd(point, "0");
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function withDecimals(text: string, decimals: number): string {
  if (decimals === 0) return text;
  const [whole = "", part = ""] = text.split(".");
  return `${whole}.${part.padEnd(decimals, "0")}`;
}

/** Rounds to `decimals`; what lies exactly in the middle goes to the even digit, where `toFixed` goes up. */
function rounded(magnitude: number, { digits, point }: Digits, decimals: number): string {
  const text = magnitude.toFixed(decimals);
  const inTheMiddle = digits.length - point === decimals + 1 && Number.isInteger(magnitude * 2 ** (decimals + 1));
  if (!inTheMiddle || Number(text.at(-1)) % 2 === 0) return text;
  const lower = String(BigInt(text.replace(".", "")) - 1n).padStart(decimals + 1, "0");
  return decimals === 0 ? lower : `${lower.slice(0, -decimals)}.${lower.slice(-decimals)}`;
}
