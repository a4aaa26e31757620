// A form is sent once. The server holds to that too, by the form's key.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  form.querySelector("button")?.setAttribute("aria-disabled", "true");
});

// Back from the next page: the form can be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelector("button")?.removeAttribute("aria-disabled");
  });
});
