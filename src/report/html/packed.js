// Shows the article that the address names, as in `#a12` or `#a12-p3`, instead of the overview.
(() => {
  const viewer = document.getElementById("viewer");
  if (!viewer) return;
  const byId = (id) => document.getElementById(id);
  const packs = document.querySelectorAll("script.pack");
  const perPack = Number(viewer.dataset.perPack);
  const last = Number(viewer.dataset.articles);
  const main = byId("main");
  const title = document.title;
  // Kept, so that what a reader changed in an article is still there later.
  const opened = new Map();

  const inflate = async (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(stream).text();
  };

  // To save room, compressed articles have their phrases only in the text, and not the sum of all terms.
  const listTerms = (section) => {
    const weight = (text) => Number(text.replace("−", "-"));
    const item = (mark) => {
      const line = document.createElement("li");
      const figure = document.createElement("i");
      figure.className = weight(mark.dataset.w) > 0 ? "p" : "m";
      figure.textContent = mark.dataset.w;
      line.append(figure, ` “${mark.textContent}”`);
      return line;
    };
    for (const list of section.querySelectorAll("ul.why")) {
      const marks = [...list.closest("li[id]").querySelectorAll("mark")];
      list.prepend(...marks.sort((a, b) => weight(b.dataset.w) - weight(a.dataset.w)).map(item));
      const sum = [...list.querySelectorAll("i")].reduce((sum, figure) => sum + weight(figure.textContent), 0);
      const score = document.createElement("p");
      score.textContent = `Score ${sum < 0 ? "−" : "+"}${Math.abs(sum).toFixed(2)}, the sum of these.`;
      list.after(score);
    }
  };

  const link = (id, number) => {
    if (number < 1 || number > last) byId(id).removeAttribute("href");
    else byId(id).setAttribute("href", `#a${number}`);
  };

  const open = async () => {
    const found = /^#a(\d+)(-p\d+)?$/.exec(location.hash);
    const number = found ? Number(found[1]) : 0;
    const isArticle = number >= 1 && number <= last;
    viewer.hidden = !isArticle;
    main.classList.toggle("reading", isArticle);
    if (!isArticle) {
      document.title = title;
      if (location.hash === "#articles") byId("articles").scrollIntoView();
      return;
    }
    const pack = Math.floor((number - 1) / perPack);
    if (!opened.has(pack)) {
      byId("waiting").textContent = "Opening…";
      const template = document.createElement("template");
      try {
        template.innerHTML = await inflate(packs[pack].textContent);
      } catch {
        byId("waiting").textContent = "This browser cannot open compressed articles.";
        return;
      }
      listTerms(template.content);
      opened.set(pack, [...template.content.children]);
      byId("waiting").textContent = "";
      // The address may have changed in the meantime.
      if (found[0] !== location.hash) return open();
    }
    byId("shown").replaceChildren(opened.get(pack)[(number - 1) % perPack]);
    document.dispatchEvent(new Event("articleshown"));
    link("before", number - 1);
    link("after", number + 1);
    document.title = `${byId("shown").querySelector("h2").textContent} – ${title}`;
    const target = found[2] ? byId(found[0].slice(1)) : null;
    if (target) target.scrollIntoView();
    else scrollTo(0, 0);
  };

  addEventListener("hashchange", open);
  open();
})();
