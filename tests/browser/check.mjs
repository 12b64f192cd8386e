// Checks rhetor's reports in a browser: node check.mjs FOLDER, made by `reports`. See README.md.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { articlePage, hostilePage } from "./article.mjs";
import { check, failed, launch } from "./browser.mjs";
import { cardPage } from "./card.mjs";
import { everyPage } from "./every.mjs";
import { overviewPage } from "./overview.mjs";

/** How many articles of a folder are checked. */
const MOST_ARTICLES = 2;

/** A page before it is opened; it may fetch files of its folder. */
function known(folder, file) {
  const path = join(folder, file);
  const source = path.replace(/\.html$/, ".source");
  return {
    name: path.split("/").slice(-2).join("/"),
    path,
    url: pathToFileURL(path).href,
    home: pathToFileURL(folder).href,
    source: existsSync(source) ? source : null,
  };
}

/** The number of articles that an overview states; 0 for other pages. */
function articlesOf(path) {
  const found = /<h1>([\d,]+) articles/.exec(readFileSync(path, "utf8"));
  return found ? parseInt(found[1].replace(/,/g, ""), 10) : 0;
}

async function lookAtFolder(browser, folder) {
  const articles = readdirSync(join(folder, "articles")).sort();
  for (const file of readdirSync(folder).filter((file) => file.endsWith(".html"))) await lookAtPage(browser, folder, file);
  const n_told = articlesOf(join(folder, "index.html"));
  check(n_told === articles.length, folder, `the overview states ${n_told} articles, the folder has ${articles.length}`);
  for (const file of articles.slice(0, MOST_ARTICLES)) {
    const article = { ...known(join(folder, "articles"), file), home: pathToFileURL(folder).href };
    await everyPage(browser, article);
    await articlePage(browser, article);
  }
}

async function lookAtPage(browser, folder, file) {
  const page = known(folder, file);
  const n_articles = articlesOf(page.path);
  console.log(`${page.name}: ${Math.round(statSync(page.path).size / 1000)} kB${n_articles ? `, ${n_articles} articles` : ""}`);
  await everyPage(browser, page);
  if (n_articles) return overviewPage(browser, { ...page, n_articles });
  if (file === "card.html") return cardPage(browser, page);
  if (file !== "compare.html") await articlePage(browser, page);
  if (file === "hostile.html") await hostilePage(browser, page);
}

const root = resolve(process.argv[2] ?? ".");
const entries = readdirSync(root, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
const browser = await launch();
for (const entry of entries) {
  if (entry.isDirectory()) await lookAtFolder(browser, join(root, entry.name));
  else if (entry.name.endsWith(".html")) await lookAtPage(browser, root, entry.name);
}
await browser.close();
if (!existsSync(join(root, "card.html"))) throw new Error(`${root}: no reports, make them with tests/browser/reports`);
const n_failed = failed().length;
console.log(n_failed ? `${n_failed} failures` : "all reports pass");
process.exitCode = n_failed ? 1 : 0;
