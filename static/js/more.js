// "Show N more replies" and "Show more comments" in place; each link's own page has the same.
async function page(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function focusFirst(node) {
  const first = node?.querySelector?.(".comment") ?? node;
  if (!first) return;
  first.setAttribute("tabindex", "-1");
  first.focus({ preventScroll: true });
}

async function moreReplies(link) {
  const found = await page(link.href);
  const replies = found.querySelector("[data-more-replies]");
  const next = found.querySelector("[data-more-replies] ~ .next a");
  const added = [...replies.children].map((node) => document.adoptNode(node));
  link.before(...added);
  focusFirst(added[0]);
  if (next) {
    link.href = new URL(next.getAttribute("href"), link.href).href;
    link.textContent = next.textContent;
  } else {
    link.remove();
  }
}

async function moreComments(link) {
  const found = await page(link.href);
  const threads = [...found.querySelectorAll(".comments > .threads > .thread")];
  const next = found.querySelector("a[data-next]");
  document
    .querySelector(".comments > .threads")
    .append(...threads.map((node) => document.adoptNode(node)));
  focusFirst(threads[0]);
  if (next) link.href = new URL(next.getAttribute("href"), link.href).href;
  else link.remove();
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-more], a[data-next]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.dataset.busy) return;
  event.preventDefault();
  link.dataset.busy = "true";
  try {
    await ("next" in link.dataset ? moreComments(link) : moreReplies(link));
  } catch {
    location.assign(link.href);
  } finally {
    delete link.dataset.busy;
  }
});
