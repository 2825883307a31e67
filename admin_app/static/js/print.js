// A paper that is ready opens the browser's print dialogue; without scripts the browser's own menu does the same.
if (document.querySelector('[data-print]')) window.print();

for (const button of document.querySelectorAll('[data-print-page]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
