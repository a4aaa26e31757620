// Writing with headings, lists and links, in place of a box of HTML. The box stays what is sent;
// the server makes it safe once more.
const KEPT = new Set(["P", "BR", "H3", "H4", "UL", "OL", "LI", "STRONG", "EM", "BLOCKQUOTE", "A"]);
const INSTEAD = { B: "STRONG", I: "EM", DIV: "P", H1: "H3", H2: "H3", H5: "H4", H6: "H4" };
const BLOCKS = new Set(["P", "H3", "H4", "UL", "OL", "LI", "BLOCKQUOTE"]);
const LEFT_OUT = "script, style, template, iframe, object, embed, svg, math, head, title, noscript";
// All attributes but addresses: the browser complains of styles and handlers, even where none works.
const UNREAD = /\s(?!href\b)[\w:-]+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi;
const HARMLESS = /^(https?:|mailto:|tel:)/i;

const clean = (html) => {
  const found = document.createElement("template"); // nothing in it is run or fetched
  found.innerHTML = html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(UNREAD, ""));
  for (const each of found.content.querySelectorAll(LEFT_OUT)) each.remove();
  const made = document.createElement("div");
  copyInto(made, found.content);
  return made;
};

const copyInto = (target, source) => {
  for (const node of source.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) target.append(node.data.replaceAll("\u00a0", " "));
    if (node.nodeType !== Node.ELEMENT_NODE) continue;
    const name = INSTEAD[node.tagName] ?? node.tagName;
    // A paragraph around lists or headings is only a box.
    const isBox = name === "P" && node.querySelector("p, div, ul, ol, h1, h2, h3, h4");
    const address = node.getAttribute("href") ?? "";
    const leadsNowhere = name === "A" && !HARMLESS.test(address);
    if (!KEPT.has(name) || isBox || leadsNowhere) {
      copyInto(target, node);
      // Cells of a table stay apart, and its rows.
      if (name === "TD" || name === "TH") target.append(" ");
      if (name === "TR") target.append(document.createElement("br"));
      continue;
    }
    const copy = document.createElement(name);
    if (name === "A") copy.setAttribute("href", address);
    copyInto(copy, node);
    if (BLOCKS.has(name) && copy.textContent.trim() === "") continue;
    target.append(copy);
  }
};

const button = (text, act) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "rich__tool";
  made.textContent = text;
  made.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
  made.addEventListener("click", act);
  return made;
};

const setUp = (box) => {
  const words = JSON.parse(box.dataset.rich);
  const label = document.querySelector(`label[for="${box.id}"]`);
  const editor = document.createElement("div");
  editor.className = "rich__text";
  editor.contentEditable = "true";
  editor.setAttribute("role", "textbox");
  editor.setAttribute("aria-multiline", "true");
  if (label) {
    label.id ||= `${box.id}_label`;
    editor.setAttribute("aria-labelledby", label.id);
    label.addEventListener("click", () => editor.focus());
  }
  const help = box.getAttribute("aria-describedby");
  if (help) editor.setAttribute("aria-describedby", help);
  editor.append(...clean(box.value).childNodes);

  const write = () => {
    const isEmpty = editor.textContent.trim() === "";
    box.value = isEmpty ? "" : clean(editor.innerHTML).innerHTML;
  };
  const run = (command, value) => {
    editor.focus();
    document.execCommand("styleWithCSS", false, false);
    document.execCommand(command, false, value);
    write();
  };
  const block = () => document.queryCommandValue("formatBlock").toLowerCase();

  const tools = document.createElement("div");
  tools.className = "rich__tools";
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", words.tools);

  const address = document.createElement("input");
  address.type = "text";
  address.inputMode = "url";
  address.setAttribute("aria-label", words.address);
  address.placeholder = "https://";
  const link = document.createElement("div");
  link.className = "rich__link";
  link.hidden = true;
  let chosen = null;
  const close = () => {
    link.hidden = true;
    editor.focus();
    if (chosen) getSelection().setBaseAndExtent(chosen.startContainer, chosen.startOffset, chosen.endContainer, chosen.endOffset);
  };
  const open = () => {
    const selection = getSelection();
    const isHere = selection.rangeCount && editor.contains(selection.anchorNode);
    chosen = isHere ? selection.getRangeAt(0).cloneRange() : null;
    address.value = selection.anchorNode?.parentElement?.closest("a")?.getAttribute("href") ?? "";
    link.hidden = false;
    address.focus();
  };
  const apply = () => {
    const typed = address.value.trim();
    close();
    if (!typed) return;
    const wanted = HARMLESS.test(typed) ? typed : `https://${typed}`;
    if (chosen && !chosen.collapsed) return run("createLink", wanted);
    const made = document.createElement("a");
    made.href = wanted;
    made.textContent = typed;
    run("insertHTML", made.outerHTML);
  };
  const unlink = () => {
    close();
    const around = getSelection().anchorNode?.parentElement?.closest("a");
    if (around && editor.contains(around)) getSelection().selectAllChildren(around);
    run("unlink");
  };
  link.append(address, button(words.apply, apply), button(words.unlink, unlink));
  link.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key !== "Enter" || event.target !== address) return;
    event.preventDefault(); // it would send the form
    apply();
  });

  tools.append(
    button(words.bold, () => run("bold")),
    button(words.heading, () => run("formatBlock", block() === "h3" ? "p" : "h3")),
    button(words.list, () => run("insertUnorderedList")),
    button(words.link, open),
  );
  editor.addEventListener("focus", () => document.execCommand("defaultParagraphSeparator", false, "p"));
  editor.addEventListener("input", write);
  editor.addEventListener("paste", (event) => {
    const html = event.clipboardData?.getData("text/html");
    if (!html) return;
    event.preventDefault();
    run("insertHTML", clean(html).innerHTML);
  });
  const around = document.createElement("div");
  around.className = "rich";
  around.append(tools, link, editor);
  box.after(around);
  box.hidden = true;
};

for (const box of document.querySelectorAll("textarea[data-rich]")) setUp(box);
