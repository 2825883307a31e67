// Keeps addresses short: a condition that was left empty is not sent.

for (const form of document.querySelectorAll("[data-filters]")) {
  const empty = () => [...form.elements].filter((field) => field.name && !field.value);

  form.addEventListener("submit", () => {
    for (const field of empty()) field.disabled = true;
  });
  window.addEventListener("pageshow", () => {
    for (const field of empty()) field.disabled = false;
  });
}
