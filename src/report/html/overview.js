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
    table.scrollIntoView({ block: "nearest" });
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

  // The columns that filters look at, from the headings.
  const columnOf = (name) => [...table.tHead.rows[0].cells].findIndex((cell) => cell.textContent === name);
  const [outletColumn, dateColumn, mixColumn] = ["Outlet", "Date", "Shares"].map(columnOf);
  const chosen = (id) => byId(id)?.value ?? "";
  const text = (row, column) => row.cells[column].textContent;
  const n_labels = (byId("most")?.options.length ?? 1) - 1;

  // The label with the largest share of an article; -1 if it has none.
  const mostOf = (row) => {
    let [best, most] = [-1, -1];
    for (let label = 0; label < n_labels; label++) {
      const share = parseFloat(text(row, mixColumn + 1 + label));
      if (share > most) [best, most] = [label, share];
    }
    return best;
  };

  const isChosen = (row) => {
    const [outlet, label, from, to] = ["outlet", "most", "from", "to"].map(chosen);
    if (outlet && text(row, outletColumn) !== outlet) return false;
    if (label && mostOf(row) !== Number(label)) return false;
    if (!from && !to) return true;
    const date = text(row, dateColumn);
    // A month is after its first day, and before the first day of the next.
    return /^\d{4}/.test(date) && (!from || date >= from.slice(0, date.length)) && (!to || date <= to);
  };

  const filter = () => {
    const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) texts ??= all.map((row) => row.textContent.toLowerCase());
    shown = all.filter((row, index) => isChosen(row) && words.every((word) => texts[index].includes(word)));
    show();
  };

  const fillOutlets = () => {
    const select = byId("outlet");
    if (!select) return;
    const outlets = [...new Set(all.map((row) => text(row, outletColumn)))].filter(Boolean);
    select.append(...outlets.sort(collator.compare).map((name) => new Option(name, name)));
  };

  for (const header of headers) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sort(header));
    header.append(button);
    header.setAttribute("aria-sort", "none");
  }
  fillOutlets();
  for (const id of ["outlet", "most", "from", "to"]) {
    byId(id)?.addEventListener("change", () => { page = 0; filter(); });
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
