// Putting a summary together: what is chosen is asked at once, without the button.

const form = document.querySelector("form.asks");

form?.addEventListener("change", (event) => {
  if (event.target.matches("[data-asks]")) form.requestSubmit();
});
