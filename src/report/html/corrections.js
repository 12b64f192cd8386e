"use strict";
// Lets a reader correct labels and save the corrections as a file. Nothing leaves the page otherwise, and the page can
// be read without this script.
(() => {
  const corrections = new Map();
  let unsaved = false;
  let nForms = 0;

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const count = element("span");
  count.setAttribute("role", "status");
  const save = element("button", { type: "button", textContent: "Save corrections" });
  const bar = element("div", { className: "bar-fix noprint", hidden: true }, count, " ", save);
  bar.setAttribute("role", "region");
  bar.setAttribute("aria-label", "Corrections");
  const items = [];

  const showCount = () => {
    const n = corrections.size;
    bar.hidden = n === 0;
    count.textContent = `${n} correction${n === 1 ? "" : "s"}${unsaved ? ", not saved" : ", saved"}`;
  };

  const row = (item) => {
    const { doc, source, model } = item.parentElement.dataset;
    const { label, note } = corrections.get(item);
    return {
      id: item.dataset.id ?? null,
      doc,
      index: parseInt(/\d+$/.exec(item.id)[0], 10) - 1,
      source,
      text: item.querySelector("p").textContent,
      label,
      old_label: item.querySelector("b").textContent,
      note,
      model: model ?? null,
    };
  };

  const keep = (item, button, correction) => {
    item.querySelector(".fixed")?.remove();
    if (correction) {
      corrections.set(item, correction);
      button.before(element("span", { className: "chip fixed", textContent: `corrected: ${correction.label}` }), " ");
    } else {
      corrections.delete(item);
    }
    unsaved = corrections.size > 0;
    showCount();
  };

  const form = (item, button) => {
    const labels = [...JSON.parse(item.parentElement.dataset.labels), "other"];
    const before = corrections.get(item);
    const current = before?.label ?? item.querySelector("b").textContent;
    const number = nForms++;
    const option = (label) => element("option", {
      value: label,
      selected: label === current,
      textContent: label === "other" ? "other: not part of the article" : label,
    });
    const choice = element("select", { id: `label${number}` }, ...labels.map(option));
    const note = element("input", { id: `note${number}`, type: "text", value: before?.note ?? "", maxLength: 2000 });
    const close = () => {
      made.remove();
      button.setAttribute("aria-expanded", "false");
      button.focus();
    };
    const cancel = element("button", { type: "button", textContent: before ? "Remove correction" : "Cancel" });
    const made = element("form", { className: "fix noprint" },
      element("label", { htmlFor: choice.id, textContent: "Right label" }), choice,
      element("label", { htmlFor: note.id, textContent: "Note" }), note,
      element("button", { textContent: "Keep" }), cancel);
    made.addEventListener("submit", (event) => {
      event.preventDefault();
      const label = choice.value;
      const isSame = label === item.querySelector("b").textContent && note.value.trim() === "";
      keep(item, button, isSame ? null : { label, note: note.value.trim() });
      close();
    });
    cancel.addEventListener("click", () => {
      if (before) keep(item, button, null);
      close();
    });
    made.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    return made;
  };

  const adopt = (item) => {
    items.push(item);
    const button = element("button", { type: "button", className: "wrong noprint", textContent: "Wrong label?" });
    const number = item.querySelector("a").textContent;
    button.setAttribute("aria-label", `Wrong label? Correct paragraph ${number}`);
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      const open = item.querySelector("form.fix");
      if (open) {
        open.remove();
        button.setAttribute("aria-expanded", "false");
        return;
      }
      item.lastElementChild.append(form(item, button));
      button.setAttribute("aria-expanded", "true");
      item.querySelector("form.fix select").focus();
    });
    item.firstElementChild.append(button);
  };
  // Articles that were compressed appear later.
  const adoptAll = () => {
    const known = new Set(items);
    const found = [...document.querySelectorAll("ol.paragraphs > [class^=k]")];
    found.filter((item) => !known.has(item)).forEach(adopt);
    if (items.length && !bar.isConnected) document.body.append(bar);
  };
  save.addEventListener("click", () => {
    const lines = items.filter((item) => corrections.has(item)).map((item) => `${JSON.stringify(row(item))}\n`);
    const name = document.title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60);
    const address = URL.createObjectURL(new Blob(lines, { type: "application/jsonl" }));
    const link = element("a", { href: address, download: `${name || "article"}-corrections.jsonl` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
    unsaved = false;
    showCount();
  });
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  document.addEventListener("articleshown", adoptAll);
  adoptAll();
})();
