// Saving: the first error in sight, one submit only, a warning before typed text is left behind.

function once(form) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    form.setAttribute("aria-busy", "true");
  });
  // back from the next page: the form may be sent again
  window.addEventListener("pageshow", () => {
    sent = false;
    form.removeAttribute("aria-busy");
  });
}

function guard(form) {
  let leaving = false;
  const state = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
  // a form that came back with errors holds text that is saved nowhere
  const before = document.querySelector("[data-summary]") ? null : state();

  form.addEventListener("submit", () => {
    leaving = true;
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && state() !== before) event.preventDefault();
  });
}

document.querySelectorAll("form[data-form]").forEach(once);
document.querySelectorAll("form[data-unsaved]").forEach(guard);

const summary = document.querySelector("[data-summary]");
if (summary) {
  summary.focus({ preventScroll: true });
  summary.scrollIntoView({ block: "start" });
  // a link to a field leads into it, not only to it
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const target = field.matches("fieldset") ? field.querySelector("input") ?? field : field;
    field.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  });
}
