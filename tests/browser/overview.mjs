// The overview of many articles: its table can be sorted, searched and paged by keyboard, and is complete without a script.
import { check, isFocusVisible, tabTo, visit } from "./browser.mjs";

/** With more articles, a PDF takes minutes. */
const MOST_PRINTED = 1000;

const rows = (page) => page.locator("table.articles > tbody > tr:visible");
const firstCells = (page, column) =>
  page.evaluate(
    (column) => [...document.querySelectorAll("table.articles > tbody > tr")].filter((row) => row.offsetParent).map((row) => row.cells[column].innerText.trim()),
    column,
  );

export async function overviewPage(browser, report) {
  let n_shown = 0;
  await visit(browser, report, {}, async (page) => {
    const begun = Date.now();
    await page.reload();
    await page.getByRole("columnheader").getByRole("button").first().waitFor();
    await rows(page).first().waitFor();
    const usable = await page.evaluate(() => performance.getEntriesByName("usable")[0]?.startTime);
    n_shown = await rows(page).count();
    console.log(`  ${report.name}: usable after ${Math.round(usable ?? Date.now() - begun)} ms, ${n_shown} rows laid out of ${report.n_articles}`);
  });
  check(n_shown === Math.min(100, report.n_articles), report.name, `${n_shown} rows shown of ${report.n_articles}`);
  await visit(browser, report, {}, (page) => sorts(page, report));
  await visit(browser, report, {}, (page) => finds(page, report));
  if (report.n_articles > 100) await visit(browser, report, {}, (page) => pages(page, report));
  if (report.n_articles <= MOST_PRINTED) await visit(browser, report, {}, (page) => prints(page, report));
  await visit(browser, report, {}, (page) => opensPacked(page, report));
  await visit(browser, report, { javaScriptEnabled: false }, (page) => isWholeWithoutScript(page, report));
}

/** Compressed articles open at a link, with their phrases listed, and lead to the next one and back. */
async function opensPacked(page, report) {
  if (!(await page.$("#viewer"))) return;
  const title = (number) => page.locator(`#shown > #a${number} h2`).waitFor();
  const last = report.n_articles - 1;
  await page.evaluate((number) => (location.hash = `#a${number}`), last);
  await title(last);
  const [n_marks, n_listed] = await page.evaluate(() => [document.querySelectorAll("#shown mark").length, document.querySelectorAll("#shown .why .p, #shown .why .m").length]);
  check(n_marks > 0 && n_marks === n_listed, report.name, `${n_marks} phrases are marked in article ${last}, ${n_listed} are listed`);
  const n_scores = await page.evaluate(() => [...document.querySelectorAll("#shown .why + p")].filter((score) => /^Score [+−]\d+\.\d\d, /.test(score.textContent)).length);
  const n_why = await page.locator("#shown .why").count();
  check(n_scores === n_why, report.name, `${n_scores} scores for ${n_why} explanations in article ${last}`);
  await page.locator("#after").click();
  await title(last + 1);
  await page.locator("#viewer").getByRole("link", { name: "All articles" }).first().click();
  await rows(page).first().waitFor();
}

/** A header's button sorts by its column: Enter and Space reverse the order. */
async function sorts(page, report) {
  // Simulates browsers that have the attributes, but not the properties that reflect them.
  await page.addInitScript(() => ["ariaSort", "ariaDisabled"].forEach((name) => delete Element.prototype[name]));
  await page.reload();
  const is_words = () => document.activeElement.matches("th button") && document.activeElement.innerText.trim() === "Words";
  if (!(await tabTo(page, is_words))) return check(false, report.name, "no button for the column Words reachable by keyboard");
  check(await isFocusVisible(page), report.name, "the focus on a column's button does not show");
  const column = await page.evaluate(() => document.activeElement.closest("th").cellIndex);
  const orders = [];
  for (const key of ["Enter", "Space"]) {
    await page.keyboard.press(key);
    const order = await page.evaluate(() => document.activeElement.closest("th").getAttribute("aria-sort"));
    const words = (await firstCells(page, column)).map((text) => parseInt(text.replace(/,/g, ""), 10));
    const sign = order === "ascending" ? 1 : -1;
    check(words.every((n, index) => index === 0 || sign * (n - words[index - 1]) >= 0), report.name, `Words are not ${order} after ${key}`);
    orders.push(order);
  }
  check(orders.includes("ascending") && orders.includes("descending"), report.name, `the orders are ${orders}`);
  const sorted = await page.locator("th[aria-sort]:not([aria-sort=none])").count();
  check(sorted === 1, report.name, `${sorted} columns say that they are sorted`);
}

