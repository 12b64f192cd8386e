// The model card.
import { check, tabTo, visit } from "./browser.mjs";

/** Its sections open by keyboard, every plot has a name and a table, and nothing needs a script. */
export async function cardPage(browser, report) {
  await visit(browser, report, { javaScriptEnabled: false }, async (page) => {
    check(await tabTo(page, () => document.activeElement.matches("summary")), report.name, "no section reachable by keyboard");
    await page.keyboard.press("Enter");
    check(await page.evaluate(() => document.activeElement.parentElement.open), report.name, "Enter does not open a section");
    const plots = await page.locator("svg.plot").all();
    check(plots.length > 0, report.name, "no plots");
    for (const plot of plots) {
      check((await plot.getAttribute("role")) === "img" && Boolean(await plot.getAttribute("aria-label")), report.name, "a plot without a name");
      check((await plot.locator("xpath=..").locator("table").count()) === 1, report.name, "a plot without its numbers");
    }
    for (const heading of await page.getByRole("heading").all()) check(await heading.isVisible(), report.name, "a hidden heading");
  });
}
