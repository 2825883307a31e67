// Buttons that only a script can work: print this page, copy a text. Without scripts the browser's own menu does it.
for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-copies]")) {
  const text = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.execCommand("copy"); // plain http on another machine has no clipboard of its own
    }
    const said = document.getElementById(button.dataset.says);
    said.textContent = said.dataset.done;
  });
}
