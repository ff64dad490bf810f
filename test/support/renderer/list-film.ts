import type { Page } from "@playwright/test";

/** What was on the screen while a list scrolled, picture by picture as the browser's compositor showed them. */
export interface ListFilm {
  /** JPEG images of the page; not all where there are very many, but as many from each part of the film. */
  readonly pictures: readonly Buffer[];
  /** Of each picture, the share of the list's height (0 to 1) in which there was nothing: no text, no placeholder. */
  readonly bare: readonly number[];
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const lineHeight = 24;

/** So many pictures are looked at; more would take a slow machine minutes. */
const mostPictures = 60;

/** How much lighter or darker than what is around it something is that can be seen, of 255; less is the image format's noise. */
const faintest = 8;

/**
 * Films the page while `move` scrolls its list. Pictures are those of the screen, and not of the page's own state: between
 * two frames of the page the browser may scroll what the page has not drawn yet.
 */
export async function filmList(page: Page, move: () => Promise<void>): Promise<ListFilm> {
  const body = await bodyOfList(page);
  const taken: Buffer[] = [];
  const session = await page.context().newCDPSession(page);
  session.on("Page.screencastFrame", ({ data, sessionId }) => {
    taken.push(Buffer.from(data, "base64"));
    // A picture that comes after the film's end needs no answer.
    session.send("Page.screencastFrameAck", { sessionId }).catch(() => undefined);
  });
  await session.send("Page.startScreencast", { format: "jpeg", quality: 90 });
  await move();
  await session.send("Page.stopScreencast");
  await session.detach();
  const every = Math.ceil(taken.length / mostPictures);
  const pictures = taken.filter((_, place) => place % every === 0);
  return { pictures, bare: await bareShares(page, pictures, body) };
}

/** Where the list's rows are on the screen: below its header, left of its scroll bar. */
function bodyOfList(page: Page): Promise<Box> {
  return page.locator('[data-pane="list"]').evaluate((list, header) => {
    const { x, y } = list.getBoundingClientRect();
    return { x, y: y + header, width: list.clientWidth, height: list.clientHeight - header };
  }, lineHeight);
}

/** Looks at the pictures in a page of their own, because a browser can decode them and Node cannot. */
async function bareShares(page: Page, pictures: readonly Buffer[], body: Box): Promise<number[]> {
  const viewer = await page.context().browser()?.newPage();
  if (viewer === undefined) throw new Error("the page's browser is closed");
  const shares: number[] = [];
  for (const picture of pictures) {
    shares.push(await viewer.evaluate(bareShare, { jpeg: picture.toString("base64"), body, lineHeight, faintest }));
  }
  await viewer.close();
  return shares;
}

interface Look {
  readonly jpeg: string;
  readonly body: Box;
  readonly lineHeight: number;
  readonly faintest: number;
}

/** Runs in the browser: the share of the lines at the left of a list that are of one colour. */
async function bareShare({ jpeg, body, lineHeight, faintest }: Look): Promise<number> {
  const bytes = Uint8Array.from(atob(jpeg), (character) => character.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const lines = Math.floor(body.height / lineHeight);
  const width = Math.min(200, body.width);
  const context = new OffscreenCanvas(width, lines * lineHeight).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("this browser draws nothing");
  context.drawImage(image, -body.x, -body.y);
  let bare = 0;
  for (let line = 0; line < lines; line++) {
    const { data } = context.getImageData(0, line * lineHeight, width, lineHeight);
    // The second of red, green, blue and opacity says enough of how light a pixel is.
    const lightness = data.filter((_, place) => place % 4 === 1);
    if (Math.max(...lightness) - Math.min(...lightness) < faintest) bare++;
  }
  return bare / lines;
}