/** The search box filters the rows, shows their number, and restores them when it is emptied. */
async function finds(page, report) {
  const is_search = () => document.activeElement.matches("input[type=search]");
  if (!(await tabTo(page, is_search))) return check(false, report.name, "no search box reachable by keyboard");
  const label = await page.getByRole("searchbox").evaluate((box) => box.labels[0]?.innerText);
  check(Boolean(label), report.name, "the search box has no label");
  const before = await rows(page).count();
  const title = await rows(page).nth(Math.min(2, before - 1)).locator("th").innerText();
  const status = page.getByRole("status").first();
  const told = await status.innerText();
  await page.keyboard.type(title);
  await page.waitForFunction((told) => document.querySelector("[role=status]").innerText !== told, told);
  const found = await rows(page).count();
  check(found >= 1 && found < before, report.name, `${found} of ${before} rows for ${title}`);
  check((await rows(page).first().innerText()).includes(title), report.name, `${title} is not found`);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("qqqxyzzy");
  await page.waitForFunction(() => ![...document.querySelectorAll("table.articles > tbody > tr")].some((row) => row.offsetParent));
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await page.waitForFunction((told) => document.querySelector("[role=status]").innerText === told, told);
  check((await rows(page).count()) === before, report.name, "an empty search box does not restore all rows");
}

/** Next and Previous page through the rows and keep the focus. */
async function pages(page, report) {
  const first = await rows(page).first().innerText();
  const onButton = (name) => page.evaluate((name) => document.activeElement.matches("button") && document.activeElement.innerText === name, name);
  if (!(await tabTo(page, () => document.activeElement.innerText === "Next", 1000))) {
    return check(false, report.name, "no button Next reachable by keyboard");
  }
  await page.keyboard.press("Enter");
  check((await rows(page).first().innerText()) !== first, report.name, "Next shows no other rows");
  check(await onButton("Next"), report.name, "Next loses the focus");
  do await page.keyboard.press("Shift+Tab");
  while (!(await onButton("Previous")));
  await page.keyboard.press("Space");
  check((await rows(page).first().innerText()) === first, report.name, "Previous does not go back");
}

/** All rows are printed, and afterwards the page has its own rows again. */
async function prints(page, report) {
  const before = await rows(page).count();
  await page.evaluate(() => {
    const count = () => (window.nPrinted = document.querySelectorAll("table.articles > tbody > tr").length);
    addEventListener("beforeprint", count);
  });
  await page.pdf();
  const n_printed = await page.evaluate(() => window.nPrinted);
  check(n_printed === report.n_articles, report.name, `${n_printed} rows printed of ${report.n_articles}`);
  const after = await rows(page).count();
  check(after === before, report.name, `${after} rows shown after printing, ${before} before`);
}

/** Every column of the table has a name. */
async function namesColumns(page, report) {
  const names = await page.locator("table.articles thead").getByRole("columnheader").allInnerTexts();
  const n_cells = await page.locator("table.articles > tbody > tr").first().locator("> *").count();
  const n_named = names.filter((name) => name.trim()).length;
  check(n_named === n_cells, report.name, `${n_named} of ${n_cells} columns have a name`);
}

async function isWholeWithoutScript(page, report) {
  await namesColumns(page, report);
  const n = await rows(page).count();
  check(n === report.n_articles, report.name, `${n} rows of ${report.n_articles} without a script`);
  for (const role of ["searchbox", "button"]) {
    const dead = await page.getByRole(role).count();
    check(dead === 0, report.name, `${dead} of role ${role} without effect when there is no script`);
  }
}
