// Checks the pages of `rhetor label` and `rhetor serve` in a browser: node server.mjs RHETOR FOLDER. See README.md.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { check, fail, failed, isFocusVisible, launch, tabTo, visit } from "./browser.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** How many paragraphs are labelled, and after how many the server is killed. */
const [N_ROWS, N_BEFORE] = [50, 23];

const [rhetor, folder] = process.argv.slice(2).map((path) => resolve(path));
mkdirSync(folder, { recursive: true });
const path = (name) => join(folder, name);

/** A server, once it has printed its address. */
function start(...args) {
  const child = spawn(rhetor, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((done, failed) => {
    let text = "";
    child.on("exit", () => failed(new Error(`rhetor ${args.join(" ")}: ${text}`)));
    child.stderr.on("data", (data) => {
      text += data;
      const url = /http:\/\/[^/]+\//.exec(text)?.[0];
      if (url) done({ child, name: args[0], url, home: url, stop: (signal) => new Promise((ended) => child.once("exit", ended).kill(signal)) });
    });
  });
}

const label = (output, coder, ...more) => start("label", "--no-browser", "rows.jsonl", "-o", output, "--coder", coder, ...more);
const records = (name) => readFileSync(path(name), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const counts = (page) => page.textContent("#counts");
const labelled = (page, n) => page.waitForFunction((n) => document.getElementById("counts").textContent.startsWith(`${n} of `), n);

/** Presses keys, each once the page shows that the one before was saved. */
async function press(page, keys, from) {
  for (const [index, key] of keys.entries()) {
    await page.keyboard.press(key);
    await labelled(page, from + index + 1);
  }
}

/** The page at all sizes and in both modes: it fits, axe finds nothing, and a picture is kept. */
async function look(browser, server, name, prepare = async () => {}) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      await visit(browser, server, { bypassCSP: true, colorScheme, viewport: { width, height: 844 } }, async (page) => {
        await prepare(page);
        await page.waitForTimeout(300);
        const found = await page.evaluate(() => document.documentElement.scrollWidth);
        check(found <= width, name, `${found} pixels wide on a screen of ${width}`);
        await page.screenshot({ path: path(`${name}-${width}-${colorScheme}.png`), fullPage: true });
        await page.evaluate(AXE);
        const { violations } = await page.evaluate((rules) => axe.run(document, { runOnly: rules, resultTypes: ["violations"] }), RULES);
        for (const { id, nodes } of violations) fail(name, `axe ${id} (${width} ${colorScheme}): ${nodes[0].html.slice(0, 160)}: ${nodes[0].failureSummary.slice(0, 200)}`);
      });
    }
  }
}

