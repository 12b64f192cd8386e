"use strict";
// Pages, sorts and searches the rows of one table. All rows are in the page; those that are not shown are removed from
// the document, so that the browser lays out a hundred at a time.
(() => {
  const table = document.querySelector("table.rows");
  const byId = (id) => document.getElementById(id);
  const SIZE = 100;
  const body = table.tBodies[0];
  const headers = table.tHead.querySelectorAll("th:not(.mix)");
  const all = [...table.querySelectorAll("tbody > tr")];
  const what = table.dataset.of;
  const collator = new Intl.Collator("en", { numeric: true });
  const number = new Intl.NumberFormat("en");
  let shown = all;
  let page = 0;
  let texts = null;

  const value = (row, column, isNumber) => {
    const text = row.cells[column].textContent.trim();
    if (!isNumber || text === "") return text;
    return parseFloat(text.replace(/,/g, ""));
  };

  const show = () => {
    const last = Math.max(0, Math.ceil(shown.length / SIZE) - 1);
    page = Math.min(page, last);
    const start = page * SIZE;
    const rows = shown.slice(start, start + SIZE);
    body.replaceChildren(...rows);
    const found = shown.length < all.length ? ` (${number.format(all.length)} in all)` : "";
    const range = `${number.format(start + 1)} to ${number.format(start + rows.length)} of ${number.format(shown.length)}`;
    byId("count").textContent = rows.length ? `${range} ${what}${found}` : `No ${what} found`;
    byId("page").textContent = `Page ${page + 1} of ${last + 1}`;
    byId("previous").setAttribute("aria-disabled", page === 0);
    byId("next").setAttribute("aria-disabled", page === last);
    document.querySelector(".pages").hidden = last === 0;
  };

  // A button without effect stays focusable, because it may have the focus.
  const turn = (button, by) => {
    if (button.getAttribute("aria-disabled") === "true") return;
    page += by;
    show();
    table.parentElement.scrollTop = 0;
  };

  const sort = (header) => {
    const column = header.cellIndex;
    const isNumber = header.classList.contains("num");
    const before = header.getAttribute("aria-sort");
    const isDown = before === "none" ? isNumber : before === "ascending";
    for (const other of headers) other.setAttribute("aria-sort", "none");
    header.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    const sign = isDown ? -1 : 1;
    const keyed = all.map((row, index) => ({ row, index, key: value(row, column, isNumber) }));
    const compare = isNumber ? (a, b) => a - b : collator.compare;
    keyed.sort((a, b) => (a.key === "") - (b.key === "") || (a.key === "" ? 0 : sign * compare(a.key, b.key)) || a.index - b.index);
    all.splice(0, all.length, ...keyed.map((item) => item.row));
    texts = null;
    page = 0;
    filter();
  };

  const filter = () => {
    const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) texts ??= all.map((row) => row.textContent.toLowerCase());
    shown = words.length ? all.filter((_, index) => words.every((word) => texts[index].includes(word))) : all;
    show();
  };

  for (const header of headers) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sort(header));
    header.append(button);
    header.setAttribute("aria-sort", "none");
  }
  let waiting;
  byId("find").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { page = 0; filter(); }, 100);
  });
  document.querySelector(".controls").addEventListener("submit", (event) => event.preventDefault());
  byId("previous").addEventListener("click", (event) => turn(event.currentTarget, -1));
  byId("next").addEventListener("click", (event) => turn(event.currentTarget, 1));
  // All rows that match are printed.
  addEventListener("beforeprint", () => {
    // One by one: a call cannot take a hundred thousand arguments.
    const all = document.createDocumentFragment();
    for (const row of shown) all.append(row);
    body.replaceChildren(all);
  });
  addEventListener("afterprint", show);
  table.querySelector("tbody.rest")?.remove();
  document.querySelector(".controls").hidden = false;
  show();
  performance.mark("usable");
})();
