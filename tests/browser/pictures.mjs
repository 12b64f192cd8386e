// Takes the pictures of README.md and the guides: node pictures.mjs RHETOR, a program with `--features serve`.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { failed, launch, visit } from "./browser.mjs";

const project = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const rhetor = resolve(process.argv[2] ?? "");
const folder = mkdtempSync(join(tmpdir(), "pictures-"));
const run = (...args) => execFileSync(rhetor, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
const seeds = (name) => join(project, "seeds", name);
const browser = await launch();

/** A picture of the part of a page that `look` leaves in the window. */
async function picture(name, url, width, height, look) {
  const page = { name, url, home: url.startsWith("file:") ? "file:" : url };
  await visit(browser, page, { viewport: { width, height } }, async (page) => {
    await look(page);
    await page.screenshot({ path: join(project, "docs", `${name}.png`) });
  });
}

run("score", seeds("samples/harbour-ferry-subsidy.txt"), "-o", "article.html");
await picture("report", pathToFileURL(join(folder, "article.html")).href, 1100, 900, async (page) => {
  const why = page.locator("li[id] details summary", { hasText: "Why analysis" }).first();
  await why.click();
  await why.evaluate((summary) => summary.closest("li").scrollIntoView());
});
run("score", seeds("articles"), "-o", "overview.html");
await picture("overview", pathToFileURL(join(folder, "overview.html")).href, 1280, 900, (page) =>
  page.locator("#articles").evaluate((table) => table.scrollIntoView()),
);
run("sample", seeds("samples"), "-n", "40", "-o", "rows.jsonl");
const server = spawn(rhetor, ["label", "--no-browser", "rows.jsonl", "-o", "labels.jsonl", "--coder", "ann"], { cwd: folder });
const url = await new Promise((done) => server.stderr.on("data", (text) => done(/http:\/\/\S+/.exec(text)?.[0])));
await picture("label", url, 1000, 780, (page) => page.waitForSelector("#work:not([hidden])"));
server.kill();
await browser.close();
if (failed().length) process.exitCode = 1;
