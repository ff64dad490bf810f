/**
 * Floating-point numbers in the notation in which MySQL writes them in text (`my_gcvt` and `my_fcvt` of its dtoa.c), with
 * the shortest digits that give the same number again. Unlike there nothing is ever rounded away.
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

/**
 * Text of a number whose column has a fixed number of decimals (0 to 30): zeros fill them up, and where the number has
 * more digits than they hold, which the text protocol rounds, all of its digits are given. `shortest`: its shortest digits.
 */
export function fixedText(value: number, shortest: string, decimals: number): string {
  const digits = digitsOf(shortest.replace(/^-/, ""));
  const fits = digits.digits === "" || digits.digits.length - digits.point <= decimals;
  return fits ? signOf(value) + withDecimals(plain(digits), decimals) : generalText(value, shortest);
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
