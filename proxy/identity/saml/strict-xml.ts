/** An element; it has text or elements in it, and white space between elements does not count. */
export interface XmlElement {
  readonly local: string;
  /** URI of its namespace; empty where it has none. */
  readonly namespace: string;
  /** By their names as written, without the declarations of namespaces. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** Why a text is not taken, as the end of a sentence that begins with “it”. */
export class XmlProblem extends Error {}

/** What an answer of a provider may be at most; those that people's providers give are a tenth of it. */
export const xmlLimits = { characters: 256 * 1024, elements: 2_000, depth: 32, attributes: 32 } as const;

interface OpenElement {
  readonly name: string;
  readonly local: string;
  readonly namespace: string;
  readonly namespaces: ReadonlyMap<string, string>;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const name = "[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?";
const attribute = `(${name})\\s*=\\s*("[^"<]*"|'[^'<]*')`;
const declaration = /^\uFEFF?(?:<\?xml\s[^?>]*\?>)?/;
const declaredEncoding = /\sencoding\s*=\s*["'](?!utf-8["'])/i;
const tag = new RegExp(`<(/?)(${name})((?:\\s+${attribute})*)\\s*(/?)>`, "y");
const attributes = new RegExp(attribute, "g");
const notXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const reference = /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));|&/g;
const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/**
 * Reads the XML that a SAML response is made of, and nothing more: elements, attributes and text. It is bounded before anything is
 * built, and has no document types, entities, comments, CDATA and processing instructions, which mean different things to different
 * readers, so that what is checked here is what is verified later. Throws `XmlProblem`.
 */
export function parseStrictXml(xml: string): XmlElement {
  if (xml.length > xmlLimits.characters) throw new XmlProblem("is larger than any provider's answer has to be");
  if (notXml.test(xml)) throw new XmlProblem("has characters that XML does not have");
  const head = declaration.exec(xml)?.[0] ?? "";
  if (declaredEncoding.test(head)) throw new XmlProblem("is in another encoding than UTF-8");
  return new Reader(xml.slice(head.length).replace(/\r\n?/g, "\n")).read();
}

class Reader {
  readonly #text: string;
  readonly #open: OpenElement[] = [];
  #root: XmlElement | null = null;
  #elements = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): XmlElement {
    let at = 0;
    while (at < this.#text.length) {
      const next = this.#text.indexOf("<", at);
      this.#take(this.#text.slice(at, next === -1 ? undefined : next));
      if (next === -1) break;
      at = this.#takeTag(next);
    }
    if (this.#root === null || this.#open.length > 0) throw new XmlProblem("is cut off");
    return this.#root;
  }

  #take(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += resolved(text);
    else if (text.trim() !== "") throw new XmlProblem("has text outside of its element");
  }

  /** Returns the position behind the tag. */
  #takeTag(at: number): number {
    tag.lastIndex = at;
    const match = tag.exec(this.#text);
    if (match === null) throw new XmlProblem(problemAt(this.#text, at));
    const [, closing, qualified = "", attributeText = "", , , empty] = match;
    if (closing === "/") {
      if (attributeText !== "" || empty === "/") throw new XmlProblem("is not well-formed");
      this.#close(qualified);
    } else {
      this.#begin(qualified, attributeText);
      if (empty === "/") this.#close(qualified);
    }
    return tag.lastIndex;
  }

  #begin(qualified: string, attributeText: string): void {
    if (this.#root !== null) throw new XmlProblem("has more than one element at its top");
    this.#elements += 1;
    if (this.#elements > xmlLimits.elements) throw new XmlProblem("has more elements than any provider's answer has to have");
    if (this.#open.length >= xmlLimits.depth) throw new XmlProblem("is nested more deeply than any provider's answer has to be");
    const given = attributesIn(attributeText);
    const namespaces = namespacesIn(given, this.#open.at(-1)?.namespaces ?? new Map([["xml", "http://www.w3.org/XML/1998/namespace"]]));
    const [prefix, local] = qualified.includes(":") ? qualified.split(":") : ["", qualified];
    const namespace = namespaces.get(prefix ?? "") ?? "";
    if (local === undefined || (prefix !== "" && namespace === "")) throw new XmlProblem("uses a prefix that it does not declare");
    const own = new Map([...given].filter(([key]) => !isDeclaration(key)));
    this.#open.push({ name: qualified, local, namespace, namespaces, attributes: own, children: [], text: "" });
  }

  #close(qualified: string): void {
    const element = this.#open.pop();
    if (element?.name !== qualified) throw new XmlProblem("is not well-formed");
    const { local, namespace, attributes: own, children, text } = element;
    if (children.length > 0 && text.trim() !== "") throw new XmlProblem("mixes text with elements");
    const closed: XmlElement = { local, namespace, attributes: own, children, text };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = closed;
    else parent.children.push(closed);
  }
}

function problemAt(text: string, at: number): string {
  if (text.startsWith("<!--", at)) return "has a comment in it, which can hide what is signed";
  if (text.startsWith("<!", at)) return "has a document type, entities or CDATA in it, which can hide what is signed";
  if (text.startsWith("<?", at)) return "has a processing instruction in it";
  return "is not well-formed";
}

function attributesIn(text: string): Map<string, string> {
  const given = new Map<string, string>();
  for (const [, key = "", quoted = ""] of text.matchAll(attributes)) {
    if (given.has(key)) throw new XmlProblem("is not well-formed");
    given.set(key, resolved(quoted.slice(1, -1).replace(/[\t\n]/g, " ")));
  }
  if (given.size > xmlLimits.attributes) throw new XmlProblem("has more attributes than any provider's answer has to have");
  return given;
}

function namespacesIn(given: ReadonlyMap<string, string>, outer: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const declared = [...given].filter(([key]) => isDeclaration(key)).map(([key, uri]) => [key.slice("xmlns:".length), uri] as const);
  return declared.length === 0 ? outer : new Map([...outer, ...declared]);
}

function isDeclaration(attributeName: string): boolean {
  return attributeName === "xmlns" || attributeName.startsWith("xmlns:");
}

function resolved(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(reference, (_whole, named?: string, decimal?: string, hexadecimal?: string) => {
    if (named !== undefined) return entities[named] ?? "";
    if (decimal === undefined && hexadecimal === undefined) throw new XmlProblem("refers to an entity, which can stand for anything");
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
    const character = code > 0x10ffff ? "\0" : String.fromCodePoint(code);
    if (notXml.test(character)) throw new XmlProblem("has characters that XML does not have");
    return character;
  });
}
