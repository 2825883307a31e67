// Putting a summary together: what is chosen is asked at once, without the button.

const form = document.querySelector("form.asks");
const choices = [...(form?.querySelectorAll("[data-asks]") ?? [])];
const came = ({ options }) => [...options].findLast((option) => option.defaultSelected) ?? options[0];

form?.addEventListener("change", (event) => {
  if (choices.includes(event.target)) form.requestSubmit();
});

// somebody chose before this script was there
if (choices.some((choice) => choice.selectedOptions[0] !== came(choice))) form.requestSubmit();