async function coding(browser) {
  const row = (index) => JSON.stringify({ id: `r${index}`, doc: `d${Math.floor(index / 10)}`, index, text: `The council of ward ${index} voted on Tuesday to build the line, officials said. <img src=x onerror=alert(1)>` });
  writeFileSync(path("rows.jsonl"), Array.from({ length: N_ROWS }, (_, index) => row(index) + "\n").join(""));
  const keys = Array.from({ length: N_ROWS }, (_, index) => ["1", "2", "3", "0"][index % 4]);
  const output = `labels-${process.pid}.jsonl`;
  let server = await label(output, "ann");
  await visit(browser, server, {}, async (page) => {
    await labelled(page, 0);
    await press(page, keys.slice(0, N_BEFORE), 0);
    const stopped = server.stop("SIGKILL");
    await stopped;
    page.removeAllListeners("console");
    await page.keyboard.press("1");
    await page.waitForSelector("#message.problem");
  });
  check(records(output).length === N_BEFORE, "label", "a killed server lost or doubled choices");
  server = await label(output, "ann");
  await visit(browser, server, {}, async (page) => {
    await labelled(page, N_BEFORE);
    check((await page.textContent("#model")) === "", "label", "the model's label is shown before the choice");
    // A note, a confidence and an undo by keyboard.
    await page.keyboard.press("n");
    await page.keyboard.type("a note, 1 2 3");
    await page.keyboard.press("Enter");
    await page.keyboard.press("c");
    await press(page, [keys[N_BEFORE]], N_BEFORE);
    check(/The model says/.test(await page.textContent("#message")), "label", "the model's label is not shown after the choice");
    await page.keyboard.press("u");
    await labelled(page, N_BEFORE);
    await press(page, keys.slice(N_BEFORE), N_BEFORE);
    check(/All 50 paragraphs/.test(await page.textContent("#message")), "label", "the end is not announced");
    check((await counts(page)) === "50 of 50 labelled", "label", await counts(page));
  });
  const written = records(output);
  const last = new Map(written.map((record) => [record.id, record]));
  const names = { 1: "report", 2: "advocacy", 3: "analysis", 0: "other" };
  check(written.length === N_ROWS + 2, "label", `${written.length} records`);
  check([...last.values()].every((record, index) => record.id === `r${index}` && record.label === names[keys[index]]), "label", "labels differ from the keys");
  check(written[N_BEFORE].note === "a note, 1 2 3" && written[N_BEFORE].confidence === 3, "label", JSON.stringify(written[N_BEFORE]));
  await server.stop("SIGINT");

  server = await label(output, "ben");
  await look(browser, server, "label", (page) => page.waitForSelector("#work:not([hidden])"));
  await visit(browser, server, {}, async (page) => {
    await labelled(page, 0);
    check(await tabTo(page, () => document.activeElement.dataset?.label === "advocacy"), "label", "no way to a button by Tab");
    check(await isFocusVisible(page), "label", "the focus is not visible");
    await page.keyboard.press("Enter");
    await labelled(page, 1);
    await page.keyboard.press("?");
    check(await page.evaluate(() => document.getElementById("codebook").open), "label", "the codebook does not open");
    check((await page.evaluate(() => document.images.length)) === 0, "label", "text became markup");
    await press(page, keys.slice(1), 1);
  });
  await look(browser, server, "label-end", (page) => labelled(page, N_ROWS));
  await server.stop("SIGINT");

  server = await label(`final-${process.pid}.jsonl`, "eve", "--adjudicate", output);
  await look(browser, server, "adjudicate", (page) => page.waitForSelector("#opinions li"));
  await visit(browser, server, {}, async (page) => {
    await page.waitForSelector("#opinions li");
    check((await counts(page)).startsWith("0 of 1 "), "adjudicate", await counts(page));
    check((await page.locator("#opinions li").count()) === 2, "adjudicate", "the coders' labels are not shown");
  });
  await server.stop("SIGINT");
}

async function serving(browser) {
  const server = await start("serve", "--port", "0");
  const text = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.";
  writeFileSync(path("dropped.md"), `# A title of its own\n\n${text}\n\nWe must stop this shameful waste now. It is time to act!\n`);
  await look(browser, server, "serve");
  await visit(browser, server, {}, async (page) => {
    await page.fill("#text", text);
    await page.click("button[type=submit]");
    await page.waitForSelector("ol.paragraphs");
    check(/report/.test(await page.textContent(".paragraphs li")), "serve", "no label in the report");
    await page.goBack();
    // A file that is dropped on the page.
    await page.evaluate((text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "dropped.md"));
      document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true, bubbles: true }));
    }, readFileSync(path("dropped.md"), "utf8"));
    check((await page.textContent("#chosen")) === "dropped.md", "serve", "the dropped file is not shown");
    await page.fill("#text", "");
    await page.click("button[type=submit]");
    await page.waitForSelector("ol.paragraphs");
    check((await page.textContent("h1")) === "A title of its own", "serve", await page.textContent("h1"));
  });
  await visit(browser, server, {}, async (page) => {
    page.removeAllListeners("console");
    await page.click("button[type=submit]");
    check(/There is no text/.test(await page.textContent("[role=alert]")), "serve", "no message for an empty form");
  });
  await server.stop("SIGTERM");
}

const browser = await launch();
await coding(browser);
await serving(browser);
await browser.close();
const n_failed = failed().length;
console.log(n_failed ? `${n_failed} failures` : "all pages of the server pass");
process.exit(n_failed ? 1 : 0);
