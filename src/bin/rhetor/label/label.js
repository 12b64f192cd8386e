"use strict";
// Shows one paragraph at a time and sends each choice. The server has saved a choice before it answers.
const $ = (id) => document.getElementById(id);
const buttons = [...document.querySelectorAll("[data-label]")];
const levels = [...document.querySelectorAll("[name=confidence]")];
const usual = levels.findIndex((level) => level.checked);
let state = null;
let isBusy = false;

function say(text, isProblem = false) {
  $("message").textContent = text;
  $("message").classList.toggle("problem", isProblem);
}

const described = ({ label, probability }) => `${label} (${probability.toFixed(2).replace(/^0/, "")})`;

function paragraphs(parent, texts) {
  parent.replaceChildren(...texts.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
}

function opinion({ coder, label, confidence, note }) {
  const item = document.createElement("li");
  const sure = confidence ? `, ${levels[confidence - 1].parentElement.textContent.trim()}` : "";
  item.textContent = `${coder}: ${label}${sure}${note ? ` – ${note}` : ""}`;
  return item;
}

function show(next) {
  state = next;
  const { item, done, skipped, total } = state;
  $("counts").textContent = `${done} of ${total} labelled${skipped ? `, ${skipped} skipped` : ""}`;
  Object.assign($("progress"), { max: total, value: done });
  $("work").hidden = !item;
  $("choices").hidden = false;
  buttons.concat($("skip")).forEach((button) => (button.disabled = !item));
  $("undo").disabled = !state.can_undo;
  if (!item) return;
  $("place").textContent = [item.outlet, item.doc].filter(Boolean).join(" · ");
  paragraphs($("before"), item.before);
  $("text").textContent = item.text;
  paragraphs($("after"), item.after);
  $("model").textContent = item.model ? `Model: ${described(item.model)}` : "";
  $("opinions").replaceChildren(...item.opinions.map(opinion));
  levels[usual].checked = true;
  $("note").value = "";
  if (document.activeElement?.matches("#note, [data-label]") || document.activeElement === document.body) $("text").focus({ preventScroll: true });
  if ($("text").getBoundingClientRect().top < 0) $("text").scrollIntoView({ block: "center" });
}

/** What has just been done. */
function report(action) {
  const { last, item, total } = state;
  const end = item ? "" : ` All ${total} paragraphs are labelled.`;
  if (action === "skip") return say(`Skipped; it comes again at the end.${end}`);
  if (action === "undo") return say("Undone.");
  if (!last) return say(end.trim());
  const model = last.model ? ` The model says ${described(last.model)}.` : "";
  say(action === "label" ? `Saved as ${last.label}.${model}${end}` : end.trim());
}

async function ask(path, options) {
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.error.message), { status: response.status });
  return answer;
}

async function send(action, label) {
  if (isBusy || !state) return;
  isBusy = true;
  const confidence = Number(levels.find((level) => level.checked)?.value) || null;
  const choice = { action, key: state.item?.key ?? "", label, confidence, note: $("note").value };
  try {
    show(await ask("/choice", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(choice) }));
    report(action);
  } catch (error) {
    if (error.status === 409) await load();
    say(error.status ? error.message : "Not saved: the server does not answer. Start rhetor again and open its new address.", true);
  } finally {
    isBusy = false;
  }
}

async function load() {
  try {
    show(await ask("/state"));
    report("");
  } catch {
    say("The server does not answer. Start rhetor again and open its new address.", true);
  }
}

function nextLevel() {
  const at = levels.findIndex((level) => level.checked);
  const level = levels[(at + 1) % levels.length];
  level.checked = true;
  say(`Confidence: ${level.parentElement.textContent.trim()}`);
}

const keys = {
  s: () => send("skip"),
  u: () => send("undo"),
  c: nextLevel,
  n: () => $("note").focus(),
  "?": () => ($("codebook").open = !$("codebook").open),
};
buttons.forEach((button) => {
  const label = button.dataset.label;
  keys[button.dataset.key] = () => state?.item && send("label", label);
  button.addEventListener("click", () => send("label", label));
});
$("skip").addEventListener("click", keys.s);
$("undo").addEventListener("click", keys.u);

document.addEventListener("keydown", (event) => {
  if (event.target.id === "note") {
    if (event.key === "Escape" || (event.key === "Enter" && !event.shiftKey)) {
      event.preventDefault();
      $("text").focus();
    }
    return;
  }
  if (!$("shortcuts").checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const act = keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
load();
