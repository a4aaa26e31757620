// Agree and disagree without leaving the place one has read to.
async function send(button, form) {
  const body = new FormData(form);
  body.set("reaction", button.value);
  const answer = await fetch(button.formAction, {
    method: "POST",
    body,
    headers: { Accept: "application/json" },
  });
  // Sent elsewhere: to sign in.
  if (!answer.ok || answer.redirected) {
    throw new Error(`answered ${answer.status}`);
  }
  return answer.json();
}

function show(group, counts) {
  for (const button of group.querySelectorAll("[data-reaction]")) {
    const { reaction } = button.dataset;
    const mine = counts.mine === reaction;
    button.setAttribute("aria-pressed", String(mine));
    button.value = mine ? "" : reaction;
    button.querySelector("b").textContent = counts[reaction];
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-reaction]");
  const group = button?.closest("[data-reactions]");
  const form = button?.form;
  if (!group || !form || form.dataset.plain) return;
  event.preventDefault();
  if (group.dataset.busy) return;
  group.dataset.busy = "true";
  try {
    show(group, await send(button, form));
  } catch {
    // The page's own way: it tells what is wrong.
    form.dataset.plain = "true";
    form.requestSubmit(button);
  } finally {
    delete group.dataset.busy;
  }
});
