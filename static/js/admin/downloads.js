// While a file is being made, the list of files is fetched again every two seconds; the link that
// does the same is not needed then.
const place = () => document.querySelector("[data-files]");

function hideLink() {
  const link = place()?.querySelector("[data-look-again]");
  if (link && !link.contains(document.activeElement)) link.hidden = true;
}

async function renew() {
  if (!place()?.hasAttribute("data-busy")) return;
  try {
    const answer = await fetch(location.pathname);
    if (!answer.ok || answer.redirected) return; // signed out: the link tells
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-files]");
    const isUsed = place().contains(document.activeElement);
    if (fresh && !isUsed) place().replaceWith(document.adoptNode(fresh));
    hideLink();
  } catch {
    // The next one may come through.
  }
  setTimeout(renew, 2000);
}

hideLink();
setTimeout(renew, 2000);
