// The page of one article.
import { readFileSync } from "node:fs";
import { check, tabTo, visit } from "./browser.mjs";
import { accessible, AXE } from "./every.mjs";

/** Reasons open by keyboard, and everything can be read without a script. */
export async function articlePage(browser, report) {
  await visit(browser, report, {}, async (page) => {
    const is_summary = () => document.activeElement.matches("li summary");
    if (!(await tabTo(page, is_summary))) return check(false, report.name, "no reasons of a paragraph reachable by keyboard");
    const isOpen = () => page.evaluate(() => document.activeElement.parentElement.open);
    for (const [key, expected] of [["Enter", true], ["Space", false], ["Space", true]]) {
      await page.keyboard.press(key);
      check((await isOpen()) === expected, report.name, `${key} does not open or close a paragraph's reasons`);
    }
  });
  const withScript = await paragraphs(browser, report, true);
  const without = await paragraphs(browser, report, false);
  // Pages have the same script; its full check takes long.
  if (["hostile.html", "grain-deal-commentary.html"].some((name) => report.name.endsWith(name))) await corrections(browser, report);
  check(without > 0 && without === withScript, report.name, `${without} paragraphs without a script, ${withScript} with`);
}

/** A label is corrected by keyboard at two widths, and the corrections are saved as rows. */
export async function corrections(browser, report) {
  for (const width of [1280, 390]) {
    const viewport = { width, height: 844 };
    await visit(browser, report, { viewport, acceptDownloads: true }, (page) => correct(page, report, async () => {}));
    for (const colorScheme of ["light", "dark"]) {
      // The security policy forbids adding axe to the page.
      await visit(browser, report, { viewport, colorScheme, acceptDownloads: true, bypassCSP: true }, async (page) => {
        await page.evaluate(AXE);
        await correct(page, report, () => accessible(page, report, `${width} ${colorScheme}, correcting`));
      });
    }
  }
  await visit(browser, report, { javaScriptEnabled: false }, async (page) => {
    check((await page.locator("button").count()) === 0, report.name, "buttons without a script");
  });
}

/** Corrects one paragraph; `look` is called while its form is open and when it is kept. */
async function correct(page, report, look) {
  await tabTo(page, () => document.activeElement.matches("button.wrong"));
  await page.keyboard.press("Enter");
  check(await page.evaluate(() => document.activeElement.matches("form.fix select")), report.name, "the choice of a label has no focus");
  const old_label = await page.locator("li:has(form.fix) b").first().innerText();
  const text = await page.locator("li:has(form.fix) p").first().evaluate((p) => p.textContent);
  await look();
  await page.keyboard.type("other");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Not \"prose\" – café");
  await page.keyboard.press("Enter");
  check(await page.evaluate(() => document.activeElement.matches("button.wrong")), report.name, "the focus is lost after a correction");
  check((await page.locator(".chip.fixed").innerText()) === "corrected: other", report.name, "the correction is not shown");
  await look();
  const download = page.waitForEvent("download");
  await tabTo(page, () => document.activeElement.textContent === "Save corrections");
  await page.keyboard.press("Enter");
  const file = await download;
  check(file.suggestedFilename().endsWith("-corrections.jsonl"), report.name, `the file is named ${file.suggestedFilename()}`);
  const rows = readFileSync(await file.path(), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const [row] = rows;
  check(rows.length === 1 && row.label === "other" && row.note === "Not \"prose\" – café", report.name, `saved ${JSON.stringify(rows)}`);
  check(row.text === text && row.old_label === old_label.trim(), report.name, `saved ${JSON.stringify(row)}`);
  check(Number.isInteger(row.index) && row.doc && row.source && /^[0-9a-f]{12}$/.test(row.model), report.name, `saved ${JSON.stringify(row)}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  check(!wide, report.name, "the page scrolls sideways with a correction");
}

async function paragraphs(browser, report, javaScriptEnabled) {
  let n = 0;
  await visit(browser, report, { javaScriptEnabled }, async (page) => {
    const all = await page.locator("main ol > li").all();
    for (const item of all) n += (await item.isVisible()) ? 1 : 0;
  });
  return n;
}

/** Whatever an article contains is shown as text. */
export async function hostilePage(browser, report) {
  await visit(browser, report, {}, async (page) => {
    const title = "Mayor says </title><script>window.ran = 1</script> is no budget";
    const heading = await page.getByRole("heading", { level: 1 }).innerText();
    check(heading === title, report.name, `the heading is ${heading}`);
    check((await page.title()).includes("<script>"), report.name, `the title is ${await page.title()}`);
    const text = await page.locator("main").innerText();
    for (const piece of ["<script>window.ran = 5</script>", "<style>body { display: none }</style>", "<img src=\"http://tracker.example"]) {
      check(text.includes(piece), report.name, `${piece} is not shown as text`);
    }
    check((await page.locator("main img, main script, main style, a[href^='javascript' i]").count()) === 0, report.name, "text became an element");
    await page.mouse.move(200, 200);
    check((await page.evaluate(() => window.ran)) === undefined, report.name, "text ran");
  });
}
