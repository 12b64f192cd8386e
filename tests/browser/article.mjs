// The page of one article.
import { check, tabTo, visit } from "./browser.mjs";

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
  check(without > 0 && without === withScript, report.name, `${without} paragraphs without a script, ${withScript} with`);
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
