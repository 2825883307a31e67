// Small comforts of every page: the current item of a long menu in sight, one open menu at a time, sticky headings.

const menu = document.querySelector(".sidebar > ul");
const current = menu?.querySelector("[aria-current]");
if (current) {
  // only the menu scrolls: scrollIntoView would move the page as well
  const below = current.getBoundingClientRect().bottom - menu.getBoundingClientRect().bottom;
  if (below > 0) menu.scrollTop += below + menu.clientHeight / 3;
}

const opened = () => document.querySelectorAll("details.more[open], details.rare[open], .strip details[open]");

document.addEventListener("click", (event) => {
  for (const details of opened()) {
    if (!details.contains(event.target)) details.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const details of opened()) {
    details.open = false;
    details.querySelector("summary").focus();
  }
});

// A table that fits its card needs no scrolling of its own; only then can its headings stay at the top of the window.
const fit = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    target.classList.remove("fits");
    target.classList.toggle("fits", target.scrollWidth <= target.clientWidth);
  }
});

for (const box of document.querySelectorAll("[data-fit]")) fit.observe(box);
