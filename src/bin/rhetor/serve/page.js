"use strict";
// Files that are dropped anywhere on the page go into the form; the form works without this script.
const input = document.getElementById("files");
const chosen = document.getElementById("chosen");
const hasFiles = (event) => [...event.dataTransfer.types].includes("Files");
const show = () => (chosen.textContent = [...input.files].map((file) => file.name).join(", "));

document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("over");
});
document.addEventListener("dragleave", () => document.body.classList.remove("over"));
document.addEventListener("drop", (event) => {
  document.body.classList.remove("over");
  if (!hasFiles(event)) return;
  event.preventDefault();
  input.files = event.dataTransfer.files;
  show();
});
input.addEventListener("change", show);
