// A browser that reports what goes wrong in it.
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
/** Generous, so that a slow machine does not fail. */
const TIMEOUT = 120_000;

const failures = [];

/** Notes a failure. */
export function fail(where, what) {
  failures.push(`${where}: ${what}`);
  console.log(`  FAILED ${where}: ${what}`);
}

/** Notes a failure unless `is_fine`. */
export function check(is_fine, where, what) {
  if (!is_fine) fail(where, what);
}

export const failed = () => failures;

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

/**
 * Opens a report, and calls `look` with its page.
 *
 * Fails on console errors and warnings, exceptions, and requests for anything but files of the report.
 */
export async function visit(browser, report, options, look) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(TIMEOUT);
  const page = await context.newPage();
  const about = report.name;
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) fail(about, `console: ${message.text()}`);
  });
  page.on("pageerror", (error) => fail(about, `error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(report.home)) fail(about, `requested ${request.url()}`);
  });
  try {
    await page.goto(report.url, { timeout: TIMEOUT });
    await look(page);
  } catch (error) {
    fail(about, error.message.split("\n")[0]);
  } finally {
    await context.close();
  }
}

/** Presses Tab until `is_there` is true of the focused element; false if it never is. */
export async function tabTo(page, is_there, most = 400) {
  for (let n = 0; n < most; n++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(is_there)) return true;
  }
  return false;
}

/** Whether the focus is visible. */
export const isFocusVisible = (page) =>
  page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
