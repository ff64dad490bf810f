import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStrictXml, XmlProblem, xmlLimits } from "../../../../../proxy/identity/saml/strict-xml.ts";

describe("parseStrictXml", () => {
  it("reads elements with their namespaces, attributes and text", () => {
    const root = parseStrictXml(
      `\uFEFF<?xml version="1.0" encoding='utf-8'?>\r\n<a xmlns="urn:1" xmlns:b="urn:2" x='1 &lt; 2'>\r\n <b:c y="z"/><d>Ä&amp;&#66;&#x43;\r\n</d><e xmlns=""/>\n</a> `,
    );
    expect(root).toMatchObject({ local: "a", namespace: "urn:1" });
    expect([...root.attributes]).toEqual([["x", "1 < 2"]]);
    expect(root.children.map(({ local, namespace, text }) => [local, namespace, text])).toEqual([
      ["c", "urn:2", ""],
      ["d", "urn:1", "Ä&BC\n"],
      ["e", "", ""],
    ]);
  });

  it.each([
    ["", "is cut off"],
    ["   ", "is cut off"],
    ["<a>", "is cut off"],
    ["<a", "is not well-formed"],
    ["<a></b>", "is not well-formed"],
    ["</a>", "is not well-formed"],
    ["<a></a x='1'>", "is not well-formed"],
    ["<a x=1/>", "is not well-formed"],
    ["<a x='1' x='2'/>", "is not well-formed"],
    ["<a x='<'/>", "is not well-formed"],
    ["< a/>", "is not well-formed"],
    ["<a:b:c/>", "is not well-formed"],
    ["<a/><b/>", "has more than one element at its top"],
    ["<a/>text", "has text outside of its element"],
    ["text<a/>", "has text outside of its element"],
    ["<a>text<b/></a>", "mixes text with elements"],
    ["<p:a/>", "uses a prefix that it does not declare"],
    ["<p:a xmlns:p=''/>", "uses a prefix that it does not declare"],
    ["<a>&x;</a>", "refers to an entity, which can stand for anything"],
    ["<a>&</a>", "refers to an entity, which can stand for anything"],
    ["<a>&#0;</a>", "has characters that XML does not have"],
    ["<a>&#xD800;</a>", "has characters that XML does not have"],
    ["<a>&#9999999;</a>", "has characters that XML does not have"],
    ["<a>\0</a>", "has characters that XML does not have"],
    ["<a>\uD800</a>", "has characters that XML does not have"],
    ["<a><!----></a>", "has a comment in it, which can hide what is signed"],
    ["<!DOCTYPE a><a/>", "has a document type, entities or CDATA in it, which can hide what is signed"],
    ["<a><![CDATA[x]]></a>", "has a document type, entities or CDATA in it, which can hide what is signed"],
    ["<a><?x y?></a>", "has a processing instruction in it"],
    ["<?xml version='1.0' encoding='UTF-16'?><a/>", "is in another encoding than UTF-8"],
  ])("does not take “%s”", (xml, problem) => {
    expect(() => parseStrictXml(xml)).toThrow(new XmlProblem(problem));
  });

  it.each([
    ["depth", (n: number) => "<a>".repeat(n) + "</a>".repeat(n), xmlLimits.depth],
    ["elements", (n: number) => `<a>${"<b/>".repeat(n - 1)}</a>`, xmlLimits.elements],
    ["characters", (n: number) => `<a>${"x".repeat(n - 7)}</a>`, xmlLimits.characters],
    ["attributes", (n: number) => `<a ${Array.from({ length: n }, (_, i) => `x${i}=""`).join(" ")}/>`, xmlLimits.attributes],
  ])("takes as many %s as the limit says, and not one more", (_name, make, limit) => {
    expect(() => parseStrictXml(make(limit))).not.toThrow();
    expect(() => parseStrictXml(make(limit + 1))).toThrow(XmlProblem);
  });

  it("reads back any text that is written as XML", () => {
    const written = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
    const text = fc.string({ unit: "grapheme" }).filter((value) => !/[^\n -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(value));
    fc.assert(
      fc.property(text, (value) => {
        const root = parseStrictXml(`<a x="${written(value)}">${written(value)}</a>`);
        expect(root.text).toBe(value);
        expect(root.attributes.get("x")).toBe(value.replaceAll("\n", " "));
      }),
    );
  });

  it("says of anything what is wrong with it, or reads it; it never fails otherwise", () => {
    const pieces = [
      "<",
      ">",
      "</",
      "/>",
      "a",
      "b:c",
      " ",
      "=",
      '"',
      "'",
      "x='1'",
      "&amp;",
      "&",
      ";",
      "<!--",
      "<?xml ?>",
      "xmlns:b='u'",
      "\0",
    ];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join("")),
        ),
        (xml) => {
          try {
            parseStrictXml(xml);
          } catch (problem) {
            expect(problem).toBeInstanceOf(XmlProblem);
          }
        },
      ),
    );
  });

  it.each([
    ["an attribute that never ends", `<a x="${"y".repeat(200_000)}`],
    ["very many spaces", `<a${" ".repeat(200_000)}`],
    ["very many attributes without an end", `<a${" x='1'".repeat(35_000)}`],
    ["very many beginnings", "<".repeat(200_000)],
    ["very many references", `<a>${"&".repeat(200_000)}</a>`],
  ])("takes no time that grows faster than the text: %s", (_name, xml) => {
    const before = process.cpuUsage();
    expect(() => parseStrictXml(xml)).toThrow(XmlProblem);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });
});
