// Ticking records of a list: all at once, a range with Shift, how many; what can be done shows when something is ticked.

function enhance(form) {
  const bar = form.querySelector(".bulk");
  if (!bar) return;
  const boxes = [...form.querySelectorAll('input[name="rowid"]')];
  const all = form.querySelector("[data-all]");
  const said = bar.querySelector("[data-count]");
  let last = null;

  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    bar.hidden = ticked === 0;
    said.textContent = said.dataset.count.replace("{n}", ticked);
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };

  bar.classList.add("live");
  said.setAttribute("role", "status");
  all.parentElement.hidden = false;

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });

  form.addEventListener("click", (event) => {
    const at = boxes.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && last !== null) {
      for (const box of boxes.slice(Math.min(at, last), Math.max(at, last) + 1)) box.checked = event.target.checked;
    }
    last = at;
    show();
  });

  form.addEventListener("change", show);
  window.addEventListener("pageshow", show); // a browser that goes back restores the ticks
  show();
}

document.querySelectorAll("[data-ticks]").forEach(enhance);
