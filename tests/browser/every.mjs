// The checks that every page of a report must pass.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { check, fail, visit } from "./browser.mjs";

export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SCHEMES = ["light", "dark"];
/** What a page may have in addition to three times its text, in bytes. */
const FRAME = 60_000;

/** All checks that hold for every page. */
export async function everyPage(browser, report) {
  for (const colorScheme of SCHEMES) {
    for (const width of [1280, 390, 320]) {
      await visit(browser, report, { colorScheme, viewport: { width, height: 844 } }, async (page) => {
        await fits(page, report, width);
        await unfold(page);
        await fits(page, report, width);
        await hasNotRun(page, report);
      });
    }
    for (const width of [1280, 390]) {
      // The security policy forbids adding axe to the page.
      const options = { bypassCSP: true, colorScheme, viewport: { width, height: 844 } };
      await visit(browser, report, options, async (page) => {
        await page.evaluate(AXE);
        // Axe would measure estimated positions of what is not laid out yet.
        await page.addStyleTag({ content: "* { content-visibility: visible !important }" });
        await accessible(page, report, `${width} ${colorScheme}`);
        await unfold(page);
        await accessible(page, report, `${width} ${colorScheme}, unfolded`);
      });
    }
  }
  await visit(browser, report, {}, (page) => focusShows(page, report));
  await visit(browser, report, { javaScriptEnabled: false }, (page) => linksLead(page, report));
  if (report.source) size(report);
}

const unfold = (page) =>
  page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));

async function fits(page, report, width) {
  const found = await page.evaluate(() => document.documentElement.scrollWidth);
  check(found <= width, report.name, `${found} pixels wide on a screen of ${width}`);
}

async function hasNotRun(page, report) {
  const ran = await page.evaluate(() => window.ran);
  check(ran === undefined, report.name, `text of an article ran as a script (${ran})`);
}

export async function accessible(page, report, how) {
  const { violations } = await page.evaluate((rules) => axe.run(document, { runOnly: rules, resultTypes: ["violations"] }), RULES);
  for (const { id, nodes } of violations) {
    fail(report.name, `axe ${id} (${how}), ${nodes.length} times: ${nodes[0].html.slice(0, 160)}: ${nodes[0].failureSummary.slice(0, 200)}`);
  }
}

/** The ids in the compressed articles of a page. */
async function packedIds() {
  const ids = [];
  for (const pack of document.querySelectorAll("script.pack")) {
    const bytes = Uint8Array.from(atob(pack.textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    for (const [, id] of (await new Response(stream).text()).matchAll(/ id="([^"]*)"/g)) ids.push(id);
  }
  return ids;
}

/** Links have targets: pages of the report, anchors in them, or the web. */
async function linksLead(page, report) {
  const links = await page.evaluate(() => [...document.querySelectorAll("[href]")].map((link) => new URL(link.getAttribute("href"), location).href));
  const anchors = new Set(await page.evaluate(() => [...document.querySelectorAll("[id]")].map((element) => element.id)));
  for (const id of await page.evaluate(packedIds)) anchors.add(id);
  const isDead = (link) => {
    const { protocol, pathname, hash } = new URL(link);
    if (["http:", "https:"].includes(protocol)) return false;
    if (protocol !== "file:" || !link.startsWith(report.home)) return true;
    const path = decodeURIComponent(pathname);
    return path === report.path ? !anchors.has(decodeURIComponent(hash.slice(1))) : !existsSync(path);
  };
  const dead = links.filter(isDead);
  check(dead.length === 0, report.name, `${dead.length} of ${links.length} links have no target: ${dead[0]}`);
}

/** The focus is visible on the first elements, including the link that skips the header. */
async function focusShows(page, report) {
  for (let stop = 1; stop <= 5; stop++) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      const { left, right, top, bottom } = focused.getBoundingClientRect();
      const isSeen = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
      return { html: focused.outerHTML.slice(0, 80), isShown: isSeen && outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
    });
    if (!found) return;
    check(found.isShown, report.name, `the focus is not visible on ${found.html}`);
  }
}

/** A page is smaller than three times its text and its frame. */
function size(report) {
  const [page, source] = [report.path, report.source].map((path) => statSync(path).size);
  check(page < 3 * source + FRAME, report.name, `${page} bytes for ${source} bytes of text`);
}
