// The reply form where one reads; the link's own page has the same form.
async function replyForm(link) {
  const answer = await fetch(link.href);
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = found.querySelector("[data-reply-form]");
  if (!answer.ok || !form) throw new Error(`answered ${answer.status}`);
  // One form's ids must not meet another's.
  const own = `reply-${new URL(link.href).pathname.split("/")[2]}-`;
  for (const node of form.querySelectorAll("[id]")) node.id = own + node.id;
  for (const name of ["for", "aria-describedby", "data-counts"]) {
    for (const node of form.querySelectorAll(`[${name}]`)) {
      const ids = node.getAttribute(name).split(" ");
      node.setAttribute(name, ids.map((id) => own + id).join(" "));
    }
  }
  return document.adoptNode(form);
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-reply]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const comment = link.closest(".comment");
    let form = comment.parentElement.querySelector(":scope > [data-reply-form]");
    try {
      if (!form) {
        form = await replyForm(link);
        comment.after(form);
      }
      form.querySelector("textarea").focus();
    } catch {
      location.assign(link.href);
    }
  }
  const cancel = event.target.closest("[data-cancel]");
  const form = cancel?.closest("li > [data-reply-form]");
  if (form) {
    event.preventDefault();
    const place = form.previousElementSibling.querySelector("[data-reply]");
    form.remove();
    place?.focus();
  }
});
