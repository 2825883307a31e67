// Small comforts of every page: the current item of a long menu in sight, one open menu at a time, sticky headings.

for (const item of document.querySelectorAll(".sidebar [aria-current]")) {
  item.scrollIntoView({ block: "nearest" });
}

const menus = () => document.querySelectorAll("details.more[open], .strip details[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
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
